"""How it has gone over an hour, a day or a week, point by point: what operators look at all the time."""

from __future__ import annotations

from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from gemini_balance.gateway.calls import Question, Span, Sums
from gemini_balance.gateway.recent import Recent
from gemini_balance.gateway.statistics import DAY, HOUR, MINUTE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gemini_balance.gateway.failing import Failing
    from gemini_balance.gateway.ports import Clock
    from gemini_balance.gateway.search import Search
    from gemini_balance.gateway.statistics import Ailing, Statistics

SHARES = (0.5, 0.95)
MOST_AILING = 5


class Range(StrEnum):
    """How far back."""

    HOUR = "1h"
    DAY = "24h"
    WEEK = "7d"


class Grid(NamedTuple):
    """How a range is cut: seconds altogether and of one point, the sums that are read, seconds that a look is good."""

    seconds: int
    step: int
    span: Span
    good_for: float


GRIDS = {
    Range.HOUR: Grid(HOUR, MINUTE, Span.MINUTE, 3.0),
    Range.DAY: Grid(DAY, HOUR, Span.HOUR, 5.0),
    Range.WEEK: Grid(7 * DAY, 3 * HOUR, Span.HOUR, 15.0),
}


class Durations(NamedTuple):
    """Seconds that half of all answered calls, and 95 of 100, stayed within; None: there were none."""

    half: float | None
    most: float | None


class Point(NamedTuple):
    """What happened from `at` on, for one step."""

    at: float
    sums: Sums
    first_byte: Durations
    total: Durations


class Trend(NamedTuple):
    """`per_minute`: calls at this moment. `points` have no gaps; `all` is what they add up to."""

    range: Range
    per_minute: float
    all: Point
    points: tuple[Point, ...]


class Trends:
    """One for all who look."""

    def __init__(self, statistics: Statistics, search: Search, clock: Clock) -> None:
        self._statistics, self._search, self._clock = statistics, search, clock
        self._recent = {one: Recent(partial(self.of, one), clock, grid.good_for) for one, grid in GRIDS.items()}
        self._failures = {one: Recent(partial(self._failing, one), clock, grid.good_for) for one, grid in GRIDS.items()}
        self._ailing = Recent(partial(statistics.ailing, MOST_AILING), clock, 30.0)

    async def recent(self, wanted: Range) -> Trend | None:
        """Of a few seconds ago; None while the journal does not answer."""
        return await self._recent[wanted].get()

    async def failures(self, wanted: Range) -> Failing | None:
        """What failed, of a few seconds ago."""
        return await self._failures[wanted].get()

    async def ailing(self) -> list[Ailing]:
        """Keys that fail often today, of half a minute ago."""
        return await self._ailing.get() or []

    async def of(self, wanted: Range) -> Trend:
        """Raises whatever the journal's database does when it is away."""
        now, grid = self._clock.unix(), GRIDS[wanted]
        minute = now // MINUTE * MINUTE
        since = minute - grid.seconds
        sums = await self._sums(wanted, since, now)
        points = tuple(_point(one) for one in filled(sums, since, now, grid.step))
        lately = await self._read(Span.MINUTE, minute - MINUTE, now, timed=False)
        pace = sum(one.count for one in lately) * MINUTE / (now - minute + MINUTE)
        return Trend(wanted, pace, _point(sum(sums, Sums(at=since))), points)

    async def _sums(self, wanted: Range, since: float, now: float) -> list[Sums]:
        """A day is not rounded to hours: its first one is made of minutes."""
        if wanted is not Range.DAY:
            return await self._read(GRIDS[wanted].span, since, now)
        whole = -(-since // HOUR) * HOUR
        begin = await self._read(Span.MINUTE, since, whole) if whole > since else []
        return [*begin, *await self._read(Span.HOUR, whole, now)]

    async def _read(self, span: Span, since: float, until: float, *, timed: bool = True) -> list[Sums]:
        return await self._statistics.ask(Question(span=span, since=since, until=until, timed=timed))

    async def _failing(self, wanted: Range) -> Failing:
        return await self._search.failures(self._clock.unix() - GRIDS[wanted].seconds)


def filled(sums: Iterable[Sums], since: float, until: float, step: int) -> list[Sums]:
    """One for each step between the two times, whether or not anything happened; steps begin at whole ones."""
    first, last = int(since) // step * step, int(until) // step * step
    points = {at: Sums(at=at) for at in range(first, last + 1, step)}
    for one in sums:
        at = int(one.at) // step * step
        if at in points:
            points[at] += one
    return list(points.values())


def _point(sums: Sums) -> Point:
    first_byte, total = sums.first_byte.percentiles(SHARES), sums.latency.percentiles(SHARES)
    return Point(sums.at, sums, Durations(*first_byte), Durations(*total))
