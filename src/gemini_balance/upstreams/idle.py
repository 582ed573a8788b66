"""Connections that wait for their next exchange, per origin and proxy."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict, deque
from typing import TYPE_CHECKING, Generic, TypeVar

from gemini_balance.upstreams.connection import Connection

if TYPE_CHECKING:
    from gemini_balance.gateway.ports import Origin

Kind = TypeVar("Kind", bound=Connection)
IDLE_SECONDS = 50.0  # below the idle time of servers and NATs in between


class IdleConnections(Generic[Kind]):
    """Kept while they may still be of use, and closed after that."""

    def __init__(self) -> None:
        self._idle: defaultdict[Origin, deque[tuple[float, Kind]]] = defaultdict(deque)
        self._sweeper: asyncio.TimerHandle | None = None

    async def close(self) -> None:
        """End every idle connection; those in use end with their calls."""
        if self._sweeper is not None:
            self._sweeper.cancel()
        for waiting in self._idle.values():
            for _, connection in waiting:
                connection.abort()
        self._idle.clear()

    def keep(self, origin: Origin, connection: Kind) -> None:
        self._idle[origin].append((time.monotonic(), connection))
        if self._sweeper is None:
            self._sweep_later()

    def _reuse(self, origin: Origin) -> tuple[float, Kind] | None:
        """The one used last: the others may rest, and be closed when the load falls."""
        waiting = self._idle.get(origin)
        while waiting:
            kept = waiting.pop()
            if not kept[1].closed:
                return kept
        return None

    def _sweep(self) -> None:
        """Close what has been idle for long."""
        now = time.monotonic()
        for waiting in self._idle.values():
            while waiting and (waiting[0][1].closed or now - waiting[0][0] >= IDLE_SECONDS):
                waiting.popleft()[1].abort()
        self._sweep_later()

    def _sweep_later(self) -> None:
        self._sweeper = asyncio.get_running_loop().call_later(IDLE_SECONDS / 2, self._sweep)
