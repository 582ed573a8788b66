"""Sending an answer whose encoder works for long, and may refuse what Google answered well."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from gemini_balance.api.reply import ClientReply
from gemini_balance.core.errors import GatewayError

if TYPE_CHECKING:
    from gemini_balance.api.exchange import Exchange
    from gemini_balance.core.dialects import Encoder
    from gemini_balance.core.gemini.events import Event
    from gemini_balance.gateway.ports import Clock


class MadeReply(ClientReply):
    """Implements `Reply`. The encoder works in a thread; the end, and what it refuses, comes with `deliver`, once the
    attempt is settled: no key is to blame, and what Google counted is known."""

    __slots__ = ("_refused", "_rest")

    def __init__(self, exchange: Exchange, encoder: Encoder, clock: Clock, patience: float | None) -> None:
        """`patience`: of a stream; None where the answer comes whole."""
        super().__init__(exchange, encoder, clock, patience, gathers=patience is None)
        self._refused: GatewayError | None = None
        self._rest = b""

    async def feed(self, events: list[Event]) -> None:
        self._held += events
        if self._gathers or self._refused is not None:
            return
        if self.committed or self._encoder.visible(self._held):
            self._commit()
            events, self._held = self._held, []
            await self._show(events)

    async def finish(self, rest: bytes) -> None:
        self._rest = rest

    async def whole(self, event: Event) -> None:
        self._held.append(event)

    async def deliver(self) -> None:
        """All of it, or the rest of a stream. Raises what the encoder refuses with."""
        if self._refused is not None:
            raise self._refused
        ending = await asyncio.to_thread(self._ending)
        self._commit()
        if self._gathers:
            await self._exchange.answer(200, self._encoder.content_type, ending)
        else:
            await self._end(ending)

    async def fail(self, error: GatewayError) -> None:
        """Bare sound has no place for an error: it stays unended, which the server turns into a cut connection."""
        if ending := self._encoder.failure(error):
            await self._end(ending)

    async def _show(self, events: list[Event]) -> None:
        try:
            data = await asyncio.to_thread(self._encoder.feed, events)
        except GatewayError as error:
            self._refused = error
        else:
            await self._write(data)

    def _ending(self) -> bytes:
        if self._gathers:
            return self._encoder.whole(*self._held)
        return self._encoder.feed(self._held) + self._encoder.finish(self._rest)
