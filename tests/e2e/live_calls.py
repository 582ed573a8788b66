"""Conversations as clients have them, and what the fake Google and the journal know of them."""

from __future__ import annotations

import asyncio
import json
import urllib.request
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any

from google import genai
from google.genai import types
from websockets.asyncio.client import ClientConnection, connect

from tests.e2e.processes import TOKEN, GatewayProcess, control, gateway, stats
from tests.unit.simulator.google_live import SETUP, said, talk
from tests.unit.simulator.tls import in_tls

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    import pytest

    from gemini_balance.simulator import RunningSimulator

OTHER = "sk-other-token"
METHOD = "BidiGenerateContent"
MINE, THEIRS = {"x-goog-api-key": TOKEN}, {"x-goog-api-key": OTHER}


def url(served: GatewayProcess, method: str = METHOD, version: str = "v1beta", house: str = "", query: str = "") -> str:
    service = f"google.ai.generativelanguage.{version}.GenerativeService.{method}"
    return f"ws://127.0.0.1:{served.port}{house}/ws/{service}{query}"


def opened(address: str, headers: dict[str, str] | None = None) -> connect:
    return connect(address, additional_headers=MINE if headers is None else headers, proxy=None)


def heard(served: GatewayProcess) -> list[Any]:
    """What the fake Google saw of conversations, oldest first."""
    with urllib.request.urlopen(f"{served.google.url}/__requests", timeout=10) as reply:
        return [request for request in json.load(reply) if request["method"] == "WS"]


async def record(served: GatewayProcess, socket: ClientConnection) -> Any:
    """The journal's line of this conversation."""
    assert socket.response is not None
    wanted = f'"id":"{socket.response.headers["x-request-id"]}"'
    for _ in range(200):
        lines = [line for line in served.log.read_text().splitlines() if wanted in line]
        if lines:
            return json.loads(lines[0])
        await asyncio.sleep(0.02)
    raise AssertionError(served.log.read_text())


async def nothing_runs(served: GatewayProcess) -> None:
    for _ in range(200):
        if not stats(served.google)["active"]:
            return
        await asyncio.sleep(0.02)
    raise AssertionError(stats(served.google))


@asynccontextmanager
async def google_client(
    served: GatewayProcess, token: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[genai.Client]:
    """Google's own, which speaks TLS only."""
    trusted = folder / "authority.pem"
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    async with in_tls("127.0.0.1", served.port, trusted) as address:
        version = "v1alpha" if token.startswith("auth_tokens/") else "v1beta"
        yield genai.Client(api_key=token, http_options=types.HttpOptions(base_url=address, api_version=version))


@contextmanager
def failing(google: RunningSimulator, folder: Path, error: str, *projects: str) -> Iterator[GatewayProcess]:
    """A gateway whose keys were well when it started; those of `projects` fail from now on."""
    with gateway(google, folder, PATIENCE="0", TIME_OUT="3") as served:
        assert served.request("GET", "/v1beta/models", None, MINE).status == 200
        control(google, projects={name: {"error": error} for name in projects})
        yield served


def token_of(served: GatewayProcess, headers: dict[str, str] | None = None) -> str:
    answer = served.request("POST", "/v1alpha/auth_tokens", b"{}", headers or MINE)
    assert answer.status == 200, answer.body
    name = answer.json["name"]
    assert isinstance(name, str)
    assert name.startswith("auth_tokens/")
    return name


async def begun(served: GatewayProcess, house: str = "") -> Any:
    async with opened(url(served, house=house)) as socket:
        return (await talk(socket, SETUP, said("hi")))[0]
