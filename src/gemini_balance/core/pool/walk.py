"""The queue played through what is to come, as the pool would grant."""

from __future__ import annotations

from dataclasses import dataclass, field
from heapq import heappop, heappush, merge
from itertools import count, islice
from math import inf
from operator import itemgetter
from typing import TYPE_CHECKING

from gemini_balance.core.pool.keeping import LOOKS_EVERY, soonest, starving
from gemini_balance.core.pool.key import NO_TAGS, tagged, tags_of
from gemini_balance.core.pool.left import FURTHER, STEPS, Back, in_order, left_of
from gemini_balance.core.pool.promise import Room
from gemini_balance.core.pool.windows import BARS, GUARD, MINUTE, Bucket, Ledger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gemini_balance.core.pool.lane import Lane
    from gemini_balance.core.pool.left import Left
    from gemini_balance.core.pool.played import Place, PlayedLines
    from gemini_balance.core.pool.promise import Forecast
    from gemini_balance.core.pool.queue import Ticket

SOON = 1e-3  # seconds

_NUMBERS = count()


@dataclass(slots=True)
class Walk:
    """Through the events of one lane. Whoever is granted a room gives it back a minute later."""

    lane: Lane
    now: float
    made: Forecast
    lines: PlayedLines
    mine: Ticket | None = None  # for whose sake all is played
    kept: dict[Ledger, Ticket] = field(default_factory=dict)
    looked: float = 0.0  # see `keeping`
    further: float = -1.0  # rooms that are still looked for
    left: dict[Ledger, Left] = field(default_factory=dict)
    again: list[tuple[float, int, Back]] = field(default_factory=list)

    def play(self) -> None:
        """Until there is nothing more to be seen."""
        for ledger, ticket in self.kept.items():
            self.frees(ledger, ticket)
        for at, event in islice(self.events(), STEPS + 4 * self.lines.count):
            self.made.events += 1
            if self.step(at, event):
                break

    def events(self) -> Iterator[tuple[float, Bucket | Back | Ledger]]:
        """Who is ready now, then what leaves the window and whose rest ends, in order of time."""
        only = NO_TAGS if self.made.waiting else self.made.tags  # who waits may take what stands before it
        for ledger in islice(self.lane.ranks.of(only).all(), STEPS):
            yield self.now, ledger
        coming: list[Iterator[tuple[float, int, Bucket | Ledger]]] = [in_order(self.lane.wakes)]
        if self.lane.requests:
            coming.append(in_order(self.lane.spent))
        for at, _, event in merge(*coming, key=itemgetter(0)):
            while self.again and self.again[0][0] <= at:
                yield self.again[0][0], heappop(self.again)[2]
            if not only or tagged(_of(event).domain, only):
                yield at, event
        while self.again:
            yield self.again[0][0], heappop(self.again)[2]

    def step(self, at: float, event: Bucket | Back | Ledger) -> bool:
        """True: nothing is to be seen any more."""
        ledger = _of(event)
        if ledger.cause in BARS and ledger.rest > self.now:
            self.made.barred = ledger.cause if tagged(ledger.domain, self.made.tags) else self.made.barred
            return False
        left = self.left.get(ledger) or self.meet(ledger)
        if not isinstance(event, Ledger):
            left.requests += event.requests
            left.tokens += event.tokens
        if at >= self.lane.day_ends:
            left.day = max(left.day, ledger.limits.rpd or inf)
            left.tokens = max(left.tokens, left.whole)
        return (left.opens <= at and self.serve(ledger, left, max(at, self.now))) or self.made.own < inf

    def meet(self, ledger: Ledger) -> Left:
        """What it has now, and what attempts in flight will turn out not to need."""
        estimates, left = self.lane.estimates, left_of(ledger, self.now, self.lane.models)
        spare = int(sum(share.open for share in ledger.shares) * estimates.spare) if left.whole < inf else 0
        if spare > 0:
            self.gives_back(ledger, self.now + estimates.lasts / 2, 0, spare)
        self.left[ledger] = left
        return left

    def serve(self, ledger: Ledger, left: Left, at: float) -> bool:
        if ledger in self.kept and not self.claim(ledger, left, at):
            return False
        tags = tags_of(ledger.domain)
        while left.places >= 1 and left.tokens >= 1:
            if (found := self.lines.find(left.widest, left.most, at, tags)) is None:
                return self.leave(Room(at, left.widest, left.further(), None, left.most, tags))
            self.keep(at, found)
            if ledger in self.kept:
                return False
            self.made.rooms.append(Room(at, left.widest, 1, found[0], left.most, tags))
            if self.take(ledger, left, self.lines.take(found), at):
                return True
        return False

    def keep(self, at: float, found: Place) -> None:
        """Whoever stands before this one is being passed; see `keeping`."""
        if at - self.looked <= LOOKS_EVERY:
            return
        passed, many = self.lines.passed(found), (self.lines.count, len(self.lane.ledgers))
        ticket = starving(at, passed, *many, self.kept.values())
        if ticket is None:
            return
        self.looked = at
        ledger = soonest(at, self.lane, ticket, self.kept, lambda one: self.left.get(one) or self.meet(one))
        if ledger is not None:
            self.kept[ledger] = ticket
            self.frees(ledger, ticket)

    def frees(self, ledger: Ledger, ticket: Ticket) -> None:
        """What is kept for it is looked at again when its caller's patience has ended."""
        if ticket.until < inf:
            self.gives_back(ledger, ticket.until + SOON, 0, 0)

    def claim(self, ledger: Ledger, left: Left, at: float) -> bool:
        """Does it not collect room for one call any more?"""
        ticket = self.kept[ledger]
        if ticket.until >= at:
            if left.places < 1 or not ticket.fits(left.widest, left.most):
                return False
            self.lines.drop(ticket)
            self.take(ledger, left, ticket, at)
        self.kept.pop(ledger, None)
        return True

    def take(self, ledger: Ledger, left: Left, ticket: Ticket, at: float) -> bool:
        """True: it was all that was asked for."""
        units = ticket.demand.units
        left.requests -= units
        left.day -= units
        left.tokens -= ticket.tokens
        spare = int(ticket.tokens * self.lane.estimates.spare)
        self.gives_back(ledger, at + MINUTE + GUARD, units, ticket.tokens - spare)
        if spare and left.whole < inf:
            self.gives_back(ledger, at + self.lane.estimates.lasts, 0, spare)
        for other in [other for other, one in self.kept.items() if one is ticket]:
            del self.kept[other]
            self.gives_back(other, at, 0, 0)
        if ticket is self.mine:
            self.made.own = at
        return ticket is self.mine

    def gives_back(self, ledger: Ledger, at: float, requests: int, tokens: int) -> None:
        heappush(self.again, (at, next(_NUMBERS), Back(ledger, requests, tokens)))

    def leave(self, room: Room) -> bool:
        """Nobody who waits takes it. Is it, with those before, enough for whoever may ask?"""
        self.made.rooms.append(room)
        others = self.made.tags and self.made.tags.isdisjoint(room.tags)
        if others or self.lines.count or room.tokens < self.made.tokens or room.most < self.made.units:
            return False
        if self.further < 0:
            self.further = FURTHER if self.made.waiting else 1
        self.further -= room.places
        return self.further <= 0


def _of(event: Bucket | Back | Ledger) -> Ledger:
    return event if isinstance(event, Ledger) else event.ledger if isinstance(event, Back) else event.share.ledger
