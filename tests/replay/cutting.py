"""A Google that sends its recorded answer cut wherever it is told to, and a caller in the same loop as the gateway.

One loop for all three: a piece is sent, then everybody has a turn, so that what is cut apart is read apart.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from tests.replay.loopback import Asked, Headers

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

HOP_BY_HOP = frozenset({"content-length", "transfer-encoding", "connection", "content-encoding", "alt-svc"})
CHUNK = 1000  # bytes, where the answer's length is not told before


def pieces_of(data: bytes, cuts: Iterable[int]) -> list[bytes]:
    """The data, cut before each of these places."""
    ends = [*sorted(cuts), len(data)]
    return [data[start:end] for start, end in zip([0, *ends], ends, strict=False) if start < end]


def wire(status: int, headers: Iterable[tuple[str, str]], body: bytes, *, chunked: bool) -> bytes:
    """An answer as HTTP, with the headers as they were recorded but those that say how it was sent."""
    told = [f"{name}: {value}" for name, value in headers if name.lower() not in HOP_BY_HOP]
    told.append("transfer-encoding: chunked" if chunked else f"content-length: {len(body)}")
    head = "\r\n".join((f"HTTP/1.1 {status} Recorded", *told, "", "")).encode()
    if not chunked:
        return head + body
    chunks = [body[at : at + CHUNK] for at in range(0, len(body), CHUNK)]
    return head + b"".join(b"%x\r\n%b\r\n" % (len(one), one) for one in chunks) + b"0\r\n\r\n"


@dataclass
class CuttingGoogle:
    """`answer` is what every request gets, piece by piece; what was asked is kept."""

    answer: list[bytes] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)

    @contextlib.asynccontextmanager
    async def serving(self) -> AsyncIterator[int]:
        """The port."""
        listener = socket.create_server(("127.0.0.1", 0))
        listener.setblocking(False)
        accepting = asyncio.create_task(self._accept(listener))
        try:
            yield listener.getsockname()[1]
        finally:
            accepting.cancel()
            listener.close()

    async def _accept(self, listener: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        async with asyncio.TaskGroup() as connections:
            while True:
                connection, _ = await loop.sock_accept(listener)
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                connections.create_task(self._serve(connection))

    async def _serve(self, connection: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        with connection, contextlib.suppress(ConnectionError):
            while (asked := await _read(connection)) is not None:
                self.asked.append(asked)
                for piece in self.answer:
                    await loop.sock_sendall(connection, piece)
                    await asyncio.sleep(0)


async def _read(connection: socket.socket) -> Asked | None:
    """The next request; None at the end. Of a body in chunks, what is in them."""
    loop, data = asyncio.get_running_loop(), b""
    while b"\r\n\r\n" not in data:
        if not (read := await loop.sock_recv(connection, 65536)):
            return None
        data += read
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.split(b"\r\n")
    headers: Headers = [(name.lower(), value.strip()) for name, _, value in (line.partition(b":") for line in lines)]
    length = next((int(value) for name, value in headers if name == b"content-length"), 0)
    while len(body) < length:
        body += await loop.sock_recv(connection, 65536)
    method, target, _ = first.decode().split(" ")
    return Asked(method, target, headers, body)


@dataclass
class Caller:
    """One request to an ASGI app, without a server between: what was answered is kept."""

    pieces: list[bytes]
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    _sent: int = 0
    _answered: asyncio.Event = field(default_factory=asyncio.Event)

    async def call(self, app: Any, method: str, path: str, headers: dict[str, str]) -> Caller:
        target, _, query = path.partition("?")
        length = sum(map(len, self.pieces))
        scope = {
            "type": "http",
            "method": method,
            "path": unquote(target),
            "raw_path": target.encode(),
            "query_string": query.encode(),
            "headers": [
                (name.encode(), value.encode()) for name, value in (headers | {"content-length": str(length)}).items()
            ],
            "scheme": "http",
            "client": ("127.0.0.1", 1),
            "extensions": {},
        }
        await app(scope, self._receive, self._send)
        return self

    async def _receive(self) -> dict[str, Any]:
        if self._sent < max(len(self.pieces), 1):
            piece = self.pieces[self._sent] if self.pieces else b""
            self._sent += 1
            return {"type": "http.request", "body": piece, "more_body": self._sent < len(self.pieces)}
        await self._answered.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        else:
            self.body += message.get("body", b"")
            if not message.get("more_body"):
                self._answered.set()
