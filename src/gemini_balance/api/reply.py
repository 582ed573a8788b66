"""Sending one answer: held until there is content to show, kept alive while there is none, never cut silently."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from gemini_balance.core.gemini.smoothing import smoothed

if TYPE_CHECKING:
    from gemini_balance.api.exchange import Exchange
    from gemini_balance.api.pacing import Pacer
    from gemini_balance.core.dialects import Encoder
    from gemini_balance.core.errors import GatewayError
    from gemini_balance.core.gemini.events import Event
    from gemini_balance.gateway.ports import Clock

UNBUFFERED = ((b"cache-control", b"no-cache"), (b"x-accel-buffering", b"no"))


class ClientReply:
    """Implements `Reply`. *Opened*: status and headers are sent. *Committed*: so is content the caller can see.

    A stream that stays silent for `patience` seconds is opened with 200 and a heartbeat; from then on a failure is
    an error event. A unary answer is never opened early: events that come for one are gathered (`gathers`). With a
    `pacer`, text is shown in pieces of `piece` characters.
    """

    __slots__ = (
        "_beat",
        "_clock",
        "_encoder",
        "_exchange",
        "_gathers",
        "_held",
        "_pacer",
        "_patience",
        "_piece",
        "_quiet_since",
        "_writing",
        "committed",
    )

    def __init__(
        self,
        exchange: Exchange,
        encoder: Encoder,
        clock: Clock,
        patience: float | None = None,
        *,
        gathers: bool = False,
        pacer: Pacer | None = None,
        piece: int = 0,
    ) -> None:
        self.committed = False
        self._exchange = exchange
        self._encoder = encoder
        self._clock = clock
        self._held: list[Event] = []
        self._patience = patience or 0.0
        self._gathers = gathers
        self._pacer = pacer
        self._piece = piece
        self._quiet_since = clock.now()
        self._writing = False
        self._beat: asyncio.Task[None] | asyncio.TimerHandle | None = None
        if patience is not None:
            self._beat_in(patience)

    def restart(self) -> None:
        self._held.clear()

    async def feed(self, events: list[Event]) -> None:
        if not self.committed:
            self._held += events
            if self._gathers or not self._encoder.visible(events):
                return
            events, self._held = self._held, []
            self._commit()
        if self._pacer is None:
            await self._write(self._encoder.feed(events))
        else:
            pieces = [self._encoder.feed([one]) for one in smoothed(events, self._piece)]
            await self._pacer.show([piece for piece in pieces if piece], self._write)

    async def finish(self, rest: bytes) -> None:
        if self._gathers:
            return await self._whole()
        last = self._encoder.feed(self._held) + self._encoder.finish(rest)
        self._held = []
        self._commit()
        return await self._end(last)

    async def whole(self, event: Event) -> None:
        if not self._gathers:
            await self.feed([event])
            return await self.finish(b"")
        self._held.append(event)
        return await self._whole()

    async def fail(self, error: GatewayError) -> None:
        """Inside a stream that is open: an error event, on which every client library raises."""
        await self._end(self._encoder.failure(error))

    def stop(self) -> None:
        """No more heartbeats, and nothing more is shown."""
        if self._pacer is not None:
            self._pacer.stop()
        self._stop_beating()

    def _stop_beating(self) -> None:
        if self._beat is not None:
            self._beat.cancel()
            self._beat = None

    @property
    def holds(self) -> bool:
        """Did the last attempt leave events that nobody has seen?"""
        return bool(self._held)

    def _commit(self) -> None:
        if not self.committed:
            self.committed = True
            self._exchange.story.first_byte = self._clock.now() - self._exchange.began

    async def _write(self, data: bytes) -> None:
        if not data:
            return
        self._writing = True
        await self._open()
        await self._exchange.write(data)
        self._writing = False
        self._quiet_since = self._clock.now()

    async def _whole(self) -> None:
        events, self._held = self._held, []
        self._commit()
        await self._exchange.answer(200, self._encoder.content_type, self._encoder.whole(*events))

    async def _end(self, data: bytes) -> None:
        if self._pacer is not None:
            await self._pacer.hurry()
        self._stop_beating()
        await self._open()
        await self._exchange.write(data, last=True)

    async def _open(self) -> None:
        if not self._exchange.opened:
            content_type = (b"content-type", self._encoder.content_type)
            await self._exchange.open(200, [content_type, *UNBUFFERED])

    def _beat_in(self, seconds: float) -> None:
        self._beat = asyncio.get_running_loop().call_later(seconds, self._on_beat)

    def _on_beat(self) -> None:
        """One timer per stream, set anew only when it rings: resetting it at every write would cost more."""
        left = self._quiet_since + self._patience - self._clock.now()
        if self._writing or left > 0:
            self._beat_in(max(left, 0.01) if not self._writing else self._patience)
        else:
            self._beat = asyncio.get_running_loop().create_task(self._heartbeat())

    async def _heartbeat(self) -> None:
        await self._write(self._encoder.heartbeat)
        self._beat_in(self._patience)
