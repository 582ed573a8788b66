"""`embeddings`: batches side by side, one list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gemini_balance.api.errors import JSON
from gemini_balance.api.studio.answering import answer_with, worked
from gemini_balance.api.telling import tell
from gemini_balance.core.call import Call, Operation
from gemini_balance.core.catalog.resolve import resolve, warning
from gemini_balance.core.catalog.route import route_of
from gemini_balance.core.dialects.openai import embeddings
from gemini_balance.core.gemini.embedding_schema import METHOD
from gemini_balance.core.outcome import Usage
from gemini_balance.gateway.fan import fan

if TYPE_CHECKING:
    from gemini_balance.api.exchange import Exchange
    from gemini_balance.api.studio.studio import Terms
    from gemini_balance.core.call import Principal
    from gemini_balance.core.catalog.config import Config
    from gemini_balance.core.catalog.route import Route
    from gemini_balance.gateway.execute import Gateway

HARD = 4  # numbers take so much longer than other bytes of the same number


@dataclass(slots=True)
class Embedder:
    """Implements `Maker`."""

    gateway: Gateway

    async def answer(self, exchange: Exchange, operation: Operation, body: bytes, terms: Terms) -> None:
        config, asked = terms.config, embeddings.decode(body)
        exchange.call = call = Call(operation, asked.model)
        model = resolve(asked.model, config.listed, config.search_models, config.today).model
        exchange.caller.check_model(asked.model, model)
        tell(exchange, call, model, (), warning(asked.model, model))
        routes = [_route(model, one, config, exchange.caller) for one in embeddings.bodies(asked, model)]
        replies = await fan(self.gateway, routes, exchange.story)
        if not exchange.story.usage.total:
            tokens = embeddings.estimated_tokens(asked.texts)
            exchange.story.told = Usage(prompt=tokens, total=tokens)
        told = await worked(sum(map(len, replies)) * HARD, embeddings.answer, asked, model, replies)
        await answer_with(exchange, JSON, told, self.gateway.clock)


def _route(model: str, body: bytes, config: Config, caller: Principal) -> Route:
    return route_of(Call(Operation.METHOD, model, method=METHOD, raw=body), config, caller)
