"""A call made ready to be sent: which upstream, model, path and bytes, and what it demands of a key."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from msgspec import structs

from gemini_balance.core.call import Framing, Operation
from gemini_balance.core.catalog.resolve import resolve, successor
from gemini_balance.core.pool.pool import Demand
from gemini_balance.core.wire.codec import encode

if TYPE_CHECKING:
    from collections.abc import Set
    from datetime import date

    from gemini_balance.core.call import Call


class Config(msgspec.Struct, frozen=True):
    """What resolving needs to know of the moment: the upstream's list, the options, the day."""

    listed: Set[str]
    search_models: Set[str]
    today: date
    native_failover: str = ""  # on, off, or what the prefix says


class Route(msgspec.Struct, frozen=True):
    """Immutable: a retry sends the very same bytes with another key."""

    upstream: str
    operation: Operation
    model: str
    path: str  # below the upstream's base, version included, query included
    body: bytes
    framing: Framing
    demand: Demand
    headers: tuple[tuple[str, str], ...] = ()
    verbatim: bool = False
    single_attempt: bool = False
    patience: float | None = None


def route_of(call: Call, config: Config) -> Route:
    """Pure. Raises BadRequest for a model name that can't be served."""
    model, body = _ready(call, config)
    return Route(
        upstream="gemini_api",
        operation=call.operation,
        model=model,
        path=_path(call, model),
        body=body,
        framing=call.framing,
        demand=Demand(model),
        headers=call.headers,
        verbatim=call.verbatim,
        single_attempt=_single_attempt(call, config),
        patience=call.patience,
    )


def _ready(call: Call, config: Config) -> tuple[str, bytes]:
    if call.request is None:  # native: only a retired model's name is changed, never a byte of the body
        return (successor(call.model, config.listed, config.today) if call.model else ""), call.raw
    resolved = resolve(call.model, config.listed, config.search_models, config.today)
    if resolved.search:
        tools = [*(call.request.tools or ()), {"googleSearch": {}}]
        return resolved.model, encode(structs.replace(call.request, tools=tools))
    return resolved.model, encode(call.request)


def _single_attempt(call: Call, config: Config) -> bool:
    """`/gemini/` promises Google's answer to one attempt; an option decides otherwise, for native calls only."""
    if call.verbatim and config.native_failover:
        return config.native_failover == "off"
    return call.single_attempt


def _path(call: Call, model: str) -> str:
    match call.operation:
        case Operation.LIST_MODELS:
            path = f"{call.version}/models"
        case Operation.GET_MODEL:
            path = f"{call.version}/models/{model}"
        case _:
            path = f"{call.version}/models/{model}:{call.operation}"
    return f"{path}?{call.query}" if call.query else path
