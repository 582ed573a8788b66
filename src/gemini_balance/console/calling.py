"""Calls that an operator makes in the browser as one of the client tokens, whose secrets nobody knows any more: the
session stands for the token, and the call goes through the clients' own door."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from gemini_balance.console import paths, session
from gemini_balance.console.reader import reader_of

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from gemini_balance.console.sources import Sources

BROWSER_ONLY = frozenset(
    {b"authorization", b"cookie", b"origin", b"referer", b"x-api-key", b"x-goog-api-key", b"x-goog-api-client"}
)
"""What the browser tells the console, and what would make the door look for a token."""


class Calling:
    """`POST /console/as/<id of a token>/<path of a call>`. The guard lets only the console's own pages send it."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources

    def route(self) -> Route:
        return Route(f"{paths.AS}/{{token}}/{{path:path}}", self, methods=["POST"])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        caller = self._sources.tokens.by_id(request.path_params["token"])
        operator = session.operator_of(request, self._sources.operators)
        if operator is None or operator.must_change:
            await Response(status_code=401)(scope, receive, send)
        elif caller is None:
            words = reader_of(request, self._sources.clock.now()).words
            error = {"error": {"message": words("use.token_gone")}}
            await JSONResponse(error, 404)(scope, receive, send)
        else:
            await self._sources.call(as_client(scope, f"/{request.path_params['path']}"), receive, send, caller)


def as_client(scope: Scope, path: str) -> Scope:
    """The request as a client would have sent it to `path`, its token left out."""
    headers = [(name, value) for name, value in scope["headers"] if name not in BROWSER_ONLY]
    return {**scope, "path": path, "raw_path": path.encode(), "root_path": "", "headers": headers}
