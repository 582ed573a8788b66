"""What projects have left, and what comes back to them."""

from __future__ import annotations

from dataclasses import dataclass
from heapq import heappop, heappush
from math import inf
from typing import TYPE_CHECKING, NamedTuple

from gemini_balance.core.pool.key import Health, living

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from gemini_balance.core.pool.windows import Bucket, Ledger

FURTHER = 50  # rooms that are looked ahead for those who come while a forecast is believed
STEPS = 1_000  # events that are looked at at least


class Back(NamedTuple):
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
