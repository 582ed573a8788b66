"""One HTTP/1.1 connection to an upstream, one exchange at a time, over any asyncio transport."""

from __future__ import annotations

import asyncio
from typing import cast

import httptools

from gemini_balance.core.outcome import Cause
from gemini_balance.gateway.ports import TransportFailed

HIGH_WATER = 64 * 1024  # bytes that wait for a slow caller before the upstream is made to wait
JOINED_UP_TO = 64 * 1024  # bytes of a body that are copied to save a system call
SLICE = 256 * 1024  # of a larger body: TLS encrypts what it is given in one go, and nobody else has a turn meanwhile
LARGEST_HEAD = 64 * 1024  # bytes of all reply headers together
BODYLESS = frozenset({204, 304})


class Connection(asyncio.Protocol):
    """A request's bytes out, a parsed reply in. `patience`: seconds of silence after which it gives up."""

    __slots__ = (
        "_alarm",
        "_buffer",
        "_buffered",
        "_closes",
        "_deadline",
        "_error",
        "_full",
        "_head",
        "_headers_done",
        "_loop",
        "_parser",
        "_patience",
        "_paused",
        "_transport",
        "_until_closed",
        "_waiter",
        "closed",
        "complete",
        "content_type",
        "on_body",
        "started",
        "status",
    )

    def __init__(self) -> None:
        self._patience = 0.0
        self._transport: asyncio.Transport | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._alarm: asyncio.TimerHandle | None = None
        self._deadline = 0.0
        self._buffer: list[bytes] = []
        self.on_body = self._buffer.append  # called for every chunk: a method of ours would cost more than the parsing
        self._parser = httptools.HttpResponseParser(self)
        self.closed = False
        self._paused = self._full = False
        self._begin()

    def _begin(self) -> None:
        """Forget the last exchange."""
        self._buffered = self._head = self.status = 0
        self._error: TransportFailed | None = None
        self._headers_done = self._until_closed = self._closes = self.complete = self.started = False
        self.content_type = ""

    # What the gateway does.

    async def exchange(self, head: bytes, body: bytes, patience: float) -> None:
        """Send a request; returns once the reply's status and headers are here. Raises TransportFailed."""
        assert self._transport is not None
        self._begin()
        self._patience = patience
        if len(body) <= JOINED_UP_TO:
            self._transport.write(head + body)
        else:
            self._transport.write(head)
            await self._send(self._transport, memoryview(body))
        while not self._headers_done:
            await self._wait()

    async def _send(self, transport: asyncio.Transport, body: memoryview) -> None:
        """Slice by slice, each when those before have left. A reply that comes before the end is the end."""
        for start in range(0, len(body), SLICE):
            while self._full and not self._headers_done:
                await self._wait()
            if self._headers_done or self.closed:
                self._closes = True
                return
            transport.write(body[start : start + SLICE])

    async def read(self) -> bytes:
        """What has arrived, b"" at the end of the reply. Raises TransportFailed."""
        while not self._buffer:
            if self.complete:
                return b""
            await self._wait()
        read = self._buffer[0] if len(self._buffer) == 1 else b"".join(self._buffer)
        self._buffer.clear()
        self._buffered = 0
        if self._paused and self._transport is not None:
            self._paused = False
            self._transport.resume_reading()
        return read

    @property
    def reusable(self) -> bool:
        return self.complete and not self._buffer and not self.closed and not self._closes

    def abort(self) -> None:
        """Close at once, whatever is under way: the upstream stops working for nobody."""
        self.closed = True
        if self._transport is not None:
            self._transport.abort()

    async def _wait(self) -> None:
        """Until something has changed. Only here does silence count: a paused upstream is not a silent one."""
        if self._error is not None:
            raise self._error
        self._waiter = self._loop.create_future()
        self._deadline = self._loop.time() + self._patience
        if self._alarm is None or self._alarm.when() > self._deadline:
            self._set_alarm()
        try:
            await self._waiter
        finally:
            self._waiter = None

    def _set_alarm(self) -> None:
        """One that rings early is set anew then: a new one for every wait costs more than all else in it."""
        self._drop_alarm()
        self._alarm = self._loop.call_at(self._deadline, self._ring)

    def _drop_alarm(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None

    def _ring(self) -> None:
        self._alarm = None
        if self._waiter is None:
            return
        if self._loop.time() < self._deadline:
            self._set_alarm()
        else:
            self._fail(TransportFailed(Cause.UPSTREAM_SLOW, "The upstream was silent for too long."))

    def _fail(self, error: TransportFailed) -> None:
        self._error = self._error or error
        self.abort()
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    # What asyncio calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._loop = asyncio.get_running_loop()  # asked once: it costs a system call each time

    def pause_writing(self) -> None:
        self._full = True

    def resume_writing(self) -> None:
        self._full = False
        self._wake()

    def data_received(self, data: bytes) -> None:
        self.started = True
        self._buffered += len(data)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            self._fail(TransportFailed(Cause.CUT, f"The upstream's answer is not HTTP: {error}"))
            return
        if self._buffered > HIGH_WATER and not self._paused and self._transport is not None:
            self._paused = True
            self._transport.pause_reading()
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed = True
        self._drop_alarm()
        if self._headers_done and self._until_closed and exc is None:
            self.complete = True
        elif not self.complete and self._error is None:
            self._error = TransportFailed(Cause.CUT, "The upstream closed the connection in the middle of its answer.")
        self._wake()

    # What the parser calls.

    def on_header(self, name: bytes, value: bytes) -> None:
        self._head += len(name) + len(value)
        if self._head > LARGEST_HEAD:
            raise ValueError("headers too large")
        match name.lower():
            case b"content-type":
                self.content_type = value.decode("latin-1")
            case b"content-length" | b"transfer-encoding":
                self._until_closed = False
            case _:
                pass

    def on_message_begin(self) -> None:
        self._until_closed = True

    def on_headers_complete(self) -> None:
        self.status = self._parser.get_status_code()
        if self.status >= 200:
            self._headers_done = True
            self._until_closed = self._until_closed and self.status not in BODYLESS

    def on_message_complete(self) -> None:
        if self.status >= 200:  # else it was an interim reply, and the real one follows
            self.complete = True
            self._closes = self._closes or not self._parser.should_keep_alive()
