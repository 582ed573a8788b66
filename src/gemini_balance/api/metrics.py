"""`/metrics`, for those who may read it."""

from __future__ import annotations

import hmac
from math import ceil
from typing import TYPE_CHECKING, Protocol

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from gemini_balance.core.bearer import token_in
from gemini_balance.core.errors import NotSignedIn, TooManyAttempts

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

    from gemini_balance.core.errors import GatewayError
    from gemini_balance.gateway.accounts import Operator

CLOSED = "Send `Authorization: Bearer TOKEN` with METRICS_TOKEN or the operator's token, or set METRICS_OPEN."
HEADERS = {"cache-control": "no-store"}


class Exposition(Protocol):
    async def __call__(self, accept: str) -> tuple[bytes, str]:
        """The text, and its content type. `accept`: the header, which says in which form."""


class Readers:
    """Who may read metrics: whoever has the token for them, the operator, and everybody while that is wished."""

    def __init__(
        self,
        token: str,
        operator: Callable[[bytes, str], Operator | None],
        client: Callable[[Request], str],
        is_open: Callable[[], bool],
    ) -> None:
        """`token`: empty for none. `operator`: whose a token is, if shown from that address; who must change the
        password first may do nothing else. It may raise TooManyAttempts, as guessing one must not be easier here than
        elsewhere. `client`: who asks."""
        self._token, self._operator, self._client, self._is_open = token.encode(), operator, client, is_open

    def check(self, request: Request) -> None:
        """Raises NotSignedIn, TooManyAttempts."""
        if self._is_open():
            return
        token = token_in(request.headers.get("authorization", "").encode("latin-1"))
        if self._token and hmac.compare_digest(token, self._token):
            return
        who = self._operator(token, self._client(request)) if token else None
        if who is None or who.must_change:
            raise NotSignedIn(CLOSED)


def metrics_route(exposition: Exposition, readers: Readers) -> Route:
    async def metrics(request: Request) -> Response:
        try:
            readers.check(request)
        except (NotSignedIn, TooManyAttempts) as error:
            return _refusal(error)
        text, kind = await exposition(request.headers.get("accept", ""))
        return Response(text, 200, HEADERS | {"content-type": kind})

    return Route("/metrics", metrics)


def _refusal(error: GatewayError) -> Response:
    said = {"code": error.code, "message": error.message, "param": None}
    wait = {"retry-after": str(ceil(error.retry_after))} if isinstance(error, TooManyAttempts) else {}
    asked = {"www-authenticate": "Bearer"} if isinstance(error, NotSignedIn) else {}
    return JSONResponse({"error": said}, error.status, HEADERS | wait | asked)
