"""A gateway whose operator made tokens of all kinds before it started."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from gemini_balance.gateway.token_rows import Terms
from gemini_balance.gateway.tokens import TokenBook
from gemini_balance.storage.database import Database
from tests.contract.databases import SECRET_KEY
from tests.e2e.processes import GatewayProcess, gateway
from tests.unit.gateway.stage import Hands

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gemini_balance.simulator import RunningSimulator

ALLOWED, DENIED = "gemini-2.5-flash", "gemini-2.5-pro"
KINDS = {
    "plain": Terms(),
    "per minute": Terms(rpm=2),
    "per minute too": Terms(rpm=2),
    "per minute, live": Terms(rpm=1),
    "per minute, files": Terms(rpm=1),
    "per day": Terms(tokens_per_day=1),
    "per day too": Terms(tokens_per_day=1),
    "per day, streamed": Terms(tokens_per_day=1),
    "per day, embedded": Terms(tokens_per_day=1),
    "per day, interacting": Terms(tokens_per_day=1),
    "per day, interacting in a stream": Terms(tokens_per_day=1),
    "per day, live": Terms(tokens_per_day=1),
    "one model": Terms(models=frozenset({ALLOWED})),
    "a retired one": Terms(models=frozenset({"gemini-pro-latest", "text-embedding-004"})),
    "tagged": Terms(tags=frozenset({"no key has this"})),
    "off": Terms(),
    "expired": Terms(expires=time.time() - 60),
}


@dataclass(frozen=True)
class Served:
    """A gateway, and its tokens by their kinds."""

    gateway: GatewayProcess
    tokens: dict[str, str]


@pytest.fixture(scope="session")
def running_served(running_google: RunningSimulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("tokens")
    tokens = asyncio.run(_made(folder))
    vertex = {
        "VERTEX_API_KEYS": "AQ.Sim-vera-1",
        "VERTEX_EXPRESS_BASE_URL": f"{running_google.url}/v1/publishers/google",
    }
    with gateway(
        running_google, folder, SEARCH_MODELS=f"{ALLOWED},{DENIED}", SECRET_KEY=SECRET_KEY, MAX_FAILURES="0", **vertex
    ) as process:
        yield Served(process, tokens)


@pytest.fixture
def made(google: RunningSimulator, running_served: Served) -> Served:
    return running_served


async def _made(folder: Path) -> dict[str, str]:
    database = Database("", folder / "data", SECRET_KEY)
    clock = Hands(time.time() - 3600)  # or one that expired could not be made
    book = TokenBook(database.tokens, database.vault.secrets.pepper, clock)
    tokens = {}
    for kind, terms in KINDS.items():
        token, tokens[kind] = await book.make(replace(terms, name=kind), "operator")
        if kind == "off":
            await book.disable(token.id, "operator")
    await database.close()
    return tokens
