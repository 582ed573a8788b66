"""What can be read off a running gateway at one moment: for metrics and for alerts."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gemini_balance.core.pool.key import Health

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gemini_balance.core.gemini.unknowns import Unknowns
    from gemini_balance.core.pool import KeyPool
    from gemini_balance.core.pool.key import Key

STATES = {
    Health.READY: "ready",
    Health.COOLING: "resting",
    Health.PROBING: "probing",
    Health.INVALID: "invalid",
    Health.DISABLED: "disabled",
}
USABLE = frozenset({"ready", "resting", "probing"})


@dataclass(frozen=True, slots=True)
class PoolReading:
    """All keys of one upstream."""

    upstream: str
    keys: Mapping[str, int] = field(default_factory=dict)  # how many are in each of STATES
    dead: Mapping[str, str] = field(default_factory=dict)  # ids of invalid keys, and why
    waiting: int = 0  # calls in the queue
    held: int = 0  # bytes of their bodies
    paused: frozenset[str] = frozenset()  # models that Google refuses nearly everything for, having no capacity
    unknown: Mapping[int, int] = field(default_factory=dict)  # answers that nothing names: how many by status
    beyond: int = 0  # of too many shapes to tell them apart

    @property
    def total(self) -> int:
        return sum(self.keys.values())

    @property
    def usable(self) -> int:
        return sum(count for state, count in self.keys.items() if state in USABLE)


@dataclass(frozen=True, slots=True)
class Readings:
    """`at`: seconds since 1970."""

    at: float
    in_flight: int = 0  # calls
    lost: int = 0  # records of calls that the journal has no room for, so far
    pools: tuple[PoolReading, ...] = ()
    exhausted: Mapping[str, float] = field(default_factory=dict)  # models by when their day's quota will be used up
    database_away: bool = False


def read_pool(now: float, upstream: str, pool: KeyPool, unknowns: Unknowns) -> PoolReading:
    """Costs a look at every key."""
    states = Counter(_state(now, key) for key in pool.keys.values())
    unknown: Counter[int] = Counter()
    for shape in unknowns.seen():
        unknown[shape.status] += shape.count
    return PoolReading(
        upstream,
        {state: states[state] for state in STATES.values()},
        {key.id: str(key.reason or "") for key in pool.keys.values() if key.health is Health.INVALID},
        pool.waiting,
        pool.held,
        frozenset(lane.model for lane in pool.lanes.values() if lane.breaker.refuses(now)),
        dict(unknown),
        unknowns.beyond,
    )


def _state(now: float, key: Key) -> str:
    rested = key.health is Health.COOLING and key.until <= now
    return STATES[Health.READY if rested else key.health]
