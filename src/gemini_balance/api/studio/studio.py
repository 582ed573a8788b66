"""From a request for something made to its answer; what the ways to all of them have in common."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

from gemini_balance.api.errors import send_error, send_failure
from gemini_balance.api.leaving import watching
from gemini_balance.api.turns import HUGE, others_turn
from gemini_balance.core.call import Call
from gemini_balance.gateway.failures import CallFailed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gemini_balance.api.asgi import Receive
    from gemini_balance.api.exchange import Exchange
    from gemini_balance.core.call import Operation
    from gemini_balance.core.catalog.config import Config
    from gemini_balance.core.options import Options


class Terms(NamedTuple):
    """What holds at the moment of a call."""

    config: Config
    options: Options


class Maker(Protocol):
    """The way of one or several operations."""

    async def answer(self, exchange: Exchange, operation: Operation, body: bytes, terms: Terms) -> None:
        """Raises GatewayError or CallFailed."""


@dataclass(slots=True)
class Studio:
    """One per process."""

    makers: Mapping[Operation, Maker]

    async def answer(
        self, exchange: Exchange, operation: Operation, body: bytes, receive: Receive, terms: Terms
    ) -> None:
        exchange.call = Call(operation, "")
        exchange.task = asyncio.current_task()
        watch = watching(exchange, receive)
        try:
            if len(body) > HUGE:
                await others_turn(body)
            await self.makers[operation].answer(exchange, operation, body, terms)
        except CallFailed as failed:
            await send_failure(exchange, failed, None)
        except asyncio.CancelledError:
            if exchange.ended_by is None:
                raise
            await send_error(exchange, exchange.ended_by)
        finally:
            watch.stop()
