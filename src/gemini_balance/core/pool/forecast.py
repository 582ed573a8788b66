"""When a call that must wait would be granted, if nobody came after it.

The queue is played through what is to come. Of each room that appears it is noted who takes it, so that one forecast
answers for any caller with any call: whoever would come now is granted the first room that is big enough and falls to
its line after those who wait there, or to nobody.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from heapq import heappop, heappush, merge
from itertools import count, islice
from math import inf
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from gemini_balance.core.pool.fresh import MOST_CREWS
from gemini_balance.core.pool.key import NO_TAGS, Health, living, tagged, tags_of
from gemini_balance.core.pool.promise import Forecast, Room
from gemini_balance.core.pool.queue import line_of
from gemini_balance.core.pool.windows import BARS, GUARD, MINUTE, Bucket, Ledger

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from gemini_balance.core.pool.demand import Demand
    from gemini_balance.core.pool.lane import Lane
    from gemini_balance.core.pool.queue import Line, Ticket, Waiting

FURTHER = 50  # rooms that are looked ahead for those who come while a forecast is believed
STEPS = 1_000  # events that a walk takes at least

_NUMBERS = count()


class _Back(NamedTuple):
    """What somebody will be granted, and give back when it leaves the window."""

    ledger: Ledger
    requests: int
    tokens: int


@dataclass(slots=True)
class Left:
    """What a project will have left."""

    opens: float
    requests: float
    tokens: float
    day: float
    whole: float
    minute: float = inf  # the requests of whole windows
    whole_day: float = inf
    noted: float = 0.0  # places of which it is noted that nobody takes them

    def further(self) -> float:
        """Places that are not noted yet, or one that has more tokens than before."""
        places = min(self.places, FURTHER)
        more, self.noted = places - min(self.noted, places), places
        return max(more, 1)

    @property
    def places(self) -> float:
        return min(self.requests, self.day)

    @property
    def widest(self) -> float:
        return inf if self.tokens >= self.whole else self.tokens

    @property
    def most(self) -> float:
        minute = inf if self.requests >= self.minute else self.requests
        return minute if self.day >= self.whole_day else min(minute, self.day)


def expected(lane: Lane, now: float, demand: Demand) -> Forecast:
    """For one more call like this. Under overload one forecast serves all that come within a moment."""
    known, tokens = lane.forecasts.get(demand.tags), lane.estimates.enough(demand.tokens)
    enough = known is not None and known.tokens >= tokens and known.units >= demand.units
    if known is not None and enough and known.believed(now, lane.changes + lane.queue.changes):
        return known
    lane.advance(now)
    if len(lane.forecasts) > MOST_CREWS:
        lane.forecasts.clear()
    lane.forecasts[demand.tags] = made = forecast(lane, now, tokens, demand.units, demand.tags)
    return made


def when(lane: Lane, now: float, made: Forecast, demand: Demand) -> float:
    """That this call would be granted."""
    line = line_of(demand)
    joined = max(0, lane.queue.line(demand) - made.waiting.get(line, 0))
    tokens, behind = lane.estimates.enough(demand.tokens), 0 if demand.again else joined
    return max(now, made.of(line, tokens, behind, demand.units, ahead=demand.again))


def forecast(lane: Lane, now: float, tokens: int, units: int = 1, tags: frozenset[str] = NO_TAGS) -> Forecast:
    """Walk through what is to come, and hand each room that appears to whoever is next."""
    made = Forecast(now, lane.changes + lane.queue.changes, tokens, units=units, tags=tags)
    walk = _Walk(lane, now, made, _Lines(lane.queue.lines(), made), dict(lane.kept))
    for at, event in islice(walk.events(), STEPS + 4 * walk.lines.count):
        made.events += 1
        if walk.step(at, event):
            break
    return made


class _Line:
    """Who waits in one line, to be played with."""

    __slots__ = ("batches", "fewest", "least", "tickets")

    def __init__(self, tickets: list[Ticket]) -> None:
        self.tickets = tickets
        self.least = min(ticket.tokens for ticket in tickets)
        self.fewest = min(ticket.demand.units for ticket in tickets)
        self.batches = any(ticket.demand.units > 1 for ticket in tickets)

    def take(self, tokens: float, units: float, at: float) -> Ticket | None:
        """The first that needs no more than these, and has patience until then."""
        if self.least > tokens or self.fewest > units:
            return None
        for place, ticket in enumerate(self.tickets):
            if ticket.fits(tokens, units) and ticket.until >= at:
                self.remove(place)
                return ticket
        return None

    def remove(self, place: int) -> None:
        ticket = self.tickets.pop(place)
        if ticket.tokens <= self.least:
            self.least = min((ticket.tokens for ticket in self.tickets), default=0)
        if self.batches and ticket.demand.units <= self.fewest:
            self.fewest = min((ticket.demand.units for ticket in self.tickets), default=1)


class _Lines:
    """All of them."""

    def __init__(self, lines: list[tuple[Line, Waiting]], made: Forecast) -> None:
        self._lines = {name: _Line(list(line.order.values())) for name, line in lines}
        made.waiting = {name: len(line.tickets) for name, line in self._lines.items()}
        made.turns = list(self._lines)
        self.count = sum(made.waiting.values())

    def take(self, tokens: float, units: float, at: float, tags: frozenset[str]) -> tuple[Line, Ticket] | None:
        """The first in turn that fits, and may use keys with these."""
        for name, line in list(self._lines.items()):
            if name[2] and name[2].isdisjoint(tags):
                continue
            self._leave(line, at)
            if (ticket := line.take(tokens, units, at)) is not None:
                self.count -= 1
                self._lines[name] = self._lines.pop(name)
                return name, ticket
            if not line.tickets:
                del self._lines[name]
        return None

    def drop(self, ticket: Ticket) -> None:
        line = self._lines.get(line_of(ticket.demand))
        if line is not None and ticket in line.tickets:
            line.remove(line.tickets.index(ticket))
            self.count -= 1

    def _leave(self, line: _Line, at: float) -> None:
        """Those at its head whose patience has ended."""
        while line.tickets and line.tickets[0].until < at:
            line.remove(0)
            self.count -= 1


@dataclass(slots=True)
class _Walk:
    """Through the events of one lane. Whoever is granted a room gives it back a minute later."""

    lane: Lane
    now: float
    made: Forecast
    lines: _Lines
    kept: dict[Ledger, Ticket]
    further: float = -1.0  # rooms that are still looked for
    left: dict[Ledger, Left] = field(default_factory=dict)
    again: list[tuple[float, int, _Back]] = field(default_factory=list)

    def events(self) -> Iterator[tuple[float, Bucket | _Back | Ledger]]:
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

    def step(self, at: float, event: Bucket | _Back | Ledger) -> bool:
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
        return left.opens <= at and self.serve(ledger, left, max(at, self.now))

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
            if (taken := self.lines.take(left.widest, left.most, at, tags)) is None:
                return self.leave(Room(at, left.widest, left.further(), None, left.most, tags))
            name, ticket = taken
            self.made.rooms.append(Room(at, left.widest, 1, name, left.most, tags))
            self.take(ledger, left, ticket, at)
        return False

    def claim(self, ledger: Ledger, left: Left, at: float) -> bool:
        """Does it not collect room for one call any more?"""
        ticket = self.kept[ledger]
        if ticket.until >= at:
            if left.places < 1 or not ticket.fits(left.widest, left.most):
                return False
            self.lines.drop(ticket)
            self.take(ledger, left, ticket, at)
        del self.kept[ledger]
        return True

    def take(self, ledger: Ledger, left: Left, ticket: Ticket, at: float) -> None:
        units = ticket.demand.units
        left.requests -= units
        left.day -= units
        left.tokens -= ticket.tokens
        spare = int(ticket.tokens * self.lane.estimates.spare)
        self.gives_back(ledger, at + MINUTE + GUARD, units, ticket.tokens - spare)
        if spare and left.whole < inf:
            self.gives_back(ledger, at + self.lane.estimates.lasts, 0, spare)

    def gives_back(self, ledger: Ledger, at: float, requests: int, tokens: int) -> None:
        heappush(self.again, (at, next(_NUMBERS), _Back(ledger, requests, tokens)))

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


def _of(event: Bucket | _Back | Ledger) -> Ledger:
    return event if isinstance(event, Ledger) else event.ledger if isinstance(event, _Back) else event.share.ledger


def left_of(ledger: Ledger, now: float, models: Iterable[str]) -> Left:
    """`models`: what it may be asked for."""
    day = inf if ledger.limits.rpd is None else ledger.limits.rpd - ledger.today
    opens = max(ledger.rest, _health_opens(ledger, now, models))
    cap, rpd = ledger.cap, inf if ledger.limits.rpd is None else ledger.limits.rpd
    return Left(opens, cap - ledger.requests, ledger.token_room, day, ledger.whole, cap, rpd)


def _health_opens(ledger: Ledger, now: float, models: Iterable[str]) -> float:
    keys = (key for key in living(ledger.domain) if any(map(key.serves, models)))
    return min((key.until if key.health is Health.COOLING else now for key in keys), default=inf)


def in_order(heap: Sequence[tuple[float, int, Bucket | Ledger]]) -> Iterator[tuple[float, int, Bucket | Ledger]]:
    """A heap's items, smallest first, without taking them out: only as much is sorted as is read."""
    border = [(heap[0][0], heap[0][1], 0)] if heap else []
    while border:
        _, _, place = heappop(border)
        yield heap[place]
        for child in (2 * place + 1, 2 * place + 2):
            if child < len(heap):
                heappush(border, (heap[child][0], heap[child][1], child))
