"""The door's lists of models: OpenAI's of what may be asked for, and Google's own with all that Google says of each."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from gemini_balance.api.errors import JSON
from gemini_balance.core.call import VERTEX_EXPRESS, Operation
from gemini_balance.core.catalog.models import page_of
from gemini_balance.core.errors import ModelNotFound, UpstreamFailed
from gemini_balance.gateway.listing import page_size

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gemini_balance.api.exchange import Exchange
    from gemini_balance.core.call import Call, Principal
    from gemini_balance.core.catalog.models import Listed
    from gemini_balance.core.options import Options
    from gemini_balance.gateway.models import ModelBook


async def list_models(exchange: Exchange, call: Call, book: ModelBook, options: Options, unix: int) -> bool:
    """Answer from the merged list. False: nothing is known that would answer it, so Google is to be asked.

    Raises ModelNotFound, and BadRequest for a page token that is not ours.
    """
    if not book.listed and not await book.refresh() and exchange.caller.models:
        raise UpstreamFailed("The list of models is not known, so which of them this token may use isn't either.")
    caller, filtered = exchange.caller, frozenset(options.filtered_models)
    hidden = filtered | _not_for(caller, book.listed)
    if call.verbatim:
        return await _googles(exchange, call, book, hidden)
    shown = book.shown(options.search_models, options.image_models, hidden)
    if caller.models:  # it may be for a name with a suffix, and not for that model without
        every = book.shown(options.search_models, options.image_models, filtered)
        shown = sorted({*shown, *caller.models.intersection(every)})
    if call.operation is Operation.LIST_MODELS:
        await exchange.answer(200, JSON, exchange.dialect.models(shown, unix))
    elif call.model in shown:
        await exchange.answer(200, JSON, exchange.dialect.model(call.model, unix))
    else:
        raise _missing(call.model)
    return True


async def _googles(exchange: Exchange, call: Call, book: ModelBook, hidden: frozenset[str]) -> bool:
    """A model that no key lists may still be one: Google says so, or what is wrong with the name."""
    if call.model in hidden:
        raise _missing(call.model)
    entries = _of_vertex(book.entries(hidden)) if call.upstream == VERTEX_EXPRESS else book.entries(hidden)
    if call.upstream == VERTEX_EXPRESS:
        _check_vertex(call, entries)
    if not book.listed or (call.operation is Operation.GET_MODEL and call.model not in entries):
        return False
    if call.operation is Operation.GET_MODEL:
        body = bytes(entries[call.model].raw)
    else:
        query = parse_qs(call.query)
        body = page_of(
            entries, page_size(_said(query, "pageSize", "page_size")), _said(query, "pageToken", "page_token")
        )
    await exchange.answer(200, JSON, body)
    return True


def _not_for(principal: Principal, listed: frozenset[str]) -> frozenset[str]:
    """What a token with a list of its own is not shown; a model's names with a suffix go with it."""
    return listed - principal.models if principal.models else frozenset()


def _of_vertex(entries: Mapping[str, Listed]) -> Mapping[str, Listed]:
    """Express mode has no list: the models of the Gemini API that generate are what it may have, too."""
    return {name: model for name, model in entries.items() if Operation.GENERATE in model.methods}


def _check_vertex(call: Call, entries: Mapping[str, Listed]) -> None:
    """Vertex itself can't be asked."""
    if not entries:
        raise UpstreamFailed("The list of models is not known: it comes from the Gemini API, by its keys.")
    if call.operation is Operation.GET_MODEL and call.model not in entries:
        raise _missing(call.model)


def _said(query: dict[str, list[str]], *names: str) -> str:
    """Google takes the parameter in both spellings."""
    return next((query[name][0] for name in names if name in query), "")


def _missing(model: str) -> ModelNotFound:
    return ModelNotFound(f"There is no model named {model[:100]!r}; GET /v1/models lists them.")
