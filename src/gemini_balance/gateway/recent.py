"""What was found out a moment ago: many may look at the same thing at once, and one look is enough for all."""

from __future__ import annotations

import asyncio
import logging
from math import inf
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from gemini_balance.gateway.ports import Clock

PATIENCE = 5.0  # seconds
Found = TypeVar("Found")
log = logging.getLogger(__name__)


class Recent(Generic[Found]):
    """Asks again once the last answer is older than `seconds`, and never twice at the same time."""

    def __init__(self, ask: Callable[[], Awaitable[Found]], clock: Clock, seconds: float) -> None:
        self._ask, self._clock, self._seconds = ask, clock, seconds
        self._at = -inf
        self._last: Found | None = None
        self._asking = asyncio.Lock()
        self._failing = False

    async def get(self) -> Found | None:
        """None where it can't be found out now; the log says why, once until it can again."""
        async with self._asking:
            if self._clock.now() - self._at >= self._seconds:
                self._last = await self._tried()
                self._at = self._clock.now()
            return self._last

    def forget(self) -> None:
        """It is known to be another now."""
        self._at = -inf

    async def _tried(self) -> Found | None:
        try:
            async with asyncio.timeout(PATIENCE):
                found = await self._ask()
        except Exception:
            if not self._failing:
                log.warning("What operators look at can't be found out", exc_info=True)
            self._failing = True
            return None
        self._failing = False
        return found
