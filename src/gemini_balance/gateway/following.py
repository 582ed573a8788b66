"""What other processes change becomes known here: other replicas, and the command line."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from gemini_balance.gateway.stores import ChangeLog

    Reload = Callable[[], Awaitable[None]]

LOOK_SECONDS = 2.0
MOST_SECONDS = 10.0  # for one look, and for one reload: a database that hangs must not end the following
LOOK_BACK = 100  # numbers below the greatest one that are looked at again
log = logging.getLogger(__name__)


class Follower:
    """Reloads, in this order, when others changed something; what this process writes it knows already.

    A database that is away costs nothing but the news: all of it is caught up with when it is back.
    """

    def __init__(self, changes: ChangeLog, reloads: Sequence[Reload]) -> None:
        self._changes = changes
        self._reloads = tuple(reloads)
        self._known: set[int] | None = None  # numbers that were seen; None: nothing is known yet
        self._owed: list[Reload] = []
        self._failing: set[object] = set()

    async def begin(self) -> None:
        """Before the first call: everything is loaded."""
        await self.look()

    async def run(self) -> None:
        """Look again and again until cancelled."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            await self.look()

    async def look(self) -> None:
        """Reload if there is something new, or what could not be reloaded the last time."""
        if await self._tried(self._ask, "Whether others changed something can't be asked"):
            for reload in tuple(self._owed):
                if await self._tried(reload, "What others changed can't be loaded"):
                    self._owed.remove(reload)

    async def _ask(self) -> None:
        if self._known is None:
            after = await self._changes.latest()
            numbers = await self._changes.others(after - LOOK_BACK)
            self._known = {after, *numbers}
            self._owed = list(self._reloads)
            return
        numbers = await self._changes.others(max(self._known) - LOOK_BACK)
        if not self._known.issuperset(numbers):
            self._owed = list(self._reloads)
            self._known = {max(self._known), *numbers}

    async def _tried(self, action: Reload, sentence: str) -> bool:
        """What fails again and again is said once, and once more when it is over."""
        try:
            async with asyncio.timeout(MOST_SECONDS):
                await action()
        except Exception:
            if action not in self._failing:
                log.warning("%s; serving goes on, and it is tried again.", sentence, exc_info=True)
            self._failing.add(action)
            return False
        if action in self._failing:
            self._failing.remove(action)
            log.info("What others changed is known again.")
        return True
