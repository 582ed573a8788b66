"""When a call that must wait would be granted, if nobody came after it."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import islice
from math import inf
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from gemini_balance.core.pool.key import RETIRED, Health, keys_of
from gemini_balance.core.pool.queue import Forecast
from gemini_balance.core.pool.windows import BARS, Bucket, Ledger

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gemini_balance.core.pool.demand import Demand
    from gemini_balance.core.pool.lane import Lane

Item = TypeVar("Item", Bucket, Ledger)
FRESH = 0.2  # seconds that a forecast is believed
NEXT = 50  # calls that are looked ahead for one caller
FEW = 8  # waiting calls up to which each new one is looked at by itself
MUCH = 10_000  # tokens from which on, too
MOST_LINES = 1_000  # callers of whom forecasts are kept


HEADS = 4  # of the queue that are looked at: who needs little is not kept by who needs much


class Need(NamedTuple):
    """What a call needs, and until when it waits for it."""

    tokens: int
    until: float = inf
    mine: bool = False  # it is what is asked about


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
    made, rooms, waiting = Forecast(now), dict[Ledger, _Room](), deque(needs)
    for at, event in _events(lane):
        if not waiting:
            break
        ledger = event.share.ledger if isinstance(event, Bucket) else event
        if ledger.cause in BARS and ledger.rest > now:
            made.barred = ledger.cause
            continue
        room = rooms.get(ledger) or rooms.setdefault(ledger, _room(ledger, now))
        if isinstance(event, Bucket):
            room.requests += event.requests
            room.tokens += event.tokens
        if at >= lane.day_ends and ledger.limits.rpd is not None:
            room.day = max(room.day, ledger.limits.rpd)
        if room.opens <= at:
            _serve(made, waiting, ledger, room, max(at, now))
    return made


def _serve(made: Forecast, waiting: deque[Need], ledger: Ledger, room: _Room, at: float) -> None:
    whole = ledger.limits.tpm or inf
    while waiting and min(room.requests, room.day) >= 1:
        while waiting and waiting[0].until < at:
            waiting.popleft()  # it will have left
        fitting = next(
            (n for n in range(min(len(waiting), HEADS)) if room.tokens >= min(waiting[n].tokens, whole)), None
        )
        if fitting is None:
            return
        room.requests -= 1
        room.day -= 1
        room.tokens -= waiting[fitting].tokens
        if waiting[fitting].mine:
            made.times.append(at)
        del waiting[fitting]


def _room(ledger: Ledger, now: float) -> _Room:
    day = inf if ledger.limits.rpd is None else ledger.limits.rpd - ledger.today
    return _Room(max(ledger.rest, _health_opens(ledger, now)), ledger.cap - ledger.requests, ledger.token_room, day)


def _health_opens(ledger: Ledger, now: float) -> float:
    living = (key for key in keys_of(ledger.domain) if key.health not in RETIRED)
    return min((key.until if key.health is Health.COOLING else now for key in living), default=inf)


def _events(lane: Lane) -> Iterator[tuple[float, Bucket | Ledger]]:
    """What leaves the window and whose rest ends, in order of time."""
    spent, wakes = _in_order(lane.spent), _in_order(lane.wakes)
    bucket, wake = next(spent, None), next(wakes, None)
    while bucket is not None or wake is not None:
        if wake is None or (bucket is not None and bucket[0] <= wake[0]):
            assert bucket is not None
            yield bucket[0], bucket[2]
            bucket = next(spent, None)
        else:
            yield wake[0], wake[2]
            wake = next(wakes, None)


def _in_order(heap: list[tuple[float, int, Item]]) -> Iterator[tuple[float, int, Item]]:
    """A heap's items, smallest first, without taking them out: only as much is sorted as is read."""
    border = [(heap[0][0], heap[0][1], 0)] if heap else []
    while border:
        _, _, place = heappop(border)
        yield heap[place]
        for child in (2 * place + 1, 2 * place + 2):
            if child < len(heap):
                heappush(border, (heap[child][0], heap[child][1], child))
