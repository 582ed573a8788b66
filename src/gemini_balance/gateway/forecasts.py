"""What is left of each model's quota, and when it is used up at the pace of the last hour."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, TypeAlias

from gemini_balance.core.pool.report import HOUR, LaneReport, exhausted_at, health_counts, lane_report, used_today

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gemini_balance.core.pool import KeyPool
    from gemini_balance.core.pool.key import Project
    from gemini_balance.core.pool.report import Standing
    from gemini_balance.gateway.ports import Clock

SAMPLE_SECONDS = 60.0
Place: TypeAlias = tuple[str, str, bool]  # upstream, quota model, paid


@dataclass(frozen=True, slots=True)
class Forecast:
    """One quota model with what is to be expected of it."""

    report: LaneReport
    per_hour: float | None  # requests, in the last hour; None: not looked at for long enough
    exhausted_at: float | None  # None: not before the reset, or not known


@dataclass(frozen=True, slots=True)
class PoolState:
    """All of one upstream's keys."""

    upstream: str
    keys: dict[Standing, int]
    waiting: int
    models: list[Forecast]
    groups: list[Project]  # believed to share a project, and nobody has said so


@dataclass(frozen=True, slots=True)
class _Sample:
    at: float
    used: int
    day_ends: float


class Forecasts:
    """Looks at what was used once a minute, and remembers an hour."""

    def __init__(self, pools: Mapping[str, KeyPool], clock: Clock) -> None:
        self.pools = pools
        self.clock = clock
        self._samples: dict[Place, deque[_Sample]] = {}
        self._last: tuple[float, list[PoolState]] = (-inf, [])

    async def run(self) -> None:
        """Look again and again until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(SAMPLE_SECONDS)

    async def look(self) -> None:
        """Between two models calls have their turn: a pool may have many thousand keys."""
        now = self.clock.now()
        before, self._samples = self._samples, {}
        for upstream, pool in self.pools.items():
            for (model, paid), lane in list(pool.lanes.items()):
                place = upstream, model, paid
                sample = _Sample(now, used_today(lane, now), lane.day_ends)
                self._samples[place] = _after(before.get(place, deque()), sample)
                await asyncio.sleep(0)

    async def recent(self, seconds: float) -> list[PoolState]:
        """As `state`, of at most so long ago: many may watch, and each look walks over all keys."""
        at, last = self._last
        if self.clock.now() - at >= seconds:
            last = await self.state()
            self._last = self.clock.now(), last
        return last

    async def state(self) -> list[PoolState]:
        """Of every upstream that has keys, by name of model."""
        now = self.clock.now()
        return [await self._state(now, upstream, pool) for upstream, pool in self.pools.items() if pool.keys]

    async def _state(self, now: float, upstream: str, pool: KeyPool) -> PoolState:
        models = []
        for (model, paid), lane in sorted(pool.lanes.items()):
            report = lane_report(pool, lane, paid=paid, now=now)
            models.append(self._forecast(now, report, (upstream, model, paid)))
            await asyncio.sleep(0)
        return PoolState(upstream, health_counts(pool.keys.values(), now), pool.waiting, models, pool.groups())

    def _forecast(self, now: float, report: LaneReport, place: Place) -> Forecast:
        pace = self._pace(now, report, place)
        left = report.day_requests.left
        at = exhausted_at(now, left, pace or 0.0, report.resets_at)
        return Forecast(report, None if pace is None else pace * HOUR, at)

    def _pace(self, now: float, report: LaneReport, place: Place) -> float | None:
        """Requests a second since the oldest look of the last hour on the same day."""
        seen = self._samples.get(place)
        if not seen or seen[0].day_ends != report.resets_at or now - seen[0].at < SAMPLE_SECONDS:
            return None
        return max(0, report.day_requests.used - seen[0].used) / (now - seen[0].at)


def _after(seen: deque[_Sample], sample: _Sample) -> deque[_Sample]:
    """Without what is of another day, or older than an hour."""
    recent = (one for one in seen if one.day_ends == sample.day_ends and one.at >= sample.at - HOUR)
    return deque((*recent, sample))
