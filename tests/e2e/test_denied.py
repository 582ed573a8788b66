"""Every route of the whole gateway denies whoever shows nothing, save those that are listed here."""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from gemini_balance.api.routes import DOORS, EXAMPLES, PREFIXES
from gemini_balance.app import App, build
from gemini_balance.console import paths
from gemini_balance.core.gemini.surface import COLLECTIONS
from gemini_balance.settings import load
from tests.e2e.live_calls import opened, url
from tests.e2e.processes import requests

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.routing import Route

    from tests.e2e.processes import Answer, GatewayProcess

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD")
OPEN = {
    "GET /",
    "HEAD /",
    *(f"{method} /health{kind}" for method in ("GET", "HEAD") for kind in ("", "/live", "/ready")),
    *(f"{method} {paths.SIGN_IN}" for method in ("GET", "HEAD")),
    f"POST {paths.LOOK}",
}
"""What anybody may see, beside the console's own style and script. Signing in answers 2xx to the right password alone,
a picture's address to its signature."""
NO_DOORS = {"life", "shutdown_timeout", "options", "remembered", "watched", "keys"}
"""What else the app holds."""
SOME_JSON = {"content-type": "application/json"}
DENIALS = range(400, 500)


def app() -> App:
    return build(*load({"ACCESS_LOG": "false"}))


def starlette_routes() -> Iterator[str]:
    whole = app()
    routes: list[Route] = [*whole.pages.routes, *whole.management.routes, *whole.console.routes]  # type: ignore[list-item]  # no other kind
    yield from (re.sub(r"{\w+(:path)?}", "anything", route.path) for route in routes)


def client_routes() -> Iterator[str]:
    yield from (example.replace("MODEL", "gemini-2.5-flash") for example in EXAMPLES)
    for prefix in PREFIXES:
        yield from (f"{prefix}/{collection}" for collection in COLLECTIONS)
        yield from (f"{prefix}/{collection}/anything" for collection in COLLECTIONS)
    yield from (f"{door}/files" for door in DOORS)
    yield from (f"{door}/files/anything:download" for door in DOORS)


ROUTES = [*starlette_routes(), *client_routes()]


def test_the_list_of_doors_is_whole() -> None:
    """A door that is new needs its routes above."""
    doors = {field.name for field in dataclasses.fields(App)} - NO_DOORS
    assert doors == {"door", "live", "pages", "management", "console"}


def test_every_route_denies_by_default(served: GatewayProcess) -> None:
    answers = {
        f"{method} {path}": served.request(method, path, b"{}", SOME_JSON) for path in ROUTES for method in METHODS
    }
    let_in = {route for route, answer in answers.items() if not _denies(answer)}
    assert let_in == OPEN
    assert len(answers) > 1000
    assert requests(served.google) == []


def _denies(answer: Answer) -> bool:
    """The console leads a browser to its door."""
    return answer.status in DENIALS or answer.headers.get("location", "").startswith(paths.SIGN_IN)


def test_a_client_token_opens_nothing_of_the_management(served: GatewayProcess) -> None:
    token = {"authorization": "Bearer sk-test-token"}
    paths = [path for path in starlette_routes() if path.startswith("/api/admin")]
    assert len(paths) > 1
    told = {path: served.request("GET", path, headers=token).status for path in paths}
    assert {path: status for path, status in told.items() if status not in {401, 405, 429}} == {}


@pytest.mark.anyio
@pytest.mark.parametrize("house", ["", "/gemini"])
async def test_a_conversation_is_denied_too(served: GatewayProcess, house: str) -> None:
    with pytest.raises((ConnectionClosed, InvalidStatus)):
        await _converse(url(served, house=house))
    assert requests(served.google) == []


async def _converse(address: str) -> None:
    async with opened(address, {}) as socket:
        await socket.send('{"setup": {"model": "models/gemini-2.5-flash"}}')
        await socket.recv()
