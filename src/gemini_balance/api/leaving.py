"""Noticing that a client left while it waits for its answer, so that the work upstream ends too."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol

from gemini_balance.api.asgi import CLIENT_LEFT

if TYPE_CHECKING:
    from collections.abc import Callable

    from gemini_balance.api.asgi import Receive
    from gemini_balance.api.exchange import Exchange


class Watch(Protocol):
    def stop(self) -> None: ...


def watching(exchange: Exchange, receive: Receive) -> Watch:
    """Our own server tells us; under another one a task asks, as ASGI has it, for some 10 µs a call."""
    leaving = exchange.scope.get("extensions", {}).get(CLIENT_LEFT)
    return _Told(exchange, leaving) if leaving is not None else _Asking(exchange, receive)


class _Told:
    __slots__ = ("_leave", "_leaving")

    def __init__(self, exchange: Exchange, leaving: list[Callable[[], None]]) -> None:
        self._leave, self._leaving = exchange.leave, leaving
        leaving.append(self._leave)

    def stop(self) -> None:
        self._leaving.remove(self._leave)


class _Asking:
    __slots__ = ("_exchange", "_task")

    def __init__(self, exchange: Exchange, receive: Receive) -> None:
        self._exchange = exchange
        self._task = asyncio.create_task(self._ask(receive))

    async def _ask(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self._exchange.leave()

    def stop(self) -> None:
        if not self._exchange.done:  # after a whole answer the same message comes by itself
            self._task.cancel()
