"""A client's WebSocket over ASGI."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from gemini_balance.api.errors import JSON
from gemini_balance.core.gemini.live import VANISHED, Parting, closing
from gemini_balance.gateway.ports import SocketClosed

if TYPE_CHECKING:
    from collections.abc import Callable

    from gemini_balance.api.asgi import Receive
    from gemini_balance.api.exchange import Exchange
    from gemini_balance.core.errors import GatewayError
    from gemini_balance.core.gemini.live import Message

SWITCHED = 101


class ClientSocket:
    """Implements `Socket`."""

    def __init__(self, exchange: Exchange, receive: Receive, began: Callable[[], None]) -> None:
        """`began` is called when the first message leaves."""
        self._exchange, self._receive, self._began = exchange, receive, began
        self._said = False
        self._next: asyncio.Task[Message] | None = None

    async def accept(self) -> None:
        await self._exchange.send({"type": "websocket.accept", "headers": self._exchange.told})
        self._exchange.status = SWITCHED

    async def refuse(self, error: GatewayError) -> None:
        """Answer with an error of HTTP's instead."""
        self._exchange.status, self._exchange.error, self._exchange.done = error.status, error.code, True
        self._exchange.message = error.message
        headers = [(b"content-type", JSON), *self._exchange.told]
        body = self._exchange.dialect.error(error)
        await self._exchange.send({"type": "websocket.http.response.start", "status": error.status, "headers": headers})
        await self._exchange.send({"type": "websocket.http.response.body", "body": body})

    def read_ahead(self, leave: Callable[[], None]) -> None:
        """Take the next message in before it is asked for: only who reads is told that the client left."""
        self._next = task = asyncio.create_task(self._read())

        def ended(read: asyncio.Task[Message]) -> None:
            if not read.cancelled() and read.exception() is not None and self._next is task:
                leave()

        task.add_done_callback(ended)

    async def receive(self) -> Message:
        ahead, self._next = self._next, None
        return await (ahead or self._read())

    async def _read(self) -> Message:
        event = await self._receive()
        if event["type"] != "websocket.receive":
            raise SocketClosed(Parting(event.get("code", VANISHED), event.get("reason") or ""))
        text: str | None = event.get("text")
        data: bytes = event.get("bytes") or b""
        return data if text is None else text

    async def send(self, message: Message) -> None:
        if not self._said:
            self._said = True
            self._began()
        text = isinstance(message, str)
        kind, other = ("text", "bytes") if text else ("bytes", "text")
        try:
            await self._exchange.send({"type": "websocket.send", kind: message, other: None})
        except (OSError, RuntimeError):  # the latter is how uvicorn says that it closed the connection itself
            raise SocketClosed(Parting(VANISHED)) from None

    async def close(self, parting: Parting) -> None:
        """Say goodbye, as far as that is possible."""
        self.abort()
        if self._exchange.done:
            return
        self._exchange.done = True
        code, reason = closing(parting)
        try:
            await self._exchange.send({"type": "websocket.close", "code": code, "reason": reason})
        except (OSError, RuntimeError):
            return

    def abort(self) -> None:
        """Read no more. The server closes the connection when the application returns."""
        if self._next is not None:
            self._next.cancel()
            self._next = None
