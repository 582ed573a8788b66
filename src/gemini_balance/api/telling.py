"""What the headers of a reply tell of the way its request took."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gemini_balance.api import names

if TYPE_CHECKING:
    from gemini_balance.api.exchange import Exchange
    from gemini_balance.core.call import Call


def tell(exchange: Exchange, call: Call, model: str, dropped: tuple[str, ...], warning: str = "") -> None:
    """`model` answers `call`, without what was `dropped` of it. `warning`: what its caller should change in time."""
    exchange.story.model = model
    exchange.told.append((names.ROUTE, f"{exchange.dialect.name}:{call.operation}".encode()))
    if model != call.model:
        exchange.told.append((names.MODEL, model.encode()))
    if warning:
        exchange.told.append((names.WARNING, warning.encode()))
    if dropped:
        exchange.told.append((names.DROPPED, ", ".join(dropped).encode()))
