"""What a run is judged by."""

from dataclasses import dataclass
from math import inf


@dataclass(frozen=True, kw_only=True)
class Figures:
    """One scheduler's sums. Calls at the edges of the measured time count in part, so these are not whole numbers."""

    offered: float = 0.0
    good: float = 0.0
    told: float = 0.0
    refused: float = 0.0
    trips: float = 0.0
    cold_good: float = 0.0
    cold_trips: float = 0.0
    silent: int = 0  # in the whole run, like the rest
    dead_calls_a_day: float = 0.0  # with the key that was called most
    checked: int = 0  # refusals whose named time was compared with the truth
    true: int = 0

    @property
    def good_share(self) -> float:
        return _over(self.good, self.offered)

    @property
    def told_share(self) -> float:
        return _over(self.told, self.offered)

    @property
    def refused_share(self) -> float:
        return _over(self.refused, self.offered)

    @property
    def price(self) -> float:
        """Upstream calls for a good answer."""
        return _over(self.trips, self.good)

    @property
    def cold_price(self) -> float:
        return _over(self.cold_trips, self.cold_good)

    @property
    def true_share(self) -> float | None:
        return self.true / self.checked if self.checked else None

    def __add__(self, other: "Figures") -> "Figures":
        sums = {name: value + getattr(other, name) for name, value in vars(self).items()}
        return Figures(**{**sums, "dead_calls_a_day": max(self.dead_calls_a_day, other.dead_calls_a_day)})


def _over(part: float, whole: float) -> float:
    return part / whole if whole else inf
