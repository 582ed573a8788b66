"""What the pool learnt survives a restart: saved now and then and at the end, restored at the start."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gemini_balance.core.pool import KeyPool
    from gemini_balance.gateway.ports import Clock, StateStore

SAVE_SECONDS = 30.0
log = logging.getLogger(__name__)


class StateKeeper:
    """A store that fails costs what was learnt, never a call."""

    def __init__(self, pool: KeyPool, clock: Clock, store: StateStore) -> None:
        self._pool = pool
        self._clock = clock
        self._store = store

    async def restore(self) -> None:
        """Before the first call."""
        try:
            state = await self._store.load()
            if state is not None:
                self._pool.restore(self._clock.now(), state)
        except Exception:
            log.exception("The pool's state could not be restored; it is learnt anew")

    async def run(self) -> None:
        """Save again and again until cancelled."""
        while True:
            await asyncio.sleep(SAVE_SECONDS)
            await self.save()

    async def save(self) -> None:
        try:
            await self._store.save(self._pool.snapshot(self._clock.now()))
        except Exception:
            log.exception("The pool's state could not be saved")
