"""Taking in what other replicas told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gemini_balance.core.pool.facts import Fact, Rested, Retired, Spent
from gemini_balance.core.pool.windows import NO_LIMITS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from gemini_balance.core.outcome import Cause
    from gemini_balance.core.pool.key import Key, KeyId
    from gemini_balance.core.pool.registry import Registry
    from gemini_balance.core.pool.windows import Bucket

MANY = 4_096  # heard counts after which those that have left the window are forgotten


class Inbox:
    """Counts are told whole, so one heard twice changes nothing."""

    def __init__(self, registry: Registry, retire: Callable[[Key, Cause], None]) -> None:
        self._registry = registry
        self._retire = retire
        self._heard: dict[tuple[str, str, bool, KeyId, int], Bucket] = {}

    def hear(self, now: float, facts: Iterable[Fact]) -> None:
        """Keys that are not ours are passed over."""
        for fact in facts:
            key = self._registry.keys.get(fact.key)
            if key is None:
                continue
            match fact:
                case Spent():
                    self._count(now, key, fact)
                case Rested():
                    self._rest(now, key, fact)
                case Retired():
                    self._retire(key, fact.cause)
        if len(self._heard) > MANY:
            self._heard = {place: bucket for place, bucket in self._heard.items() if not bucket.gone}

    def _count(self, now: float, key: Key, fact: Spent) -> None:
        lane = self._registry.lane(fact.model, fact.paid)
        place = (fact.origin, fact.model, fact.paid, fact.key, fact.second)
        bucket = self._heard.get(place)
        if bucket is None:
            share = lane.share(lane.of(key), key)
            bucket = self._heard[place] = lane.bucket(share, float(fact.second), slack=1)
        if not bucket.gone:
            lane.correct(bucket, fact.requests - bucket.requests, fact.tokens - bucket.tokens, today=True)
            lane.place(now, bucket.share.ledger)

    def _rest(self, now: float, key: Key, fact: Rested) -> None:
        lane = self._registry.lane(fact.model, fact.paid)
        ledger = lane.of(key)
        if fact.limits != NO_LIMITS:
            lane.learn(ledger, ledger.limits.under(fact.limits))
        lane.rest(now, ledger, fact.until, fact.cause)
