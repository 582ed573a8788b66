"""What every maker says the same way."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gemini_balance.api.exchange import Exchange
    from gemini_balance.gateway.ports import Clock


def client_of(exchange: Exchange) -> str:
    """Who takes turns with others."""
    return exchange.principal.name if exchange.principal else ""


async def answer_with(exchange: Exchange, content_type: bytes, body: bytes, clock: Clock) -> None:
    """The whole good answer."""
    exchange.story.first_byte = clock.now() - exchange.began
    await exchange.answer(200, content_type, body)
