"""Who serves: each process says again and again that it lives, and can be asked who else does."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from gemini_balance.gateway.ports import Clock
    from gemini_balance.gateway.stores import Heard, Replica, ReplicaStore

BEAT_SECONDS = 15.0
LEAVING_SECONDS = 3.0
SILENT = 3.5 * BEAT_SECONDS  # seconds after which it is not believed to live: it missed three beats
FORGOTTEN = 600.0  # seconds after which one that ended without a word is listed no more
log = logging.getLogger(__name__)


class Serving(NamedTuple):
    """A replica as it is shown. `seen`: when it was heard of last; `here`: it is this process."""

    replica: Replica
    seen: float
    lives: bool
    here: bool


class Replicas:
    """One per process. A store that fails costs nothing but the list."""

    def __init__(self, store: ReplicaStore, clock: Clock, me: Replica) -> None:
        self._store, self._clock, self.me = store, clock, me
        self._away = False

    async def run(self) -> None:
        """Beat until cancelled."""
        while True:
            await self.beat()
            await asyncio.sleep(BEAT_SECONDS)

    async def beat(self) -> None:
        try:
            async with asyncio.timeout(BEAT_SECONDS):
                await self._store.beat(self.me, FORGOTTEN)
            self._away = False
        except Exception:
            if not self._away:  # said once, not at each beat
                log.warning("It could not be written down that this process serves", exc_info=True)
            self._away = True

    async def leave(self) -> None:
        """At the end, which does not wait for a database that is silent."""
        try:
            async with asyncio.timeout(LEAVING_SECONDS):
                await self._store.leave(self.me.id)
        except Exception:
            log.warning("It could not be written down that this process ended", exc_info=True)

    def alone(self) -> tuple[Serving, ...]:
        """What is known without asking: this one."""
        return (Serving(self.me, self._clock.unix(), lives=True, here=True),)

    async def all(self) -> tuple[Serving, ...]:
        """This one first, the others by age. Raises what the store does."""
        others = [self._shown(heard) for heard in await self._store.all() if heard.replica.id != self.me.id]
        return (*self.alone(), *others)

    def _shown(self, heard: Heard) -> Serving:
        return Serving(heard.replica, self._clock.unix() - heard.silent, lives=heard.silent <= SILENT, here=False)
