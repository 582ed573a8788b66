"""One WebSocket over ASGI. Google's messages are JSON in binary frames; a client may send either kind."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypedDict

import msgspec

from gemini_balance.simulator.errors import Problem
from gemini_balance.simulator.http import EXTENSION
from gemini_balance.simulator.json_types import Object
from gemini_balance.simulator.stats import Record

LONGEST_REASON = 123
"""Bytes that a close frame has room for; Google's reasons end there in the middle of a word."""
NORMAL, INVALID, POLICY, INTERNAL = 1000, 1007, 1008, 1011
VANISHED = (1005, 1006)
# Seen: 1007 "API key not valid", 1008 "not found" and "session not found", 1011 for quota and Google's own failures.
CLOSE_CODES = {400: INVALID, 401: POLICY, 403: POLICY, 404: POLICY}
KEPT_BYTES = 1024 * 1024

# A class can't hold a field called bytes beside others of type bytes.
SocketEvent = TypedDict(  # noqa: UP013
    "SocketEvent",
    {"type": str, "bytes": bytes | None, "text": str | None, "code": int, "reason": str, "status": int},
    total=False,
)
SocketReceive = Callable[[], Awaitable[SocketEvent]]
SocketSend = Callable[[SocketEvent], Awaitable[None]]


class SocketScope(TypedDict):
    """The part of a WebSocket's ASGI scope that is used here."""

    type: str
    path: str
    query_string: bytes
    headers: list[tuple[bytes, bytes]]
    extensions: dict[str, dict[str, asyncio.Transport]]


class LeftError(Exception):
    """The other side closed the connection."""


class Socket:
    """One accepted or refused connection; `record` is what the statistics keep of it."""

    def __init__(self, scope: SocketScope, receive: SocketReceive, send: SocketSend) -> None:
        headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]]
        self.headers = dict(headers)
        query = scope["query_string"].decode("latin-1")
        self.record = Record(method="WS", path=scope["path"], query=query, headers=headers)
        self._transport = scope["extensions"].get(EXTENSION, {}).get("transport")
        self._receive = receive
        self._send = send
        self._next: asyncio.Task[SocketEvent] | None = None

    async def accept(self) -> None:
        """Answer the handshake. Google accepts whoever comes, and closes at once if there is something to say."""
        await self._receive()
        self.record.status = 101
        await self._send({"type": "websocket.accept"})

    async def refuse(self) -> None:
        """There is no such page."""
        await self._receive()
        self.record.status = 403
        await self._send({"type": "websocket.close"})

    async def hear(self) -> bytes:
        """The next message; raises LeftError."""
        coming, self._next = self._coming(), None
        event = await coming
        if event["type"] == "websocket.disconnect":
            self.record.ending = "aborted" if event.get("code") in VANISHED else "complete"
            raise LeftError
        data = event.get("bytes") or (event.get("text") or "").encode()
        if len(self.record.body) + len(data) < KEPT_BYTES:
            self.record.body += data + b"\n"
        return data

    async def speaks_within(self, seconds: float) -> bool:
        """Let real time pass, but only until the client says something or leaves. True if it does."""
        if seconds <= 0:
            return False
        self._next = self._coming()
        await asyncio.wait((self._next,), timeout=seconds)
        return self._next.done()

    def _coming(self) -> asyncio.Task[SocketEvent]:
        return self._next or asyncio.ensure_future(self._next_event())

    async def _next_event(self) -> SocketEvent:
        return await self._receive()

    def forget(self) -> None:
        """Nothing more will be heard."""
        if self._next is not None:
            self._next.cancel()

    async def say(self, message: Object) -> None:
        """Send a message; raises LeftError."""
        data = msgspec.json.encode(message)
        try:
            await self._send({"type": "websocket.send", "bytes": data, "text": None})
        except OSError:
            self.record.ending = "aborted"
            raise LeftError from None
        self.record.bytes_sent += len(data)

    async def close(self, code: int, reason: str) -> None:
        """End the conversation with as much of the reason as there is room for."""
        self.record.ending = "complete"
        said = reason.encode()[:LONGEST_REASON].decode(errors="ignore")
        await self._send({"type": "websocket.close", "code": code, "reason": said})

    async def close_with(self, problem: Problem) -> None:
        """End the conversation with an error."""
        await self.close(CLOSE_CODES.get(problem.code, INTERNAL), problem.message)

    def cut(self) -> None:
        """Close the connection without a word."""
        if self._transport is None:
            raise RuntimeError("cutting connections needs simulator.serve, which hands the transport to the app")
        self.record.ending = "cut"
        self._transport.abort()
