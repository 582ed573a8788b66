"""Choosing a key: `acquire` a lease, `settle` it with what happened, `grant` leases to those who wait.

Synchronous, and told the time: seconds since 1970 on a clock that only goes forward.
"""

from __future__ import annotations

from itertools import count
from math import inf
from typing import TYPE_CHECKING

from gemini_balance.core.pool.affinity import Affinity
from gemini_balance.core.pool.demand import Never, NotYet
from gemini_balance.core.pool.exchange import Inbox
from gemini_balance.core.pool.facts import Outbox
from gemini_balance.core.pool.holding import holds_back, impatient
from gemini_balance.core.pool.inference import trial
from gemini_balance.core.pool.keeping import claim, keep, release
from gemini_balance.core.pool.key import NO_TAGS, Key, KeyId, KeySpec, domain_of
from gemini_balance.core.pool.lane import NOBODY
from gemini_balance.core.pool.lease import TRIAL, Granted, Lease
from gemini_balance.core.pool.outlook import look_again, outlook
from gemini_balance.core.pool.queue import Ticket
from gemini_balance.core.pool.roster import Roster
from gemini_balance.core.pool.skipped import Skipped, skipped
from gemini_balance.core.pool.state import restore, snapshot
from gemini_balance.core.pool.turns import Present, Turns

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from gemini_balance.core.outcome import Outcome
    from gemini_balance.core.pool.demand import Demand
    from gemini_balance.core.pool.facts import Fact
    from gemini_balance.core.pool.lane import Lane
    from gemini_balance.core.pool.queue import Waiting
    from gemini_balance.core.pool.windows import Ledger, Limits

MOST_WAITING = 1_000  # calls
MOST_HELD = 64_000_000  # bytes of their bodies
WARM = 0.5  # the load up to which a conversation stays where its beginning is cached
KEPT = "kept"  # why a key was chosen


