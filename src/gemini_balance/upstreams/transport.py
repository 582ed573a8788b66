"""Pooled HTTP to the upstreams: connections are kept and used again, per origin and proxy.

Our own client on httptools, because moving bytes is what this project is for: the best library costs three times
as much CPU a call (docs/adr).
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict, deque
from typing import TYPE_CHECKING

from gemini_balance.core.outcome import Cause
from gemini_balance.gateway.ports import TransportFailed
from gemini_balance.upstreams.origins import connect

if TYPE_CHECKING:
    from gemini_balance.gateway.ports import Origin, WireRequest
    from gemini_balance.upstreams.connection import Connection

LARGEST_WHOLE = 256 * 1024 * 1024  # bytes of one unary answer
STALE_SECONDS = 3.0  # idle for longer, a connection that says nothing was closed meanwhile, not cut for this call
IDLE_SECONDS = 50.0  # below the idle time of servers and NATs in between


class PooledTransport:
    """Implements `Transport`. `time_out`: seconds to the first byte, and between two reads."""

    def __init__(self, time_out: float) -> None:
        self._time_out = time_out
        self._idle: defaultdict[Origin, deque[tuple[float, Connection]]] = defaultdict(deque)
        self._sweeper: asyncio.TimerHandle | None = None

    async def send(self, request: WireRequest) -> PooledReply:
        while kept := self._reuse(request.origin):
            idle_since, connection = kept
            stale = time.monotonic() - idle_since > STALE_SECONDS
            if await self._begin(connection, request, may_be_stale=stale):
                return PooledReply(self, request.origin, connection)
        connection = await connect(request.origin)
        await self._begin(connection, request, may_be_stale=False)
        return PooledReply(self, request.origin, connection)

    async def close(self) -> None:
        """End every idle connection; those in use end with their calls."""
        if self._sweeper is not None:
            self._sweeper.cancel()
        for waiting in self._idle.values():
            for _, connection in waiting:
                connection.abort()
        self._idle.clear()

    def keep(self, origin: Origin, connection: Connection) -> None:
        self._idle[origin].append((time.monotonic(), connection))
        if self._sweeper is None:
            self._sweep_later()

    async def _begin(self, connection: Connection, request: WireRequest, *, may_be_stale: bool) -> bool:
        """False when a connection kept for long proved to be closed at the other end before it said a word."""
        try:
            await connection.exchange(request.head, request.body, self._time_out)
        except TransportFailed as failed:
            if may_be_stale and not connection.started and failed.cause is Cause.CUT:
                return False
            raise
        except BaseException:
            connection.abort()
            raise
        return True

    def _reuse(self, origin: Origin) -> tuple[float, Connection] | None:
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


class PooledReply:
    """Implements `UpstreamReply`."""

    __slots__ = ("_connection", "_origin", "_transport")

    def __init__(self, transport: PooledTransport, origin: Origin, connection: Connection) -> None:
        self._transport = transport
        self._origin = origin
        self._connection = connection

    @property
    def status(self) -> int:
        return self._connection.status

    @property
    def content_type(self) -> str:
        return self._connection.content_type

    async def read(self) -> bytes:
        return await self._connection.read()

    async def whole(self) -> bytes:
        first = await self._connection.read()
        reads, size = [first], len(first)
        while read := await self._connection.read():
            reads.append(read)
            size += len(read)
            if size > LARGEST_WHOLE:
                raise TransportFailed(Cause.CUT, "The upstream's answer is larger than this gateway can hold.")
        return first if len(reads) == 1 else b"".join(reads)

    def close(self) -> None:
        if self._connection.reusable:
            self._transport.keep(self._origin, self._connection)
        else:
            self._connection.abort()
