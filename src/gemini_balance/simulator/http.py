"""One request and its answer over ASGI, with what a fault needs beside it: cutting and resetting the connection."""

import asyncio
import contextlib
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TypedDict

from gemini_balance.simulator.error_table import NAMED
from gemini_balance.simulator.errors import GoogleError
from gemini_balance.simulator.stats import Record

MAX_BODY = 100 * 1024 * 1024
FAIR_BYTES = 256 * 1024
KEPT_OF_A_STREAM = 64 * 1024
EXTENSION = "gemini_balance.simulator"
HEADERS: tuple[tuple[bytes, bytes], ...] = (
    (b"vary", b"Origin, X-Origin, Referer"),
    (b"server", b"scaffolding on HTTPServer2"),
    (b"x-xss-protection", b"0"),
    (b"x-frame-options", b"SAMEORIGIN"),
    (b"x-content-type-options", b"nosniff"),
    (b"server-timing", b"gfet4t7; dur=42"),
)


class Scope(TypedDict):
    """The part of an ASGI scope that is used here."""

    type: str
    method: str
    path: str
    query_string: bytes
    headers: list[tuple[bytes, bytes]]
    server: tuple[str, int] | None
    extensions: dict[str, dict[str, asyncio.Transport]]


class Event(TypedDict, total=False):
    """An ASGI message, either way."""

    type: str
    body: bytes
    more_body: bool
    status: int
    headers: list[tuple[bytes, bytes]]


Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Event], Awaitable[None]]


def _address(scope: Scope) -> str:
    """What the caller connected to, whatever it says in its Host header."""
    host, port = scope.get("server") or ("localhost", 80)
    return f"http://{host}:{port}"


class ClientGoneError(Exception):
    """The caller closed the connection before the answer was complete."""


class Exchange:
    """One request being answered."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        self.record = Record(
            method=scope["method"],
            path=scope["path"],
            query=scope["query_string"].decode("latin-1"),
            headers=[(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]],
        )
        self.address = _address(scope)
        self.started = False
        self.chunk = 0
        self._more = True
        self._since_yield = 0
        self._transport = scope.get("extensions", {}).get(EXTENSION, {}).get("transport")
        self._receive = receive
        self._send = send
        self._gone: asyncio.Task[None] | None = None

    async def read_body(self) -> bytes:
        """The whole request body; raises ClientGoneError when the caller leaves, GoogleError past the limit."""
        pieces: list[bytes] = []
        size = 0
        while self._more:
            event = await self._receive()
            if event["type"] == "http.disconnect":
                raise ClientGoneError
            size += len(event.get("body", b""))
            if size <= MAX_BODY:
                pieces.append(event.get("body", b""))
            self._more = event.get("more_body", False)
        if size > MAX_BODY:
            raise GoogleError(NAMED["too_large"])
        self.record.body = b"".join(pieces)
        return self.record.body

    async def pieces(self) -> AsyncIterator[bytes]:
        """What is left of the body as it arrives, however long; only its beginning is kept. Raises ClientGoneError."""
        kept = bytearray()
        while self._more:
            event = await self._receive()
            if event["type"] == "http.disconnect":
                raise ClientGoneError
            piece = event.get("body", b"")
            kept += piece[: KEPT_OF_A_STREAM - len(kept)]
            self.record.body = bytes(kept)
            self._more = event.get("more_body", False)
            if piece:
                yield piece

    async def reply(self, status: int, body: bytes, content_type: str, *headers: tuple[bytes, bytes]) -> None:
        """A whole answer at once."""
        length = (b"content-length", str(len(body)).encode())
        await self.start(status, content_type, length, *headers)
        if self.chunk:
            await self.write(body)
            await self.finish()
            return
        self.record.bytes_sent += len(body)
        await self._send({"type": "http.response.body", "body": body, "more_body": False})

    async def start(self, status: int, content_type: str, *headers: tuple[bytes, bytes]) -> None:
        """Send status and headers; a given header replaces the usual one of its name."""
        self.started = True
        self.record.status = status
        kind = (b"content-type", content_type.encode())
        given = {name for name, _ in headers}
        usual = [header for header in HEADERS if header[0] not in given]
        await self._send({"type": "http.response.start", "status": status, "headers": [kind, *usual, *headers]})

    async def write(self, data: bytes) -> None:
        """Send a piece of the body, waiting while the caller reads slowly; raises ClientGoneError."""
        for start in range(0, len(data), self.chunk or len(data) or 1):
            piece = data[start : start + self.chunk] if self.chunk else data
            await self._send({"type": "http.response.body", "body": piece, "more_body": True})
            await self._sent(len(piece))

    async def _sent(self, count: int) -> None:
        self.record.bytes_sent += count
        self._since_yield += count
        if self._since_yield > FAIR_BYTES:
            # Sending awaits nothing while the socket takes everything: let the other connections have their turn.
            self._since_yield = 0
            await asyncio.sleep(0)
        if self._is_gone():
            raise ClientGoneError

    async def finish(self) -> None:
        """End the body."""
        await self._send({"type": "http.response.body", "body": b"", "more_body": False})

    async def pause(self, seconds: float) -> None:
        """Let real time pass; raises ClientGoneError as soon as the caller leaves."""
        if seconds <= 0:
            return
        if self._gone is None:
            self._gone = asyncio.ensure_future(self._until_gone())
        await asyncio.wait((self._gone,), timeout=seconds)
        if self._gone.done():
            raise ClientGoneError

    async def _until_gone(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass

    def _is_gone(self) -> bool:
        return self._transport is not None and self._transport.is_closing()

    async def cut(self) -> None:
        """Close the connection as it is: what was written arrives, the rest never does."""
        self.record.ending = "cut"
        self._wire().close()
        await self._until_gone()

    async def reset(self) -> None:
        """Close the connection with a TCP RST."""
        self.record.ending = "reset"
        wire = self._wire()
        connection = wire.get_extra_info("socket")
        # Lingering for zero seconds makes the kernel send RST instead of FIN.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        wire.abort()
        await self._until_gone()

    def drop(self) -> None:
        """End the exchange from outside: the server is going down."""
        if self._transport is not None:
            self._transport.abort()

    def _wire(self) -> asyncio.Transport:
        if self._transport is None:
            raise RuntimeError("cutting connections needs simulator.serve, which hands the transport to the app")
        return self._transport

    async def close(self) -> None:
        """Forget the watch for the caller's leaving."""
        if self._gone is not None:
            self._gone.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._gone
