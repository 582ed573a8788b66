"""Taking in what other replicas told."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from gemini_balance.core.pool.facts import KEPT, Divided, Fact, Refused, Retired, Spent
from gemini_balance.core.pool.key import Domain, Key, Project, domain_of, group_of, keys_of, told_of
from gemini_balance.core.pool.lease import Lease
from gemini_balance.core.pool.pacific import day_ends
from gemini_balance.core.pool.turns import Present
from gemini_balance.core.pool.windows import BUSY, Bucket

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gemini_balance.core.pool.judge import Judge
    from gemini_balance.core.pool.key import KeyId
    from gemini_balance.core.pool.registry import Registry

MANY = 4_096  # heard counts from which on those that nobody corrects any more are forgotten
RECENT = 256  # refusals that may be told again
TOLD = "told"  # a lease of another replica
SHORTEST_DAY = 82_800.0  # seconds


class Inbox:
    """Counts are told whole, so one heard twice changes nothing."""

    def __init__(self, registry: Registry, judge: Judge) -> None:
        self._registry = registry
        self._judge = judge
        self._heard: dict[tuple[str, str, bool, KeyId, float], tuple[Bucket, int]] = {}
        self._most = MANY
        self._refusals: deque[tuple[str, KeyId, float, float]] = deque(maxlen=RECENT)

    def hear(self, now: float, facts: Iterable[Fact]) -> None:
        """Keys that are not ours are passed over."""
        for fact in facts:
            match fact:
                case Present():
                    self._greet(now, fact)
                case Divided():
                    self._divide(now, fact)
                case _:
                    if (key := self._registry.keys.get(fact.key)) is not None:
                        self._take_in(now, key, fact)
        if len(self._heard) > self._most:
            self._heard = {place: known for place, known in self._heard.items() if place[4] > now - 2 * KEPT}
            self._most = max(MANY, 2 * len(self._heard))

    def _greet(self, now: float, fact: Present) -> None:
        turns, outbox = self._registry.turns, self._registry.outbox
        if turns is not None and outbox is not None and turns.hear(now, fact):
            outbox.repeat(now)

    def _take_in(self, now: float, key: Key, fact: Spent | Refused | Retired) -> None:
        match fact:
            case Spent():
                self._count(now, key, fact)
            case Refused():
                self._refuse(key, fact)
            case Retired():
                self._judge.retire(now, key, fact.cause)

    def _count(self, now: float, key: Key, fact: Spent) -> None:
        lane = self._registry.lane(fact.model, fact.paid)
        lane.advance(now)
        place = (fact.origin, fact.model, fact.paid, fact.key, fact.sent)
        bucket, changes = self._heard.get(place, (None, 0))
        if changes >= fact.changes:
            return
        if bucket is None or lane.shares.get(key) is not bucket.share:  # there was nothing to count for a while
            ledger = lane.of(key)
            bucket = lane.bucket(lane.share(ledger, key), fact.sent, slack=ledger.requests > BUSY)
        self._heard[place] = bucket, fact.changes
        today = lane.day_ends - fact.sent <= SHORTEST_DAY or lane.day_ends == day_ends(fact.sent)
        lane.correct(bucket, fact.requests - bucket.requests, fact.tokens - bucket.tokens, today=today)
        bucket.requests, bucket.tokens = fact.requests, fact.tokens
        lane.place(now, bucket.share.ledger)

    def _refuse(self, key: Key, fact: Refused) -> None:
        """As long as it is told twice, it counts once."""
        place = (fact.origin, fact.key, fact.sent, fact.at)
        if place in self._refusals:
            return
        self._refusals.append(place)
        lane = self._registry.lane(fact.model, fact.paid)
        ledger = lane.of(key)
        ledger.refusals = max(fact.refusals - 1, 0)
        bucket = Bucket(lane.share(ledger, key), fact.sent, gone=True)
        lease = Lease(0, key, fact.model, fact.sent, 0, bucket, TOLD, lane, 0, lane.day_ends, fact.units)
        self._judge.heard(fact.at, lease, fact.outcome)

    def _divide(self, now: float, fact: Divided) -> None:
        """What was found out together with whom counts; who was found to be alone leaves."""
        for names in fact.groups:
            keys = [self._registry.keys[name] for name in names if name in self._registry.keys]
            old: list[Domain] = list(dict.fromkeys(domain_of(key) for key in keys))
            if any(map(told_of, old)):
                continue
            if len(old) > 1:
                self._registry.regroup(now, old, [group_of([k for domain in old for k in keys_of(domain)])], told=True)
            elif len(names) == 1 and old and isinstance(old[0], Project):
                rest = [key for key in keys_of(old[0]) if key is not keys[0]]
                self._registry.regroup(now, old, [keys[0], group_of(rest)], told=True)
