"""Sending an answer that is passed on as bytes: nothing in it is understood, so nothing of it is held."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gemini_balance.core.wire.codec import encode

if TYPE_CHECKING:
    from gemini_balance.api.exchange import Exchange
    from gemini_balance.core.errors import GatewayError
    from gemini_balance.gateway.ports import Clock, Headers

UNBUFFERED = ((b"cache-control", b"no-cache"), (b"x-accel-buffering", b"no"))
BODYLESS = frozenset({204, 304})


class PassedOn:
    """Implements `RawReply`."""

    __slots__ = ("_clock", "_events", "_exchange", "committed")

    def __init__(self, exchange: Exchange, clock: Clock) -> None:
        self.committed = False
        self._exchange = exchange
        self._clock = clock
        self._events = False

    async def begin(self, status: int, headers: Headers, length: int | None) -> None:
        self.committed = True
        self._exchange.story.first_byte = self._clock.now() - self._exchange.began
        self._events = any(name == b"content-type" and b"event-stream" in value for name, value in headers)
        known = [(b"content-length", b"%d" % length)] if length is not None and status not in BODYLESS else []
        extra = UNBUFFERED if self._events else ()
        await self._exchange.open(status, [*headers, *known, *extra], length)

    async def write(self, data: bytes) -> None:
        if data:
            await self._exchange.write(data)

    async def end(self) -> None:
        await self._exchange.write(b"", last=True)

    async def fail(self, error: GatewayError) -> None:
        """After the beginning: an event where there are events. Else the answer stays unended, which the server
        turns into a cut connection: whoever counts the bytes sees that they are not all."""
        if self._events:
            body = {"event_type": "error", "error": {"code": error.code, "message": error.message}}
            await self._exchange.write(b"event: error\ndata: %b\n\n" % encode(body), last=True)
