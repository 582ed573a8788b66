"""What chance decides, drawn from who asks: every scheduler meets the same luck at the same try of the same call."""

from math import exp
from statistics import NormalDist

_MASK = (1 << 64) - 1
_NORMAL = NormalDist()


def draw(*of: int) -> float:
    """A number in [0, 1) that depends on nothing but its arguments."""
    mixed = hash(of) & _MASK  # the hash of a tuple of numbers is the same in every process
    mixed = (mixed ^ mixed >> 32) * 0xD6E8FEB86659FD93 & _MASK
    return (mixed ^ mixed >> 32) / (_MASK + 1)


def lognormal(at: float, median: float, spread: float) -> float:
    """The value below which the share `at` of a lognormal distribution lies."""
    return median * exp(spread * _NORMAL.inv_cdf(min(max(at, 1e-9), 1 - 1e-9)))