class KeyPool(Roster):
    """Lends keys, and keeps the queue of those who wait for one."""

    def __init__(
        self,
        specs: Iterable[KeySpec] = (),
        max_failures: int = 3,
        dice: Callable[[], float] = lambda: 0.5,
        told_limits: Mapping[str, Mapping[str, Limits]] | None = None,
    ) -> None:
        super().__init__(specs, max_failures, dice, told_limits or {})
        self.affinity = Affinity()
        self.waiting = 0  # calls in all queues
        self.held = 0  # bytes of their bodies
        self._inbox = Inbox(self, self._judge)
        self._open: set[int] = set()
        self._ids = count(1)

    def acquire(self, now: float, demand: Demand) -> Lease | NotYet | Never:
        """Who comes while others wait queues behind them, unless it had its turn before."""
        lane = self._lane_for(demand)
        if demand.pinned and self.is_lost(demand):
            return Never(dead=not self.usable())
        first = _first(now, lane, demand)
        if not first and lane.queue.stands_before(demand):
            return self._refuse(now, lane, demand)
        spared = NO_TAGS if first or demand.pinned else lane.queue.spares()
        return self._try(now, lane, demand, spared) or self._refuse(now, lane, demand)

    def began(self, now: float, lease: Lease) -> None:
        """The answer has begun: key and model live, whatever becomes of it."""
        self._judge.lives(now, lease)

    def settle(self, now: float, lease: Lease, outcome: Outcome) -> None:
        """Record what the attempt came to. A second time is a no-op, so callers may do it in `finally`."""
        if lease.id in self._open:
            self._open.remove(lease.id)
            lease.key.in_flight -= 1
            (self._judge.part if lease.key.gone else self._judge.settle)(now, lease, outcome)

    def helped(self, now: float, keys: Iterable[KeyId]) -> None:
        """Another key answered well what these had failed: the fault was theirs."""
        for name in keys:
            if (key := self.keys.get(name)) is not None:
                self._judge.count_failure(now, key)

    def enqueue(self, now: float, demand: Demand, until: float = inf) -> Ticket | None:
        """A place in the queue for a call that waits until then; None when the queue is full."""
        if self.waiting >= MOST_WAITING or (self.waiting and self.held + demand.size > MOST_HELD):
            return None
        lane = self._lane_for(demand)
        ticket = Ticket(demand, now, until, tokens=lane.estimates.enough(demand.tokens))
        lane.queue.join(ticket, ahead=_first(now, lane, demand))
        self.waiting += 1
        self.held += demand.size
        return ticket

    def withdraw(self, ticket: Ticket) -> None:
        """Its caller waits no longer."""
        if ticket.queue is not None and not ticket.gone:
            ticket.queue.leave(ticket)
            self._left(ticket)

    def grant(self, now: float) -> Granted:
        """Leases for those whose turn has come, who waits in vain from now on, and when to ask again."""
        leases: list[tuple[Ticket, Lease]] = []
        lost: list[Ticket] = []
        at = inf
        for lane in list(self.lanes.values()):
            if len(lane.queue):
                lost += self._dismiss_lost(lane)
                leases += self._serve(now, lane)
                at = min(at, look_again(now, lane))
        return Granted(leases, at, lost)

    def skipped(self, now: float, demand: Demand) -> list[Skipped]:
        """What stands in the way of keys that could serve this call; some of them, where there are many."""
        keys = self.tagged(demand.tags) if demand.tags else self.keys.values()
        return skipped(now, self._lane_for(demand), keys, demand)

    def share(self, me: str, replicas: tuple[str, ...]) -> None:
        """These replicas serve with the same keys; a single one shares with nobody.

        Several times a second each tells all others; who has told or heard grants.
        """
        several = len(replicas) > 1
        self.turns, self.outbox = (Turns(me, replicas), Outbox(me)) if several else (None, None)
        for lane in self.lanes.values():
            lane.join(self.turns)

    def tell(self, now: float) -> list[Fact]:
        """What the other replicas may not know yet."""
        if self.outbox is None or self.turns is None:
            return []
        present = Present(self.turns.me, now, tuple({lane.model for lane in self.lanes.values() if len(lane.queue)}))
        self.turns.hear(now, present)
        return [present, *self.outbox.tell(now)]

    def hear(self, now: float, facts: Iterable[Fact]) -> None:
        """What other replicas told."""
        self._inbox.hear(now, facts)

    def snapshot(self, now: float) -> bytes:
        """What must survive a restart."""
        for lane in self.lanes.values():
            lane.advance(now)
        return snapshot(self)

    def restore(self, now: float, saved: bytes) -> None:
        """What was saved before a restart. Raises msgspec.DecodeError."""
        restore(self, now, saved, self._judge.retire)

    def _lane_for(self, demand: Demand) -> Lane:
        """A pinned key's own: what costs money stays apart."""
        pinned = self.keys.get(demand.pinned) if demand.pinned else None
        return self.lane(demand.model, demand.paid if pinned is None else pinned.spec.paid)

    def _try(self, now: float, lane: Lane, demand: Demand, spared: frozenset[str] = NO_TAGS) -> Lease | None:
        lane.advance(now)
        release(now, lane)
        if lane.breaker.opens_at(now, paced=not demand.hurried) > now:
            return None
        if demand.hurried:
            lane.exploring.afford()
        if demand.pinned:
            key = self.keys.get(demand.pinned)
            pinned = None if key is None else self._on(now, lane, key, demand)
            return pinned and self._lend(now, lane, *pinned, demand, "pinned")
        kept = self._kept(now, lane, demand) if demand.prefix else None
        if kept is not None:
            return self._lend(now, lane, *kept, demand, "conversation")
        found = self._pick(now, lane, demand, spared)
        return found and self._lend(now, lane, *found, demand, "most room")

    def _pick(self, now: float, lane: Lane, demand: Demand, spared: frozenset[str]) -> tuple[Ledger, Key] | None:
        """Where every other key was tried, one that failed by chance may serve."""
        asked = now, lane.estimates.enough(demand.tokens), demand.model
        rest = demand.units, demand.tags, spared
        found = lane.pick(*asked, demand.exclude, *rest)
        return found or (lane.pick(*asked, NOBODY, *rest) if demand.exclude else None)

    def _on(self, now: float, lane: Lane, key: Key, demand: Demand) -> tuple[Ledger, Key] | None:
        """This very key, if it may serve now."""
        if not key.free(now):
            return None
        ledger = lane.able(now, domain_of(key), lane.estimates.enough(demand.tokens), demand.units)
        return None if ledger is None else (ledger, key)

    def _kept(self, now: float, lane: Lane, demand: Demand) -> tuple[Ledger, Key] | None:
        """The key that knows this conversation's beginning, as long as it is not busier than half."""
        key = self.affinity.find(demand.prefix)
        if key is None or key.id in demand.exclude or key.spec.paid != demand.paid:
            return None
        if not key.serves(demand.model, demand.tags):
            return None
        found = self._on(now, lane, key, demand)
        return found if found is not None and lane.load(found[0]) <= WARM else None

    def _lend(self, now: float, lane: Lane, ledger: Ledger, key: Key, demand: Demand, why: str) -> Lease:
        key.lend(now)
        tokens = lane.estimates.enough(demand.tokens)
        bucket = lane.charge(now, ledger, key, tokens, demand.units)
        if demand.prefix:
            self.affinity.note(demand.prefix, key)
        sent = key, demand.model, now, tokens, bucket, why, lane, demand.tokens, lane.day_ends, demand.units
        lease = Lease(next(self._ids), *sent)
        lane.breaker.sending(now, lease.id)
        self._open.add(lease.id)
        if self.outbox is not None:
            self.outbox.spent(lease, lease.units, lease.tokens)
        return lease

    def _refuse(self, now: float, lane: Lane, demand: Demand) -> NotYet | Never:
        if self.is_lost(demand):
            return Never(dead=not self.usable())
        return outlook(now, lane, demand, self.keys[demand.pinned] if demand.pinned else None)

    def _serve(self, now: float, lane: Lane) -> list[tuple[Ticket, Lease]]:
        """Whoever has a project kept for it, then line by line until a round serves nobody."""
        leases: list[tuple[Ticket, Lease] | None] = []
        lane.advance(now)
        if lane.breaker.opens_at(now) > now:
            return []
        for ticket, ledger, key in claim(now, lane):
            leases.append(self._grant(now, lane, ticket, self._lend(now, lane, ledger, key, ticket.demand, KEPT)))
        while any(got := self._round(now, lane)):
            leases += got
        while (waiter := impatient(now, lane)) is not None:
            lane.exploring.afford()
            leases.append(self._grant(now, lane, waiter, self._try(now, lane, waiter.demand)))
            if leases[-1] is None:
                break
        for line in lane.queue.first():
            if line.first().demand.units > 1 or holds_back(lane, line.first().demand.tags):
                break  # what is too much for it proves nothing
            leases.append(self._grant(now, lane, line.first(), self._trial(now, lane, line.first().demand)))
        return [lease for lease in leases if lease is not None]

    def _dismiss_lost(self, lane: Lane) -> list[Ticket]:
        """Their keys were taken away, or died, while they waited."""
        of_all = not self.usable() or bool(lane.queue.spares())  # else only who waits for one key may have lost it
        lines = (line for line in lane.queue.waiting(of_all=of_all) if self.is_lost(line.first().demand))
        lost = [ticket for line in lines for ticket in line.order.values()]
        for ticket in lost:
            self.withdraw(ticket)
        return lost

    def _round(self, now: float, lane: Lane) -> list[tuple[Ticket, Lease] | None]:
        """One turn for each line: for the first call in it for which there is room."""
        waiting = lane.queue.pinned()
        leases = [self._grant(now, lane, ticket, self._try(now, lane, ticket.demand)) for ticket in waiting]
        for (_, _, tags), line in lane.queue.lines():
            if lane.breaker.opens_at(now) > now or lane.widest() < lane.queue.least():
                break
            leases.append(self._turn(now, lane, line, lane.widest(tags), lane.most(tags)))
        return leases

    def _turn(self, now: float, lane: Lane, line: Waiting, tokens: float, units: float) -> tuple[Ticket, Lease] | None:
        """The first call of this line that fits. A batch may find its requests here and its tokens there."""
        fitting = line.fitting(tokens, units)
        if fitting is None:
            return None
        keep(now, lane, lane.queue.passed(fitting))
        lease = self._try(now, lane, fitting.demand)
        if lease is None and fitting.demand.units > 1:
            keep(now, lane, [fitting])
            return self._turn(now, lane, line, tokens, 1)
        return self._grant(now, lane, fitting, lease)

    def _grant(self, now: float, lane: Lane, ticket: Ticket, lease: Lease | None) -> tuple[Ticket, Lease] | None:
        if lease is None:
            return None
        lane.queue.served(ticket)
        self._left(ticket)
        return ticket, lease

    def _trial(self, now: float, lane: Lane, demand: Demand) -> Lease | None:
        """Somebody waits and a group is in doubt: is it one? A refusal proves it, an answer splits it."""
        if lane.breaker.opens_at(now) > now:
            return None
        found = trial(now, lane, demand.model, demand.tags)
        if found and lane.rota and not lane.rota.ours(now, found[0]):
            return None  # whoever's turn it is will tell
        return found and self._lend(now, lane, *found, demand, TRIAL)

    def _left(self, ticket: Ticket) -> None:
        self.waiting -= 1
        self.held -= ticket.demand.size


def _first(now: float, lane: Lane, demand: Demand) -> bool:
    """It had its turn. While the model refuses everything, others may find out what it has learnt."""
    return demand.again and not lane.breaker.refuses(now)
