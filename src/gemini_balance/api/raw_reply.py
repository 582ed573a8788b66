"""Sending an answer that is passed on as bytes: nothing in it is understood, so nothing of it is held."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from gemini_balance.core.wire.codec import encode
from gemini_balance.core.wire.sse import BLANK

if TYPE_CHECKING:
    from gemini_balance.api.exchange import Exchange
    from gemini_balance.core.errors import GatewayError
    from gemini_balance.gateway.ports import Clock, Headers

UNBUFFERED = ((b"cache-control", b"no-cache"), (b"x-accel-buffering", b"no"))
BETWEEN = (b"\n\n", b"\r\n\r\n")
BODYLESS = frozenset({204, 304})


class PassedOn:
    """Implements `RawReply`. An event stream that stays silent for `patience` seconds is kept open by a blank line."""

    __slots__ = ("_beat", "_between", "_clock", "_events", "_exchange", "_patience", "_quiet_since", "committed")

    def __init__(self, exchange: Exchange, clock: Clock, patience: float) -> None:
        self.committed = False
        self._exchange = exchange
        self._clock = clock
        self._patience = patience
        self._events = False
        self._between = False  # two events: inside of one a blank line would be its end
        self._quiet_since = 0.0
        self._beat: asyncio.TimerHandle | asyncio.Task[None] | None = None

    async def begin(self, status: int, headers: Headers, length: int | None) -> None:
        self.committed = True
        self._exchange.story.first_byte = self._clock.now() - self._exchange.began
        self._events = any(name == b"content-type" and b"event-stream" in value for name, value in headers)
        if status in BODYLESS:
            length, known = 0, []
        else:
            known = [] if length is None else [(b"content-length", b"%d" % length)]
        extra = UNBUFFERED if self._events else ()
        await self._exchange.open(status, [*headers, *known, *extra], length)
        if self._events and length is None:
            self._beat_in(self._patience)

    async def write(self, data: bytes) -> None:
        if not data:
            return
        self._between = False
        await self._exchange.write(data)
        self._between = data.endswith(BETWEEN)
        self._quiet_since = self._clock.now()

    async def end(self) -> None:
        self.stop()
        await self._exchange.write(b"", last=True)

    async def fail(self, error: GatewayError) -> None:
        """After the beginning: an event where there are events. Else the answer stays unended, which the server
        turns into a cut connection: whoever counts the bytes sees that they are not all."""
        self.stop()
        if self._events:
            body = {"event_type": "error", "error": {"code": error.code, "message": error.message}}
            ends = b"" if self._between else b"\n\n"  # the event that was cut must not swallow this one
            await self._exchange.write(b"%bevent: error\ndata: %b\n\n" % (ends, encode(body)), last=True)

    def stop(self) -> None:
        """No more heartbeats."""
        if self._beat is not None:
            self._beat.cancel()
            self._beat = None

    def _beat_in(self, seconds: float) -> None:
        self._beat = asyncio.get_running_loop().call_later(seconds, self._on_beat)

    def _on_beat(self) -> None:
        left = self._quiet_since + self._patience - self._clock.now()
        if left > 0:
            self._beat_in(max(left, 0.01))
        elif not self._between:
            self._beat_in(self._patience)
        else:
            self._beat = asyncio.get_running_loop().create_task(self._heartbeat())

    async def _heartbeat(self) -> None:
        await self._exchange.write(BLANK)
        self._quiet_since = self._clock.now()
        self._beat_in(self._patience)
