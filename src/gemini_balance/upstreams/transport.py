"""Pooled HTTP to the upstreams: connections are kept and used again, per origin and proxy.

Our own client on httptools, because moving bytes is what this project is for: the best library costs three times
as much CPU a call (docs/adr).
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Generic, TypeVar

from gemini_balance.core.outcome import Cause
from gemini_balance.gateway.ports import TransportFailed
from gemini_balance.upstreams.connection import Connection
from gemini_balance.upstreams.idle import IdleConnections
from gemini_balance.upstreams.origins import connect

if TYPE_CHECKING:
    from gemini_balance.gateway.ports import Origin, WireRequest

Kind = TypeVar("Kind", bound=Connection)
LARGEST_WHOLE = 256 * 1024 * 1024  # bytes of one unary answer
STALE_SECONDS = 3.0  # idle for longer, a connection that says nothing was closed meanwhile, not cut for this call


class PooledTransport(IdleConnections[Connection]):
    """Implements `Transport`. `time_out`: seconds to the first byte, and between two reads."""

    def __init__(self, time_out: float) -> None:
        super().__init__()
        self.time_out = time_out

    async def send(self, request: WireRequest) -> PooledReply[Connection]:
        while kept := self._reuse(request.origin):
            idle_since, connection = kept
            stale = time.monotonic() - idle_since > STALE_SECONDS
            if await begin(connection, request, self.time_out, may_be_stale=stale):
                return PooledReply(self, request.origin, connection)
        connection = await connect(request.origin)
        await begin(connection, request, self.time_out, may_be_stale=False)
        return PooledReply(self, request.origin, connection)


async def begin(connection: Connection, request: WireRequest, time_out: float, *, may_be_stale: bool) -> bool:
    """False when a connection kept for long proved to be closed at the other end before it said a word."""
    try:
        await connection.exchange(request.head, request.body, time_out)
    except TransportFailed as failed:
        if may_be_stale and not connection.started and failed.cause is Cause.CUT:
            return False
        raise
    except BaseException:
        connection.abort()
        raise
    return True


class PooledReply(Generic[Kind]):
    """Implements `UpstreamReply`."""

    __slots__ = ("_connection", "_origin", "_transport")

    def __init__(self, transport: IdleConnections[Kind], origin: Origin, connection: Kind) -> None:
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
