"""Answers for the gateway itself: pages of lists, which are put together before a caller sees them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gemini_balance.core.gemini.events import Event


class Collected:
    """Implements `Reply`: one unary answer, kept in `body`."""

    committed = False
    body = b""

    def restart(self) -> None: ...

    async def feed(self, events: list[Event]) -> None: ...

    async def finish(self, rest: bytes) -> None: ...

    async def whole(self, event: Event) -> None:
        self.body = event.raw
