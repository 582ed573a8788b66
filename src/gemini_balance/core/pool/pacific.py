"""The day that Google's daily quotas count: it begins at midnight in Los Angeles."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_WINTER = timedelta(hours=-8)
_SUMMER = timedelta(hours=-7)
_DAY = timedelta(days=1)


def day_ends(now: float) -> float:
    """Seconds since 1970 of the next midnight there after `now`, daylight saving included."""
    here = datetime.fromtimestamp(now, UTC)
    date = (here + _offset(here)).date() + _DAY
    midnight = datetime(date.year, date.month, date.day, tzinfo=UTC)
    # The clocks change at two in the morning, so at midnight the offset is that of the evening before.
    return (midnight - _offset(midnight - _WINTER - timedelta(hours=2))).timestamp()


def _offset(moment: datetime) -> timedelta:
    """Los Angeles' distance from UTC, by the rule in force since 2007: slim images bring no time zone data."""
    begins = _sunday(moment.year, month=3, nth=2) - _WINTER + timedelta(hours=2)
    ends = _sunday(moment.year, month=11, nth=1) - _SUMMER + timedelta(hours=2)
    return _SUMMER if begins <= moment < ends else _WINTER


def _sunday(year: int, month: int, nth: int) -> datetime:
    first = datetime(year, month, 1, tzinfo=UTC)
    return first + timedelta(days=(6 - first.weekday()) % 7 + 7 * (nth - 1))
