"""A call about a resource made ready to be sent: the same path, query, headers and bytes, without the credentials."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

import msgspec
from msgspec.structs import replace

from gemini_balance.core.call import Framing, Operation
from gemini_balance.core.catalog.route import Route
from gemini_balance.core.gemini.surface import Door, Resource
from gemini_balance.core.pool import Demand

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gemini_balance.api.exchange import Exchange
    from gemini_balance.core.call import Principal
    from gemini_balance.core.pool import KeyId

# What of a caller's headers means something to Google beside X-Goog-Upload-*.
FORWARDED = frozenset(
    {b"content-type", b"content-encoding", b"content-range", b"range", b"if-range", b"if-none-match", b"accept"}
    | {b"x-goog-api-client", b"x-server-timeout", b"api-revision", b"x-upload-content-type", b"last-event-id"}
    | {b"x-upload-content-length"}
)
UPLOAD = b"x-goog-upload-"
SAFE_IN_PATHS = "/:@!$&'()*+,;=~-._"
HAVE_MODELS = frozenset({"interactions", "cachedContents"})
BODYLESS = frozenset({"GET", "DELETE"})


USE_MODELS = frozenset({"interactions", "cachedContents", "auth_tokens", "tunedModels", "agents", "triggers"})
"""Collections in which what is made works with a model."""


class _Setup(msgspec.Struct, frozen=True):
    model: str = ""


class _Asked(msgspec.Struct, rename="camel"):
    model: str = ""
    agent: str = ""
    base_model: str = ""
    bidi_generate_content_setup: _Setup = _Setup()


_asked = msgspec.json.Decoder(_Asked)


def forwarded(headers: Mapping[bytes, bytes]) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, value in headers.items()
        if name in FORWARDED or name.startswith(UPLOAD)
    )


def route_to(
    exchange: Exchange, found: Resource, query: str, headers: tuple[tuple[str, str], ...], *, strict: bool
) -> Route:
    version = exchange.place.prefix.rpartition("/")[2]
    door = f"{found.door}/" if found.door else ""
    path = f"{door}{version}/{quote(exchange.place.tail, safe=SAFE_IN_PATHS)}"
    return Route(
        upstream="gemini_api",
        operation=Operation.RESOURCE,
        model="",
        path=f"{path}?{query}" if query else path,
        body=b"",
        framing=Framing.RAW,
        demand=Demand("", client=exchange.caller.id, tags=exchange.caller.tags),
        headers=headers,
        verbatim=True,
        single_attempt=strict,
        verb=exchange.scope["method"],
    )


def page_of(
    route: Route, query: Iterable[tuple[str, str]], size: int, token: str = "", key: KeyId | None = None
) -> Route:
    """A page of a list as one key has it, or any."""
    page = [*query, ("pageSize", str(size)), *([("pageToken", token)] if token else [])]
    path = f"{route.path.partition('?')[0]}?{urlencode(page, safe='$,')}"
    return replace(route, path=path, demand=replace(route.demand, pinned=key), framing=Framing.WHOLE)


def with_pieces(route: Route, length: int | None) -> Route:
    """What is read from the caller can't be read again: one attempt."""
    told = ("transfer-encoding", "chunked") if length is None else ("content-length", str(length))
    return replace(route, headers=(*route.headers, told), single_attempt=True)


def with_body(route: Route, body: bytes, found: Resource) -> Route:
    headers = route.headers
    if body or route.verb not in BODYLESS:
        headers = (*headers, ("content-length", str(len(body))))
    model = _model_in(body) if found.collection in HAVE_MODELS else ""
    return replace(route, body=body, headers=headers, model=model, demand=replace(route.demand, model=model))


def check_models(caller: Principal, found: Resource, body: bytes) -> None:
    """A token with a list of models makes nothing that works with another one, or with any. Raises ModelNotFound."""
    if caller.models and found.creates and found.collection in USE_MODELS:
        asked = _read(body)
        names = (asked.model, asked.agent, asked.base_model, asked.bidi_generate_content_setup.model)
        for name in [name for name in names if name] or [""]:
            caller.check_model(name)


def _model_in(body: bytes) -> str:
    return _read(body).model.removeprefix("models/")


def _read(body: bytes) -> _Asked:
    """Empty where it can't be read."""
    try:
        return _asked.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _Asked()


def streams(found: Resource, headers: Mapping[bytes, bytes], query: str) -> bool:
    """Is the body a file's bytes? What only begins an upload is small, and may be sent again with another key."""
    if found.door is not Door.UPLOAD:
        return False
    begins = headers.get(b"x-goog-upload-command", b"").strip().lower() == b"start"
    return not begins and ("upload_id=" in query or "uploadType=resumable" not in query)
