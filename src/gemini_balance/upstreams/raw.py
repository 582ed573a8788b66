"""The same transport for bytes that are not held: bodies go out piece by piece, and all reply headers are kept.

Connections of its own, so that generation pays nothing for either.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from gemini_balance.upstreams.connection import Connection
from gemini_balance.upstreams.idle import IdleConnections
from gemini_balance.upstreams.origins import connect
from gemini_balance.upstreams.transport import STALE_SECONDS, PooledReply, begin

if TYPE_CHECKING:
    import asyncio

    from gemini_balance.gateway.ports import Headers, Pieces, WireRequest

LAST_CHUNK = b"0\r\n\r\n"


class RawConnection(Connection):
    """Also keeps the reply's headers."""

    __slots__ = ("headers",)

    def _begin(self) -> None:
        super()._begin()
        self.headers: Headers = []

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.headers.clear()  # of an interim reply

    def on_header(self, name: bytes, value: bytes) -> None:
        super().on_header(name, value)
        self.headers.append((name.lower(), value))

    async def exchange_pieces(self, head: bytes, pieces: Pieces, patience: float) -> None:
        """Like `exchange`, with a body that is read as fast as the upstream takes it."""
        assert self._transport is not None
        self._begin()
        self._patience = patience
        self._transport.write(head)
        if not await self._pass_on(self._transport, pieces):
            self._closes = True  # the upstream answered before the end: what is left can't be told from a new request
        while not self._headers_done:
            await self._wait()

    async def _pass_on(self, transport: asyncio.Transport, pieces: Pieces) -> bool:
        """Did all of it leave?"""
        sent, chunked = 0, pieces.length is None
        while not (self._headers_done or self.closed) and (piece := await pieces.read()):
            transport.write(b"%x\r\n%b\r\n" % (len(piece), piece) if chunked else piece)
            sent += len(piece)
            while self._full and not self._headers_done:
                await self._wait()
        if self._headers_done or self.closed:
            return sent == pieces.length
        if chunked:
            transport.write(LAST_CHUNK)
        return True


class RawPooledTransport(IdleConnections[RawConnection]):
    """Implements `RawTransport`."""

    def __init__(self, time_out: float) -> None:
        super().__init__()
        self.time_out = time_out

    async def send(self, request: WireRequest, pieces: Pieces | None = None) -> RawReply:
        if pieces is not None:
            return await self._send_pieces(request, pieces)
        while kept := self._reuse(request.origin):
            stale = time.monotonic() - kept[0] > STALE_SECONDS
            if await begin(kept[1], request, self.time_out, may_be_stale=stale):
                return RawReply(self, request.origin, kept[1])
        connection = await connect(request.origin, kind=RawConnection)
        await begin(connection, request, self.time_out, may_be_stale=False)
        return RawReply(self, request.origin, connection)

    async def _send_pieces(self, request: WireRequest, pieces: Pieces) -> RawReply:
        """On a new connection: should a kept one prove closed, the pieces could not be read again."""
        connection = await connect(request.origin, kind=RawConnection)
        try:
            await connection.exchange_pieces(request.head, pieces, self.time_out)
        except BaseException:
            connection.abort()
            raise
        return RawReply(self, request.origin, connection)


class RawReply(PooledReply[RawConnection]):
    """Implements `RawUpstreamReply`."""

    @property
    def headers(self) -> Headers:
        return self._connection.headers
