"""A call made ready to be sent: which upstream, model, path and bytes, and what it demands of a key."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from gemini_balance.core.call import NOBODY, VERTEX_EXPRESS, Framing, Operation
from gemini_balance.core.catalog.config import Config
from gemini_balance.core.catalog.dropped import told
from gemini_balance.core.catalog.estimate import beginning_of, tokens_in, units_in
from gemini_balance.core.catalog.fit import fit
from gemini_balance.core.catalog.resolve import check_name, is_foreign, resolve, successor, warning
from gemini_balance.core.gemini.embedding_schema import METHOD
from gemini_balance.core.gemini.surface import PARENTS
from gemini_balance.core.pool import Demand
from gemini_balance.core.wire.codec import encode

__all__ = ["Config", "Route", "route_of"]

if TYPE_CHECKING:
    from gemini_balance.core.call import Call, Principal
    from gemini_balance.core.gemini.attachments import Attachments


GENERATES = frozenset({Operation.GENERATE, Operation.STREAM})


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
    warning: str = ""  # that the model asked for is retired, for the caller to see
    dropped: tuple[str, ...] = ()  # what this model could not be told, for the caller to see
    verb: str = ""  # of HTTP, where the operation doesn't say; the body's type and length are then in the headers
    attachments: Attachments | None = None  # to be uploaded with the key, before it is asked
    ephemeral: str = ""  # a token of Google's making that goes along in the place of the key


def route_of(call: Call, config: Config, caller: Principal = NOBODY) -> Route:
    """Pure. `caller` takes turns with others. Raises BadRequest for a model name that can't be served."""
    model, body, dropped = _ready(call, config)
    return Route(
        upstream=call.upstream,
        operation=call.operation,
        model=model,
        path=_path(call, model),
        body=body,
        framing=call.framing,
        demand=_demand(call, config, model, body, caller),
        headers=call.headers,
        verbatim=call.verbatim,
        single_attempt=_single_attempt(call, config),
        patience=call.patience,
        warning="" if call.upstream == VERTEX_EXPRESS else warning(call.model, model),
        dropped=dropped,
    )


def _demand(call: Call, config: Config, model: str, body: bytes, caller: Principal) -> Demand:
    counted, batch = call.operation in GENERATES, call.method == METHOD
    return Demand(
        model,
        tokens=tokens_in(body) if counted or batch else 0,
        client=caller.id,
        size=len(body),
        prefix=beginning_of(body) if counted else 0,
        paid=model in config.paid_models,
        pinned=call.pinned,
        hurried=_single_attempt(call, config),
        units=units_in(body) if batch else 1,
        tags=caller.tags,
    )


def _ready(call: Call, config: Config) -> tuple[str, bytes, tuple[str, ...]]:
    if call.request is None:  # native: only a retired model's name is changed, never a byte of the body
        return _native_model(call, config), call.raw, ()
    resolved = resolve(call.model, config.listed, config.search_models, config.today, config.image_models)
    request, dropped = fit(call.request, call.wishes, resolved, config)
    return resolved.model, encode(request), told([*call.dropped, *dropped])


def _native_model(call: Call, config: Config) -> str:
    """Tuned models and dynamic ones have no successors, nor do Vertex's: its names and their ends are others."""
    name = call.model
    if call.upstream == VERTEX_EXPRESS:
        check_name(name)
        return name
    parent, slash, bare = name.partition("/")
    if slash and parent in PARENTS:
        check_name(bare)
        return name
    if not name or is_foreign(name):  # Google's own clients mean Google's own names
        return name
    return successor(name, config.listed, config.today)


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
            parent = "" if "/" in model else "models/"
            path = f"{call.version}/{parent}{model}:{call.method or call.operation}"
    return f"{path}?{call.query}" if call.query else path
