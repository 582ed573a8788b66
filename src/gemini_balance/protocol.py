"""uvicorn's HTTP/1.1 with four savings that show in every call: one write a reply, its head made in one go, no timer
set anew each time, and no task to watch the client."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, cast

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from gemini_balance.api.asgi import BEGIN_REPLY, CLIENT_LEFT

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from uvicorn import Config
    from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

    from gemini_balance.api.asgi import Headers, Scope
    from gemini_balance.app import App

JOINED_UP_TO = 64 * 1024  # bytes; above, the copy costs more than the system call it saves
sockets_log = logging.getLogger(f"{__name__}.sockets")
sockets_log.setLevel(logging.WARNING)
INTERIM = b"HTTP/1.1 100"
INFINITY = float("inf")
CHUNKED = (b"transfer-encoding", b"chunked")


class HeadHolder:
    """A transport that sends a reply's head together with the first of its body.

    ASGI sends them as two messages and uvicorn writes each at once: a system call more for every call.
    """

    __slots__ = ("_transport", "head", "is_closing")

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self.is_closing = transport.is_closing  # uvicorn asks after every reply
        self.head = b""  # what waits for the body

    def write(self, data: bytes) -> None:
        if self.head:
            head, self.head = self.head, b""
            if len(data) > JOINED_UP_TO:
                self._transport.write(head)
            else:
                data = head + data
        elif data.startswith(b"HTTP/1.") and not data.startswith(INTERIM):
            self.head = data
            return
        self._transport.write(data)

    def flush(self) -> None:
        """A reply may have no body at all."""
        if self.head:
            head, self.head = self.head, b""
            self._transport.write(head)

    def close(self) -> None:
        self.flush()
        self._transport.close()

    @property
    def unwrapped(self) -> asyncio.Transport:
        return self._transport

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class GatewayProtocol(HttpToolsProtocol):
    """Calls find two things in their scope: under CLIENT_LEFT a list of what to call when their client is gone, and
    under BEGIN_REPLY what writes the head of their reply."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn declares it
        self.leaving: list[Callable[[], None]] = []
        self.extensions: dict[str, Any] = {CLIENT_LEFT: self.leaving, BEGIN_REPLY: self.begin_reply}
        self.holder = HeadHolder(transport)
        self.idle_since = INFINITY  # the last reply's end, while no other call has begun
        super().connection_made(cast("asyncio.Transport", self.holder))

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = self.extensions

    def on_message_complete(self) -> None:
        super().on_message_complete()
        if not self.pipeline:
            self.flow.resume_reading()  # a large body paused it, and only what is read can tell that the client left

    def on_response_complete(self) -> None:
        self.holder.flush()
        if self.pipeline:
            return super().on_response_complete()
        if self.timeout_keep_alive_task is None:
            super().on_response_complete()
        else:
            self.server_state.total_requests += 1
            if not self.transport.is_closing():
                self.flow.resume_reading()
        self.idle_since = self.loop.time()
        return None

    def _unset_keepalive_if_required(self) -> None:
        """uvicorn's timer, ended and set anew for every call, costs more than the rest of both steps."""
        self.idle_since = INFINITY

    def timeout_keep_alive_handler(self) -> None:
        self.timeout_keep_alive_task = None
        left = self.idle_since + self.timeout_keep_alive - self.loop.time()
        if left <= 0:
            super().timeout_keep_alive_handler()
        elif left < INFINITY:  # else a call is under way, and its end sets the timer again
            self.timeout_keep_alive_task = self.loop.call_later(left, self.timeout_keep_alive_handler)

    def handle_websocket_upgrade(self) -> None:
        """From here on the connection is another protocol's, which writes as it pleases."""
        self.transport = self.holder.unwrapped
        if self.timeout_keep_alive_task is not None:
            self.timeout_keep_alive_task.cancel()
        super().handle_websocket_upgrade()
        self.extensions.clear()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if self.timeout_keep_alive_task is not None:
            self.timeout_keep_alive_task.cancel()
        for leave in self.leaving:
            leave()
        self.extensions.clear()  # it leads back to the protocol: a circle that only the collector would find

    def begin_reply(self, scope: Scope, status: int, headers: Headers, length: int | None) -> bool:
        """Implements `BeginReply`. uvicorn searches each header's name and value with a regex, at every reply.

        Whatever is not the plain case is left to it: calls in a pipeline, HTTP/1.0, HEAD, the connection's last reply,
        and one to a request that has not ended.
        """
        cycle = self.cycle
        if cycle.scope is not scope or not _is_plain(cycle):
            return False
        lines = [*self.server_state.default_headers, *headers]
        if length is None:
            lines.append(CHUNKED)
        head = STATUS_LINE[status] + b"\r\n".join([*map(b": ".join, lines), b"\r\n"])
        if head.count(b"\r") != len(lines) + 2 or head.count(b"\n") != len(lines) + 2:
            return False  # a line end inside a header: uvicorn says which
        cycle.response_started, cycle.waiting_for_100_continue = True, False
        cycle.chunked_encoding, cycle.expected_content_length = length is None, length or 0
        self.holder.head = head
        return True


def _is_plain(cycle: RequestResponseCycle) -> bool:
    """Has nothing of the reply been sent, can it be sent at once, and can another one follow it?"""
    unsent = not (cycle.response_started or cycle.disconnected or cycle.flow.write_paused)
    return unsent and not cycle.more_body and cycle.keep_alive and cycle.scope["method"] != "HEAD"


class GatewaySocket(WebSocketsSansIOProtocol):
    """uvicorn's WebSocket, which logs no query strings, and with them no keys, and is closed by the app alone.

    Its app is an `App`."""

    def __init__(self, config: Config, *args: Any, **options: Any) -> None:
        config.ws_max_size = cast("App", config.app).largest_message  # an option, which may have changed
        super().__init__(config, *args, **options)
        self.logger = self.conn.logger = sockets_log
        self.conn.debug = False

    def shutdown(self) -> None:
        """The app was told before, and says goodbye with a reason; uvicorn would do so without one."""
        if self.close_sent or not self.handshake_complete:
            super().shutdown()
