"""Simulated time: starts where the config says, runs N times as fast as the wall, and can be pushed forward."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

MINUTE = 60.0
_STANDARD = timedelta(hours=-8)
_SUMMER = timedelta(hours=-7)


class Clock:
    """Tell the simulated epoch. `wall` is injected so that tests decide how much real time passes."""

    def __init__(
        self, speed: float = 1.0, start: float | None = None, wall: Callable[[], float] = time.monotonic
    ) -> None:
        self.speed = speed
        self._wall = wall
        self._anchor = wall()
        self._epoch = time.time() if start is None else start

    def now(self) -> float:
        """The simulated seconds since 1970."""
        return self._epoch + (self._wall() - self._anchor) * self.speed

    def advance(self, seconds: float) -> None:
        """Jump forward by simulated seconds."""
        self._epoch += seconds

    def set_speed(self, speed: float) -> None:
        """Run at another speed from this moment on."""
        self._epoch = self.now()
        self._anchor = self._wall()
        self.speed = speed


def pacific_day(now: float) -> int:
    """The number of the Pacific calendar day at `now`: daily quotas reset when it changes."""
    moment = datetime.fromtimestamp(now, UTC)
    return (moment + pacific_offset(moment)).date().toordinal()


def pacific_offset(moment: datetime) -> timedelta:
    """Los Angeles' distance from UTC, by the rule in force since 2007: a machine without tzdata must do, too."""
    starts = _nth_sunday(moment.year, month=3, nth=2) + timedelta(hours=10)
    ends = _nth_sunday(moment.year, month=11, nth=1) + timedelta(hours=9)
    return _SUMMER if starts <= moment < ends else _STANDARD


def _nth_sunday(year: int, month: int, nth: int) -> datetime:
    first = datetime(year, month, 1, tzinfo=UTC)
    to_sunday = (6 - first.weekday()) % 7
    return first + timedelta(days=to_sunday + 7 * (nth - 1))
