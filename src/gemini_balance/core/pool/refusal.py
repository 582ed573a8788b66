"""A refused minute's request, when its window opens again, and how exactly that can be known."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, pi, sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gemini_balance.core.pool.key import Key

FIRST_TRIP, FIRST_SPREAD = 0.2, 0.1  # seconds that a refusal takes, and how far it strays, until some were seen
LEAST_SPREAD = 0.02  # Google's rounding may move a moment so far
MEMORY = 50  # refusals by which the usual trip is judged
CERTAIN = 3  # spreads by which nothing strays
FAR = 5  # spreads by which two moments of one window never differ


@dataclass(slots=True, eq=False)
class Refusal:
    """A key was refused, and Google said when there is room again."""

    key: Key
    at: float
    arrived: float  # the middle of its trip
    opens: float


@dataclass(slots=True)
class Travel:
    """What is known of the way to Google and back, from refusals, which take no time there.

    A way there that is always shorter than the way back moves an arrival and the oldest request's alike.
    """

    mean: float = FIRST_TRIP
    variance: float = FIRST_SPREAD**2
    seen: int = 2

    def learn(self, trip: float) -> None:
        self.seen = min(self.seen + 1, MEMORY)
        off = trip - self.mean
        self.mean += off / self.seen
        self.variance += (off * off - self.variance) / self.seen

    @property
    def spread(self) -> float:
        """How far the two moments that two refusals name for one window may lie apart."""
        return max(sqrt(self.variance), sqrt(2) * LEAST_SPREAD)

    @property
    def longest(self) -> float:
        """A request of which nothing was heard for so many seconds was not refused."""
        return self.mean + FAR * self.spread

    def full(self, refusal: Refusal) -> tuple[float, float]:
        """Whatever was sent between these was surely refused, if it went to the same window."""
        return refusal.at, refusal.opens - self.mean - CERTAIN * self.spread

    def holds(self, refusal: Refusal, now: float) -> bool:
        """Is its window surely still full?"""
        return now < refusal.opens - CERTAIN * self.spread


def density(off: float, spread: float) -> float:
    """Of a normal distribution."""
    return exp(-((off / spread) ** 2) / 2) / (spread * sqrt(2 * pi))
