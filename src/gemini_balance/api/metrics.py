"""`/metrics`, for those who may read it."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Protocol

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from starlette.requests import Request

CLOSED = "Send `Authorization: Bearer TOKEN` with METRICS_TOKEN or the operator's token, or set METRICS_OPEN."
HEADERS = {"cache-control": "no-store"}


class Exposition(Protocol):
    async def __call__(self, accept: str) -> tuple[bytes, str]:
        """The text, and its content type. `accept`: the header, which says in which form."""


def metrics_route(exposition: Exposition, tokens: Iterable[str], is_open: Callable[[], bool]) -> Route:
    """`tokens`: those that open it; without any of them it is closed, unless `is_open`."""
    known = [token.encode() for token in tokens if token]

    async def metrics(request: Request) -> Response:
        if not is_open() and not _admitted(request, known):
            error = {"code": "invalid_api_key", "message": CLOSED, "param": None}
            return JSONResponse({"error": error}, 401, HEADERS | {"www-authenticate": "Bearer"})
        text, kind = await exposition(request.headers.get("accept", ""))
        return Response(text, 200, HEADERS | {"content-type": kind})

    return Route("/metrics", metrics)


def _admitted(request: Request, known: list[bytes]) -> bool:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    given = token.strip().encode("latin-1")
    return scheme.lower() == "bearer" and any(hmac.compare_digest(given, one) for one in known)
