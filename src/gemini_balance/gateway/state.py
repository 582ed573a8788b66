"""What was learnt and counted survives a restart: saved now and then and at the end, restored at the start."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from gemini_balance.gateway.ports import Clock, StateStore

SAVE_SECONDS = 30.0
log = logging.getLogger(__name__)


class Remembering(Protocol):
    """What knows something that a restart must not lose. `now` is the clock's."""

    def snapshot(self, now: float) -> bytes: ...

    def restore(self, now: float, state: bytes) -> None: ...


class StateKeeper:
    """A store that fails costs what was learnt, never a call."""

    def __init__(self, state: Remembering, clock: Clock, store: StateStore) -> None:
        self._state = state
        self._clock = clock
        self._store = store
        self._saved: bytes | None = None

    async def restore(self) -> None:
        """Before the first call."""
        try:
            state = await self._store.load()
            if state is not None:
                self._state.restore(self._clock.now(), state)
        except Exception:
            log.exception("A state could not be restored; it is learnt anew")

    async def run(self) -> None:
        """Save again and again until cancelled."""
        while True:
            await asyncio.sleep(SAVE_SECONDS)
            await self.save()

    async def save(self) -> None:
        try:
            state = self._state.snapshot(self._clock.now())
            if state != self._saved:
                await self._store.save(state)
                self._saved = state
        except Exception:
            log.exception("A state could not be saved")
