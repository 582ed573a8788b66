"""From what an endpoint gives to bytes: JSON, server-sent events, and errors."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

import msgspec
from starlette.responses import Response, StreamingResponse

from gemini_balance.core.errors import (
    BadRequest,
    BodyStalled,
    Conflict,
    Forbidden,
    GatewayError,
    MethodNotAllowed,
    NotFound,
    NotSignedIn,
    TooLarge,
    TooManyAttempts,
    UnsupportedMediaType,
)
from gemini_balance.management.endpoint import EVENTS, JSON, Events, File, WithCookies

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from gemini_balance.management.endpoint import Row

HEADERS = {
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "same-origin",
    "content-security-policy": "sandbox; default-src 'none'",
    "referrer-policy": "no-referrer",
}
CODES: dict[type[GatewayError], str] = {NotSignedIn: "not_signed_in"}
"""Where the word that a client's library knows would mislead: nobody sent an API key here."""
MEANINGS: dict[type[GatewayError], str] = {
    BadRequest: "Something asked for can't be taken; `param` names the field.",
    NotSignedIn: "Neither the operator's token nor a session that has not ended; or a wrong password.",
    Forbidden: "The request comes from a page of another site, or the password of the first start must be changed.",
    NotFound: "There is nothing of this name.",
    MethodNotAllowed: "The path takes other methods, which `Allow` lists.",
    BodyStalled: "The request stopped in the middle.",
    Conflict: "What is there already, or has changed since, stands against it.",
    TooLarge: "The body is larger than 1 MB, or where keys are imported than 20 MB.",
    UnsupportedMediaType: "The body is not `application/json`.",
    TooManyAttempts: "Too many wrong passwords; `Retry-After` tells the seconds until the next one is looked at.",
}
"""What errors mean at this door."""


class Problem(msgspec.Struct, frozen=True):
    """What went wrong."""

    code: str
    message: str
    param: str | None


class Failed(msgspec.Struct, frozen=True):
    """Every error has this form."""

    error: Problem


def reply(endpoint: Row, result: object, renewed: str) -> Response:
    """`result`: what the endpoint's row says, or None, perhaps with cookies, which go before the one of a session that
    goes on; or events, or a file."""
    match result:
        case WithCookies(value, cookies):
            response = _body(endpoint, value)
        case _:
            response, cookies = _body(endpoint, result), (renewed,) if renewed else ()
    for cookie in cookies:
        response.headers.append("set-cookie", cookie)
    return response


def _body(endpoint: Row, result: object) -> Response:
    if isinstance(result, Events):
        return StreamingResponse(_framed(result.values), 200, HEADERS | {"x-accel-buffering": "no"}, EVENTS)
    if isinstance(result, File):
        about = {"content-disposition": f'attachment; filename="{result.name}"', "content-length": str(result.size)}
        return StreamingResponse(result.pieces, endpoint.status, HEADERS | about, endpoint.kind)
    if endpoint.answer is None:
        return Response(b"", 204, HEADERS)
    return Response(msgspec.json.encode(result), endpoint.status, HEADERS, JSON)


def failure(error: GatewayError) -> Response:
    code = CODES.get(type(error), error.code)
    body = msgspec.json.encode(Failed(Problem(code, error.message, error.param)))
    return Response(body, error.status, HEADERS | _headers(error), JSON)


def _headers(error: GatewayError) -> dict[str, str]:
    match error:
        case MethodNotAllowed():
            return {"allow": ", ".join(error.allowed)}
        case NotSignedIn():
            return {"www-authenticate": "Bearer"}
        case BodyStalled() | TooLarge():
            return {"connection": "close"}  # what is left of the body would be taken for a request
        case _ if (after := getattr(error, "retry_after", None)) is not None:
            return {"retry-after": str(max(1, ceil(after)))}
        case _:
            return {}


async def _framed(values: AsyncIterator[msgspec.Struct]) -> AsyncIterator[bytes]:
    async for value in values:
        yield b"data: " + msgspec.json.encode(value) + b"\n\n"
