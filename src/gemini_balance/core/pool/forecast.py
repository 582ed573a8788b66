"""When a call that must wait would be granted, if nobody came after it."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from heapq import heappop, heappush, merge
from itertools import count, islice
from math import inf
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from gemini_balance.core.pool.key import Health, living
from gemini_balance.core.pool.queue import Forecast
from gemini_balance.core.pool.windows import BARS, GUARD, MINUTE, Bucket, Ledger

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from gemini_balance.core.pool.demand import Demand
    from gemini_balance.core.pool.lane import Lane

FRESH = 0.2  # seconds that a forecast is believed
NEXT = 50  # calls that are looked ahead for one caller
FEW = 8  # waiting calls up to which each new one is looked at by itself
MUCH = 10_000  # tokens from which on, too
MOST_LINES = 1_000  # callers of whom forecasts are kept


_NUMBERS = count()
STEPS = 1_000  # events that a walk takes at least
HEADS = 4  # of the queue that are looked at: who needs little is not kept by who needs much


class Need(NamedTuple):
    """What a call needs, and until when it waits for it."""

    tokens: int
    until: float = inf
    mine: bool = False  # it is what is asked about


class _Back(NamedTuple):
    """What somebody will be granted, and give back when it leaves the window."""

    ledger: Ledger
    requests: int
    tokens: int


@dataclass(slots=True)
class _Room:
    """What a project will have left."""

    opens: float
    requests: float
    tokens: float
    day: float


def expected(lane: Lane, now: float, demand: Demand) -> Forecast:
    """For one more call like this. Under overload one forecast serves all that come within a moment."""
    ahead = 0 if demand.again else lane.queue.ahead_of(demand)
    single = ahead < FEW or demand.tokens > MUCH
    known = None if single else lane.expected.get(demand.client)
    if known is not None and now - known.made <= FRESH:
        return known
    tickets = islice(lane.queue.waiting(), ahead) if ahead else ()
    needs = [Need(ticket.demand.tokens, ticket.until) for ticket in tickets]
    mine = Need(max(demand.tokens, 1), mine=True)
    made = forecast(lane, now, [*needs, *[mine] * (1 if single else NEXT)])
    made.line = lane.queue.line(demand)
    if not single:
        _keep(lane, demand.client, made)
    return made


def _keep(lane: Lane, client: str, made: Forecast) -> None:
    if len(lane.expected) >= MOST_LINES:
        lane.expected.clear()
    lane.expected[client] = made


def forecast(lane: Lane, now: float, needs: Iterable[Need]) -> Forecast:
    """Walk through what is to come, and hand each room that appears to the next of `needs`."""
    waiting = deque(needs)
    walk = _Walk(lane, now, Forecast(now), waiting)
    for at, event in islice(walk.events(), STEPS + 4 * len(waiting)):
        if not waiting:
            break
        walk.step(at, event)
    return walk.made


@dataclass(slots=True)
class _Walk:
    """Through the events of one lane. Whoever is granted a room gives it back a minute later."""

    lane: Lane
    now: float
    made: Forecast
    waiting: deque[Need]
    rooms: dict[Ledger, _Room] = field(default_factory=dict)
    again: list[tuple[float, int, _Back]] = field(default_factory=list)

    def events(self) -> Iterator[tuple[float, Bucket | _Back | Ledger]]:
        """What leaves the window and whose rest ends, in order of time."""
        coming: list[Iterator[tuple[float, int, Bucket | Ledger]]] = [_in_order(self.lane.wakes)]
        if self.lane.requests:
            coming.append(_in_order(self.lane.spent))
        for at, _, event in merge(*coming, key=itemgetter(0)):
            while self.again and self.again[0][0] <= at:
                yield self.again[0][0], heappop(self.again)[2]
            yield at, event
        while self.again:
            yield self.again[0][0], heappop(self.again)[2]

    def step(self, at: float, event: Bucket | _Back | Ledger) -> None:
        ledger = event if isinstance(event, Ledger) else _ledger_of(event)
        if ledger.cause in BARS and ledger.rest > self.now:
            self.made.barred = ledger.cause
            return
        room = self.rooms.get(ledger) or self.rooms.setdefault(ledger, _room(ledger, self.now))
        if not isinstance(event, Ledger):
            room.requests += event.requests
            room.tokens += event.tokens
        if at >= self.lane.day_ends:
            room.day = max(room.day, ledger.limits.rpd or inf)
            room.tokens = max(room.tokens, min(ledger.limits.tpm or inf, ledger.limits.tpd or inf))
        if room.opens <= at:
            self.serve(ledger, room, max(at, self.now))

    def serve(self, ledger: Ledger, room: _Room, at: float) -> None:
        waiting, whole = self.waiting, ledger.limits.tpm or inf
        while waiting and min(room.requests, room.day) >= 1:
            while waiting and waiting[0].until < at:
                waiting.popleft()  # it will have left
            heads = range(min(len(waiting), HEADS))
            fitting = next((n for n in heads if room.tokens >= min(waiting[n].tokens, whole)), None)
            if fitting is None:
                return
            self.grant(ledger, room, waiting[fitting], at)
            del waiting[fitting]

    def grant(self, ledger: Ledger, room: _Room, need: Need, at: float) -> None:
        room.requests -= 1
        room.day -= 1
        room.tokens -= need.tokens
        if need.mine:
            self.made.times.append(at)
        heappush(self.again, (at + MINUTE + GUARD, next(_NUMBERS), _Back(ledger, 1, need.tokens)))


def _ledger_of(event: Bucket | _Back) -> Ledger:
    return event.ledger if isinstance(event, _Back) else event.share.ledger


def _room(ledger: Ledger, now: float) -> _Room:
    day = inf if ledger.limits.rpd is None else ledger.limits.rpd - ledger.today
    return _Room(max(ledger.rest, _health_opens(ledger, now)), ledger.cap - ledger.requests, ledger.token_room, day)


def _health_opens(ledger: Ledger, now: float) -> float:
    return min((key.until if key.health is Health.COOLING else now for key in living(ledger.domain)), default=inf)


def _in_order(heap: Sequence[tuple[float, int, Bucket | Ledger]]) -> Iterator[tuple[float, int, Bucket | Ledger]]:
    """A heap's items, smallest first, without taking them out: only as much is sorted as is read."""
    border = [(heap[0][0], heap[0][1], 0)] if heap else []
    while border:
        _, _, place = heappop(border)
        yield heap[place]
        for child in (2 * place + 1, 2 * place + 2):
            if child < len(heap):
                heappush(border, (heap[child][0], heap[child][1], child))
