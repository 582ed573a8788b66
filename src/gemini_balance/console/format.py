"""Numbers, sizes, durations and times as the reader's language writes them. Pure: what is now is an argument."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import tzinfo

NARROW = "\u00a0"  # a number and its unit stay on one line
MINUTE, HOUR, DAY = 60, 3600, 86_400


@dataclass(frozen=True, slots=True)
class Manner:
    """How a language writes what isn't words. Patterns are those of `str.format`."""

    magnitudes: tuple[tuple[float, str], ...]  # from the largest
    percent: str
    units: tuple[str, str, str, str, str]  # day, hour, minute, second, millisecond
    weekdays: tuple[str, ...]
    months: tuple[str, ...]
    day: str
    day_of_year: str
    moment: str
    full: str
    between: str  # pieces of a list


ENGLISH = Manner(
    magnitudes=((1e9, "G"), (1e6, "M"), (1e3, "k")),
    percent="{}\u00a0%",
    units=("d", "h", "min", "s", "ms"),
    weekdays=("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    months=("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    day="{day} {month}",
    day_of_year="{day} {month} {year}",
    moment="{date}, {clock}",
    full="{weekday} {day} {month} {year}, {clock}",
    between=", ",
)
CHINESE = Manner(
    magnitudes=((1e8, "亿"), (1e4, "万")),
    percent="{}%",
    units=("天", "小时", "分钟", "秒", "毫秒"),
    weekdays=("周一", "周二", "周三", "周四", "周五", "周六", "周日"),
    months=tuple(str(month) for month in range(1, 13)),
    day="{month} 月 {day} 日",
    day_of_year="{year} 年 {month} 月 {day} 日",
    moment="{date} {clock}",
    full="{year} 年 {month} 月 {day} 日 {weekday} {clock}",
    between="、",
)
SIZES = ((1e9, "GB"), (1e6, "MB"), (1e3, "kB"))


def number(value: float) -> str:
    """21,480; with a fraction only where there is one: 0.82."""
    return f"{value:,}" if isinstance(value, int) else f"{value:,.2f}".rstrip("0").rstrip(".")


def compact(value: float, manner: Manner) -> str:
    """48.2 M; exact below ten thousand."""
    if abs(value) < 10_000:
        return number(value)
    size, unit = next((size, unit) for size, unit in manner.magnitudes if abs(value) >= size)
    return f"{_three_digits(value / size)}{NARROW}{unit}"


def percent(share: float, manner: Manner) -> str:
    """Of a share between 0 and 1. What is not all is never written as 100, what is something never as 0."""
    shown = min(max(round(share * 100, 1), 0.1), 99.9) if 0 < share < 1 else share * 100
    return manner.percent.format(f"{shown:.1f}".removesuffix(".0"))


def size(count: float) -> str:
    """Bytes, in powers of ten."""
    for unit_size, unit in SIZES:
        if count >= unit_size:
            return f"{_three_digits(count / unit_size)}{NARROW}{unit}"
    return f"{number(int(count))}{NARROW}B"


def duration(seconds: float, manner: Manner) -> str:
    """The two largest units that are not zero: 1 h 28 min; below ten seconds with two decimals, below one in ms."""
    day, hour, minute, second, milli = manner.units
    if seconds < 1:
        return f"{seconds * 1000:.0f}{NARROW}{milli}" if seconds else f"0{NARROW}{second}"
    if seconds < 10:
        return f"{number(round(seconds, 2))}{NARROW}{second}"
    whole = round(seconds)
    for length, unit, smaller, name in (
        (DAY, day, HOUR, hour),
        (HOUR, hour, MINUTE, minute),
        (MINUTE, minute, 1, second),
    ):
        if whole >= length:
            rest = whole % length // smaller
            return f"{whole // length}{NARROW}{unit}" + (f" {rest}{NARROW}{name}" if rest else "")
    return f"{whole}{NARROW}{second}"


def clock(at: float, zone: tzinfo, *, seconds: bool = False) -> str:
    """14:32, or 14:32:07."""
    return _there(at, zone).strftime("%H:%M:%S" if seconds else "%H:%M")


def moment(at: float, now: float, zone: tzinfo, manner: Manner) -> str:
    """Today's by the clock alone, this year's without the year."""
    then, today = _there(at, zone), _there(now, zone)
    if then.date() == today.date():
        return clock(at, zone)
    if abs(then - today) < timedelta(days=180):
        return manner.moment.format(date=date(at, now, zone, manner), clock=clock(at, zone))
    return date(at, now, zone, manner)


def date(at: float, now: float, zone: tzinfo, manner: Manner) -> str:
    then = _there(at, zone)
    pattern = manner.day if then.year == _there(now, zone).year else manner.day_of_year
    return pattern.format(**_parts(then, manner))


def full(at: float, zone: tzinfo, manner: Manner) -> str:
    """Sun 22 Nov 2026, 14:32:02."""
    return manner.full.format(**_parts(_there(at, zone), manner), clock=clock(at, zone, seconds=True))


def iso(at: float) -> str:
    """For machines: in UTC, to the second."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _parts(then: datetime, manner: Manner) -> dict[str, str]:
    weekday, month = manner.weekdays[then.weekday()], manner.months[then.month - 1]
    return {"year": str(then.year), "month": month, "day": str(then.day), "weekday": weekday}


def _there(at: float, zone: tzinfo) -> datetime:
    return datetime.fromtimestamp(at, zone)


def _three_digits(value: float) -> str:
    """1.23, 12.3, 123."""
    return (
        f"{value:.{2 if abs(value) < 10 else 1 if abs(value) < 100 else 0}f}".rstrip("0").rstrip(".")
        if abs(value) < 100
        else f"{value:.0f}"
    )
