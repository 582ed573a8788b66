"""What makes up a scenario: a pool, its troubles, the upstream's faults, the callers, and the time it takes."""

from dataclasses import dataclass, replace
from math import exp, log
from statistics import NormalDist

from bench.balance.windows import Quota, Shape

FLASH = "gemini-flash"
LITE = "gemini-flash-lite"
LOADS = (0.5, 0.8, 1.5, 3.0)


@dataclass(frozen=True, kw_only=True)
class Phases:
    """Seconds from the start. Calls are judged by the phase in which they arrive.

    The measured time fades in and out over one quota window each: where a pool is saturated, answers come in waves that
    repeat every minute, and a sharp edge would cut them at their best for one scheduler and at their worst for another.
    """

    cold: float = 150.0
    warm: float = 300.0  # from here on it is measured
    measured: float = 300.0
    fade: float = 60.0
    tail: float = 20.0  # calls still arrive, so that the last measured ones have the company of all others

    @property
    def stop(self) -> float:
        """When nobody arrives any more."""
        return self.warm + self.measured + self.fade + self.tail

    def weight(self, at: float) -> float:
        """How much a call that arrives then counts."""
        rising, falling = (at - self.warm) / self.fade, (self.warm + self.measured + self.fade - at) / self.fade
        return max(0.0, min(1.0, rising, falling))


USUAL = Phases()
UNLABELLED = replace(
    USUAL, warm=900.0
)  # who shares a project is learnt call by call: a quarter of an hour for 2,000 keys
QUICK = Phases(cold=5.0, warm=10.0, measured=10.0, fade=5.0, tail=5.0)


@dataclass(frozen=True, kw_only=True)
class Mix:
    """A quota, and how many projects of each hundred have it."""

    share: float
    quotas: dict[str, Quota]  # by model


@dataclass(frozen=True, kw_only=True)
class Troubles:
    """What is wrong with a pool from the beginning, as shares."""

    dead: float = 0.0  # of the keys
    suspended: float = 0.0  # of the projects, like the rest
    spent: float = 0.0
    unknown: float = 0.0  # their 429 says nothing

    def __bool__(self) -> bool:
        return any((self.dead, self.suspended, self.spent, self.unknown))


@dataclass(frozen=True)
class Outage:
    """A span in which a model refuses calls with 503, each with this probability."""

    begins: float
    seconds: float
    rate: float
    model: str = FLASH

    @property
    def ends(self) -> float:
        return self.begins + self.seconds


@dataclass(frozen=True, kw_only=True)
class Faults:
    """What the upstream does wrong in ordinary times, as shares of the calls it lets through."""

    broken: float = 0.007  # 500
    empty: float = 0.005
    cut_early: float = 0.003  # of the streams: before any content
    cut_late: float = 0.003  # after the caller has seen text


@dataclass(frozen=True, kw_only=True)
class Callers:
    """Who calls, and with what."""

    models: tuple[tuple[str, float], ...] = ((FLASH, 1.0),)
    tokens: float = 1_000.0  # median of a lognormal distribution
    spread: float = 1.5
    most: int = 120_000
    deadlines: float = 0.2  # the share of calls that have one

    @property
    def mean_tokens(self) -> float:
        """Of the lognormal distribution, cut at its most."""
        normal, cut = NormalDist(), log(self.most / self.tokens) / self.spread
        below = self.tokens * exp(self.spread**2 / 2) * normal.cdf(cut - self.spread)
        return below + self.most * (1 - normal.cdf(cut))


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """One row."""

    name: str
    what: str
    keys: int
    projects: int
    mixes: tuple[Mix, ...]
    labelled: bool = True
    troubles: Troubles = Troubles()
    outages: tuple[Outage, ...] = ()
    faults: Faults = Faults()
    callers: Callers = Callers()
    shape: Shape = Shape.SLIDING
    loads: tuple[float, ...] = LOADS
    replicas: int = 1  # more than one: measured besides a single one

    @property
    def phases(self) -> Phases:
        """Measured once limits and groups are learnt."""
        return USUAL if self.labelled else UNLABELLED

    @property
    def limits_known(self) -> bool:
        """Whether a scheduler can know all limits: then it can say when there is room."""
        return self.labelled and not self.troubles.unknown

    @property
    def longest_outage(self) -> float:
        """Of the spans in which nothing is answered."""
        return max((outage.seconds for outage in self.outages if outage.rate == 1.0), default=0.0)
