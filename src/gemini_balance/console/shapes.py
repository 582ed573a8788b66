"""Pictures from numbers. Pure; lengths are SVG attributes, since no style attribute may be used."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDTH, HEIGHT, TOP, BOTTOM = 84.0, 26.0, 3.0, 24.0


@dataclass(frozen=True, slots=True)
class Spark:
    """Two paths in a box of 84 by 26: the line, and the ground below it."""

    line: str
    ground: str


def spark(values: Sequence[float]) -> Spark | None:
    """From the least to the greatest value over the whole height; None for fewer than two values."""
    if len(values) < 2:
        return None
    low, span = min(values), (max(values) - min(values)) or 1.0
    step = WIDTH / (len(values) - 1)
    points = (f"{n * step:.1f} {BOTTOM - (BOTTOM - TOP) * (value - low) / span:.1f}" for n, value in enumerate(values))
    line = "M" + "L".join(points)
    return Spark(line, f"{line}L{WIDTH:.0f} {HEIGHT:.0f}L0 {HEIGHT:.0f}Z")


@dataclass(frozen=True, slots=True)
class Meter:
    """What is left, in hundredths of the limit: for good, and what is likely used before the reset."""

    left: float
    will: float = 0.0


def meter(left: float, limit: float, will: float = 0.0) -> Meter:
    """`will`: of what is left, how much is likely used. All in the limit's own unit."""
    share = 100 * min(max(left, 0.0), limit) / limit if limit > 0 else 0.0
    used = min(100 * max(will, 0.0) / limit, share) if limit > 0 else 0.0
    return Meter(round(share - used, 2), round(used, 2))


@dataclass(frozen=True, slots=True)
class Series:
    """`name` is shown; `tone`: a colour of the tokens (accent-fill, bad-fill…); None is a gap."""

    name: str
    tone: str
    values: Sequence[float | None]
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars stand on each other, in the order of the series; lines don't. `at`: seconds since 1970, evenly spaced."""

    at: Sequence[float]
    series: Sequence[Series]
    bars: bool = False
    unit: str = ""
    low: bool = False  # half as high

    @property
    def json(self) -> str:
        """For charts.js."""
        return msgspec.json.encode(asdict(self)).decode()
