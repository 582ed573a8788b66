"""Reading off a running gateway how it fares."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gemini_balance.core.readings import Readings, read_pool

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from gemini_balance.gateway.execute import Gateway
    from gemini_balance.gateway.journal import Journal
    from gemini_balance.gateway.ports import Clock

PROBE_SECONDS = 5.0


async def _nothing() -> None:
    pass


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
    database: Callable[[], Awaitable[object]] = _nothing
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
