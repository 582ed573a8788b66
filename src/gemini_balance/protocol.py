"""uvicorn's HTTP/1.1 with two savings that show in every call: one write a reply, and no task to watch the client."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from gemini_balance.api.asgi import CLIENT_LEFT

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

JOINED_UP_TO = 64 * 1024  # bytes; above, the copy costs more than the system call it saves
INTERIM = b"HTTP/1.1 100"


class HeadHolder:
    """A transport that sends a reply's head together with the first of its body.

    ASGI sends them as two messages and uvicorn writes each at once: a system call more for every call.
    """

    __slots__ = ("_head", "_transport")

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._head = b""

    def write(self, data: bytes) -> None:
        if self._head:
            head, self._head = self._head, b""
            if len(data) > JOINED_UP_TO:
                self._transport.write(head)
            else:
                data = head + data
        elif data.startswith(b"HTTP/1.") and not data.startswith(INTERIM):
            self._head = data
            return
        self._transport.write(data)

    def flush(self) -> None:
        """A reply may have no body at all."""
        if self._head:
            head, self._head = self._head, b""
            self._transport.write(head)

    def close(self) -> None:
        self.flush()
        self._transport.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class GatewayProtocol(HttpToolsProtocol):
    """Calls find a list in their scope, under CLIENT_LEFT, of what to call when their client is gone."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn declares it
        self.leaving: list[Callable[[], None]] = []
        super().connection_made(cast("asyncio.Transport", HeadHolder(transport)))

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = {CLIENT_LEFT: cast("dict[object, object]", self.leaving)}

    def on_message_complete(self) -> None:
        super().on_message_complete()
        if not self.pipeline:
            self.flow.resume_reading()  # a large body paused it, and only what is read can tell that the client left

    def on_response_complete(self) -> None:
        cast("HeadHolder", self.transport).flush()
        super().on_response_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        for leave in self.leaving:
            leave()
