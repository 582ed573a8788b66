"""From a request's bytes to what an endpoint takes, strictly: what is not understood is an error that names it."""

from __future__ import annotations

import asyncio
import re
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import parse_qsl

import msgspec

from gemini_balance.core.errors import BadRequest, BodyStalled, TooLarge, UnsupportedMediaType
from gemini_balance.management.endpoint import JSON

if TYPE_CHECKING:
    from starlette.requests import Request

    from gemini_balance.management.endpoint import Endpoint

IDLE_SECONDS = 30.0
MOST_FIELDS = 100
UNREADABLE = (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError, RecursionError)
_UNKNOWN = re.compile(r"unknown field `([^`]*)`|missing required field `([^`]*)`")
_PLACE = re.compile(r" - at `(?:key in )?\$?\.?([^`]*)`$")

StructT = TypeVar("StructT", bound=msgspec.Struct)


async def body_of(endpoint: Endpoint[StructT, Any], request: Request) -> StructT:
    """Raises BadRequest, TooLarge, UnsupportedMediaType, BodyStalled, and Starlette's ClientDisconnect."""
    if not endpoint.takes_body:
        return endpoint.body()
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != JSON:
        raise UnsupportedMediaType(f"Send the body as {JSON}, with a Content-Type header that says so.")
    return decoded(await _whole(request, endpoint.largest), endpoint.body)


def query_of(endpoint: Endpoint[Any, StructT], request: Request) -> StructT:
    """Raises BadRequest."""
    given = request.scope["query_string"].decode("latin-1")
    try:
        pairs = parse_qsl(given, keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise BadRequest("The query has too many fields.") from error
    lists = _lists(endpoint.query)
    values: dict[str, Any] = {}
    for name, value in pairs:
        if name in lists:
            values.setdefault(name, []).append(value)
        elif name in values:
            raise BadRequest(f"{name[:100]} is given twice.", param=name[:100])
        else:
            values[name] = value
    try:
        return msgspec.convert(values, endpoint.query, strict=False)
    except msgspec.ValidationError as error:
        raise _wrong("query", str(error)) from None


def decoded(body: bytes, kind: type[StructT]) -> StructT:
    """Raises BadRequest, whose `param` is the field that is wrong."""
    try:
        return msgspec.json.decode(body, type=kind)
    except UNREADABLE as error:
        raise _wrong("body", str(error)) from None


def _wrong(part: str, message: str) -> BadRequest:
    place = _PLACE.search(message)
    name = _UNKNOWN.search(message)
    inside = place[1] if place else ""
    field = (name[1] or name[2]) if name else ""
    param = ".".join(one for one in (inside, field) if one)
    return BadRequest(f"The {part} can't be taken: {_PLACE.sub('', message)}.", param=param or None)


@cache
def _lists(query: type[msgspec.Struct]) -> frozenset[str]:
    """Names of fields that may be given several times."""
    return frozenset(field.encode_name for field in msgspec.structs.fields(query) if _is_list(field.type))


def _is_list(kind: object) -> bool:
    told = msgspec.inspect.type_info(kind)
    bare = told.type if isinstance(told, msgspec.inspect.Metadata) else told
    return isinstance(bare, msgspec.inspect.VarTupleType)


async def _whole(request: Request, limit: int) -> bytes:
    length = request.headers.get("content-length", "0")
    if not length.isdecimal() or len(length) > len(str(limit)) or int(length) > limit:
        raise _too_large(limit)
    body = bytearray()
    pieces = request.stream()
    while True:
        try:
            async with asyncio.timeout(IDLE_SECONDS):
                body += await anext(pieces)
        except StopAsyncIteration:
            return bytes(body)
        except TimeoutError as error:
            raise BodyStalled("The request stopped in the middle.") from error
        if len(body) > limit:
            raise _too_large(limit)


def _too_large(limit: int) -> TooLarge:
    return TooLarge(f"The request body is larger than {limit / 1_000_000:g} MB.")
