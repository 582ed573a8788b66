"""Reading off a running gateway how it fares."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gemini_balance.core.readings import Readings, read_pool

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from gemini_balance.gateway.execute import Gateway
    from gemini_balance.gateway.forecasts import Forecasts
    from gemini_balance.gateway.journal import Journal
    from gemini_balance.gateway.ports import Clock

PROBE_SECONDS = 5.0
EXPECTED_SECONDS = 60.0  # between two looks at what is to be expected: each costs time for every key


async def nothing() -> None:
    """Where there is no database, it is not away."""


async def _none() -> Mapping[str, float]:
    return {}


@dataclass(frozen=True, slots=True)
class Gauges:
    """`database` asks it anything, and raises where it doesn't answer; `exhausted`: models, by when their day's quota
    will be used up."""

    gateways: Mapping[str, Gateway]
    journal: Journal
    clock: Clock
    in_flight: Callable[[], int]
    database: Callable[[], Awaitable[object]] = nothing
    exhausted: Callable[[], Awaitable[Mapping[str, float]]] = _none

    def read(self) -> Readings:
        """Without asking anybody."""
        now = self.clock.now()
        pools = (read_pool(now, name, one.pool, one.unknowns) for name, one in self.gateways.items() if one.pool.keys)
        return Readings(now, self.in_flight(), self.journal.lost, tuple(pools))

    async def with_database(self) -> Readings:
        """Also whether it answers, and what is to be expected of the day's quotas."""
        return replace(self.read(), database_away=not await self._answers(), exhausted=await self.exhausted())

    async def _answers(self) -> bool:
        try:
            async with asyncio.timeout(PROBE_SECONDS):
                await self.database()
        except Exception:  # noqa: BLE001  (whatever its driver raises: it does not answer)
            return False
        return True


class Exhaustion:
    """Models whose quota of the day will be used up before it is reset, if they are asked for as in the last hour."""

    def __init__(self, forecasts: Forecasts, clock: Clock) -> None:
        self._forecasts, self._clock = forecasts, clock
        self._known: dict[str, float] = {}
        self._until = 0.0

    async def expected(self) -> Mapping[str, float]:
        """By when; seconds since 1970."""
        if self._clock.now() >= self._until:
            models = [model for state in await self._forecasts.state() for model in state.models]
            self._known = {one.report.model: one.exhausted_at for one in models if one.exhausted_at is not None}
            self._until = self._clock.now() + EXPECTED_SECONDS
        return self._known
