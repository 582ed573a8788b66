"""WebSockets to the upstreams. Frames are `websockets`' work; the way there is the one that all connections take."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from websockets.asyncio.client import ClientConnection
from websockets.client import ClientProtocol
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage, InvalidStatus
from websockets.uri import WebSocketURI

from gemini_balance.core.gemini.live import VANISHED, Parting
from gemini_balance.core.outcome import Cause
from gemini_balance.gateway.ports import SocketClosed, SocketRefused, TransportFailed
from gemini_balance.upstreams.origins import connecting, opened

if TYPE_CHECKING:
    from gemini_balance.core.gemini.live import Message
    from gemini_balance.gateway.ports import WireRequest

LARGEST = 64 * 1024 * 1024  # bytes of one message of Google's
PING_SECONDS = 20.0
GOODBYE_SECONDS = 2.0  # for the other side's close frame
HELD = 4  # frames that are read before the client has taken the last one
OURS = frozenset({"host"})  # headers that the handshake brings itself
# At the level DEBUG the library logs every header, and so the key.
log = logging.getLogger(f"{__name__}.frames")
log.setLevel(logging.INFO)


class WebSockets:
    """Implements `SocketTransport`. `time_out`: seconds for the answer to the handshake."""

    def __init__(self, time_out: float) -> None:
        self.time_out = time_out

    async def open(self, request: WireRequest) -> GoogleSocket:
        path, headers = _taken_apart(request.head)
        origin = request.origin
        uri = WebSocketURI(origin.tls, origin.host, origin.port, path.partition("?")[0], path.partition("?")[2])

        def speaking() -> ClientConnection:
            protocol = ClientProtocol(uri, max_size=LARGEST, logger=log)
            return ClientConnection(
                protocol,
                ping_interval=PING_SECONDS,
                ping_timeout=None,  # its answer waits behind what a slow client has not read; silence has its own limit
                close_timeout=GOODBYE_SECONDS,
                max_queue=HELD,
            )

        async with connecting():
            connection = await opened(origin, speaking)
        try:
            await self._handshake(connection, headers)
        except BaseException:
            connection.transport.abort()
            raise
        connection.start_keepalive()
        return GoogleSocket(connection)

    async def _handshake(self, connection: ClientConnection, headers: list[tuple[str, str]]) -> None:
        try:
            async with asyncio.timeout(self.time_out):
                await connection.handshake(headers, None)
        except TimeoutError:
            raise TransportFailed(Cause.UPSTREAM_SLOW, "Google did not answer in time.") from None
        except InvalidStatus as refused:
            reply = refused.response
            raise SocketRefused(
                reply.status_code, bytes(reply.body or b""), reply.headers.get("Content-Type", "")
            ) from None
        except (InvalidHandshake, InvalidMessage, OSError, EOFError) as error:
            raise TransportFailed(Cause.CUT, "The upstream's answer was no WebSocket's.") from error


class GoogleSocket:
    """Implements `Socket`."""

    __slots__ = ("_connection",)

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection

    async def receive(self) -> Message:
        try:
            return await self._connection.recv()
        except ConnectionClosed as closed:
            raise _closed(closed) from None

    async def send(self, message: Message) -> None:
        try:
            await self._connection.send(message)
        except ConnectionClosed as closed:
            raise _closed(closed) from None

    async def close(self, parting: Parting) -> None:
        await self._connection.close(parting.code, parting.reason)

    def abort(self) -> None:
        self._connection.transport.abort()


def _closed(closed: ConnectionClosed) -> SocketClosed:
    """What we said to a frame that can't be read is no word of Google's."""
    told = closed.rcvd
    return SocketClosed(Parting(told.code, told.reason) if told is not None else Parting(VANISHED))


def _taken_apart(head: bytes) -> tuple[str, list[tuple[str, str]]]:
    """Path and headers of a request that was written for HTTP."""
    first, *rest = head.decode("latin-1").rstrip("\r\n").split("\r\n")
    pairs = (line.partition(": ")[::2] for line in rest)
    return first.split(" ")[1], [(name, value) for name, value in pairs if name.lower() not in OURS]
