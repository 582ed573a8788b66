"""The upstream's true quota windows, exact to the moment."""

from collections import deque
from dataclasses import dataclass
from enum import StrEnum
from math import floor, inf

from bench.balance.clock import DAY_ENDS

MINUTE = 60.0


class Shape(StrEnum):
    """How a minute is meant."""

    SLIDING = "sliding"  # the last 60 seconds
    FIXED = "fixed"  # from one full minute to the next


class Kind(StrEnum):
    """What a window counts, under the names of the gateway's own `Window`."""

    RPM = "rpm"
    TPM = "tpm"
    RPD = "rpd"


@dataclass(frozen=True, kw_only=True)
class Quota:
    """The limits of one project for one model; None: no limit."""

    rpm: int | None = None
    tpm: int | None = None
    rpd: int | None = None


def leaves(shape: Shape, now: float) -> float:
    """When a request that is counted now counts no longer."""
    return now + MINUTE if shape is Shape.SLIDING else (floor(now / MINUTE) + 1) * MINUTE


class Window:
    """The units that count at a moment. They leave in the order in which they came."""

    __slots__ = ("_inside", "limit", "used")

    def __init__(self, limit: int | None) -> None:
        self.limit: float = inf if limit is None else limit
        self.used = 0
        self._inside: deque[tuple[float, int]] = deque()

    def fits(self, now: float, units: int) -> bool:
        """Whether so many more are within the limit."""
        inside = self._inside
        while inside and inside[0][0] <= now:
            self.used -= inside.popleft()[1]
        return self.used + units <= self.limit

    def opens(self, now: float, units: int) -> float:
        """When so many more will be, if nothing else comes; infinity for more than the limit."""
        left = self.used + units - self.limit
        at = now
        for leaving, freed in self._inside:
            if left <= 0:
                break
            at, left = leaving, left - freed
        return at if left <= 0 else inf

    def take(self, units: int, until: float) -> None:
        """Count them until then."""
        if self.limit == inf:
            return
        self.used += units
        self._inside.append((until, units))


@dataclass(frozen=True)
class Full:
    """Windows that have no room, and when all of them will have it."""

    opens: float
    kinds: tuple[Kind, ...]


class Meter:
    """All windows of one project for one model."""

    __slots__ = ("_shape", "quota", "requests", "today", "tokens")

    def __init__(self, quota: Quota, shape: Shape) -> None:
        self.quota = quota
        self._shape = shape
        self.requests, self.tokens, self.today = Window(quota.rpm), Window(quota.tpm), Window(quota.rpd)

    def full(self, now: float, tokens: int) -> Full | None:
        """What stands against one more request; of the minute nothing is said on a day that is spent."""
        if not self.today.fits(now, 1):
            return Full(self.today.opens(now, 1), (Kind.RPD,))
        requests, fits = self.requests.fits(now, 1), self.tokens.fits(now, tokens)
        if requests and fits:
            return None
        opens = max(self.requests.opens(now, 1), self.tokens.opens(now, tokens))
        return Full(opens, (*((Kind.RPM,) * (not requests)), *((Kind.TPM,) * (not fits))))

    def count(self, now: float, tokens: int) -> None:
        """One request was let through."""
        until = leaves(self._shape, now)
        self.requests.take(1, until)
        self.tokens.take(tokens, until)
        self.today.take(1, DAY_ENDS)

    def spend_the_day(self) -> None:
        """Somebody has used up the daily quota before we came."""
        self.today.take((self.quota.rpd or 0) - self.today.used, DAY_ENDS)
