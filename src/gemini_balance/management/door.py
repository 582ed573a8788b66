"""The ASGI callable under /api/admin: from a request to its answer."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route, Router

from gemini_balance.core.errors import GatewayError, MethodNotAllowed, NotFound
from gemini_balance.management.answers import failure, reply
from gemini_balance.management.endpoint import PREFIX, Asked
from gemini_balance.management.entering import admitted, origin_of, renewal
from gemini_balance.management.reading import body_of, query_of
from gemini_balance.management.table import ENDPOINTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from starlette.types import Receive, Scope, Send

    from gemini_balance.management.cases import UseCases
    from gemini_balance.management.endpoint import Row

log = logging.getLogger(__name__)
CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """What proxies in front say, as far as they are believed."""

    own: Callable[[Scope, Mapping[bytes, bytes]], str]  # our address as clients see it, without a slash at the end
    client: Callable[[Scope, Mapping[bytes, bytes]], str]  # the caller's


class Management:
    """The whole API. A path that it has not, and a method that a path has not, are told to anybody: they are in the
    documents. Everything else is denied unless an endpoint's access allows it."""

    def __init__(self, cases: UseCases, whereabouts: Whereabouts) -> None:
        self.cases = cases
        self.routes = routes(cases, whereabouts)
        self._router = Router(self.routes, redirect_slashes=False, default=_nothing)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._router(scope, receive, send)


def routes(cases: UseCases, whereabouts: Whereabouts, endpoints: Iterable[Row] = ENDPOINTS) -> list[Route]:
    """One for each path; fixed segments go before those that take any word."""
    paths: dict[str, dict[str, Row]] = {}
    for endpoint in endpoints:
        paths.setdefault(endpoint.path, {})[endpoint.method] = endpoint
    fixed_first = sorted(paths, key=lambda path: path.replace("{", "\x7f"))
    return [Route(PREFIX + path, _Place(paths[path], cases, whereabouts)) for path in fixed_first]


@dataclass(frozen=True, slots=True)
class _Place:
    """One path."""

    endpoints: Mapping[str, Row]
    cases: UseCases
    whereabouts: Whereabouts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._answer(Request(scope, receive))
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        try:
            endpoint = self._endpoint(request)
            result = await endpoint.handler(self.cases, await self._asked(endpoint, request))
            return reply(endpoint, result, renewal(request, self.cases.operators))
        except GatewayError as error:
            return failure(error)
        except ClientDisconnect:
            return Response(b"", 400)  # nobody reads it
        except Exception:
            log.exception("%s %s failed in a way nobody foresaw", request.method, request.url.path)
            return failure(GatewayError("The gateway failed; its log says more."))

    def _endpoint(self, request: Request) -> Row:
        endpoint = self.endpoints.get(request.method)
        if endpoint is None:
            allowed = tuple(self.endpoints)
            raise MethodNotAllowed(f"This path takes {' or '.join(allowed)}, not {request.method[:20]}.", allowed)
        return endpoint

    async def _asked(self, endpoint: Row, request: Request) -> Asked[Any, Any]:
        headers = dict(request.scope["headers"])
        own, client = self.whereabouts.own(request.scope, headers), self.whereabouts.client(request.scope, headers)
        who = admitted(endpoint, request, self.cases.operators, own, client)
        if any(CONTROL.search(word) for word in request.path_params.values()):
            raise NotFound("There is nothing of such a name.")
        query = query_of(endpoint, request)
        return Asked(who, request.path_params, await body_of(endpoint, request), query, client, origin_of(request, own))


async def _nothing(scope: Scope, receive: Receive, send: Send) -> None:
    error = NotFound(f"There is nothing at {scope['path'][:200]}. {PREFIX}/openapi.json lists what there is.")
    await failure(error)(scope, receive, send)
