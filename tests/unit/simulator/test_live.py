"""Live over a socket, with the protocol's own library and with Google's."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import pytest
from google import genai
from google.genai import types
from websockets.asyncio.client import ClientConnection, connect

from gemini_balance.simulator.json_types import Json
from tests.unit.simulator.client import KEY, Client
from tests.unit.simulator.google_live import (
    MODEL,
    SETUP,
    call_and_answer,
    closed,
    going_away,
    handle_of,
    interrupting,
    lost,
    resuming,
    said,
    talk,
)
from tests.unit.simulator.tls import in_tls

pytestmark = pytest.mark.anyio

METHOD = "GenerativeService.BidiGenerateContent"


def url(google: Client, method: str = METHOD, version: str = "v1beta", query: str = "") -> str:
    return f"ws://{google.host}:{google.port}/ws/google.ai.generativelanguage.{version}.{method}{query}"


@asynccontextmanager
async def connected(address: str, **headers: str) -> AsyncIterator[ClientConnection]:
    async with connect(address, additional_headers=headers) as socket:
        yield socket


@pytest.mark.parametrize("shown", ["header", "query"])
@pytest.mark.parametrize("version", ["v1beta", "v1alpha"])
async def test_a_conversation_begins_with_the_setup(google: Client, shown: str, version: str) -> None:
    query, headers = (f"?key={KEY}", {}) if shown == "query" else ("", {"x-goog-api-key": KEY})
    async with connected(url(google, version=version, query=query), **headers) as socket:
        first, *rest = await talk(socket, SETUP, said('[[sim: text="hi" events=1 thoughts=0]]'))
    assert first == {"setupComplete": {}}
    assert rest[0] == {"serverContent": {"modelTurn": {"parts": [{"text": "hi"}]}}}


@pytest.mark.parametrize(
    ("key", "messages", "code", "reason"),
    [
        ("nobody", [], 1007, "API key not valid. Please pass a valid API key."),
        ("", [], 1008, "Method doesn't allow unregistered callers"),
        ("AIzaSim-amber-1-leaked", [], 1008, "Your API key was reported as leaked."),
        ("AIzaSim-amber-1-daily", [], 1011, "You exceeded your current quota, please check your plan"),
        (KEY, [said("hi")], 1007, "setup must be the first message and only the first"),
        (KEY, [{"setup": {"model": "models/x"}}], 1008, "models/x is not found for API version v1beta, or is not"),
        (KEY, [{"setup": {"modle": "models/x"}}], 1007, 'Invalid JSON payload received. Unknown name "modle"'),
        (KEY, [SETUP, said("[[sim: fault=overload]]")], 1011, "This model is currently experiencing high demand."),
        (KEY, [SETUP, said("[[sim: nonsense=1]]")], 1007, "simulator:"),
    ],
)
async def test_what_is_wrong_closes_the_connection_with_a_reason(
    google: Client, key: str, messages: list[Json], code: int, reason: str
) -> None:
    async with connected(url(google), **{"x-goog-api-key": key}) as socket:
        told = await closed(socket, *messages)
    assert (told[0], told[1][: len(reason)]) == (code, reason)


async def test_an_ephemeral_token_opens_the_constrained_method(google: Client) -> None:
    address = url(google, method=METHOD + "Constrained", version="v1alpha")
    async with connected(address, Authorization="Token auth_tokens/Sim-amber-1") as socket:
        answers = await talk(socket, SETUP, said("hi"))
    async with connected(address, Authorization="Token auth_tokens/forged") as socket:
        refusal = await closed(socket)
    assert answers[0] == {"setupComplete": {}}
    assert refusal[0] == 1008


async def test_it_says_when_it_will_go_away(google: Client) -> None:
    async with connected(url(google), **{"x-goog-api-key": KEY}) as socket:
        told, ending = await going_away(socket)
    assert told == {"goAway": {"timeLeft": "0.1s"}}
    assert ending == (1011, "Deadline expired before operation could complete.")


async def test_a_conversation_is_resumed_by_the_same_project_only(google: Client) -> None:
    async with connected(url(google), **{"x-goog-api-key": KEY}) as socket:
        again = resuming(handle=await handle_of(socket))
    async with connected(url(google), **{"x-goog-api-key": "AIzaSim-amber-2"}) as socket:
        answers = await talk(socket, again, said("[[sim: events=1 thoughts=0 words=0]] two"))
    async with connected(url(google), **{"x-goog-api-key": "AIzaSim-basil-1"}) as socket:
        refusal = await closed(socket, again)
    assert "turn 2] two" in str(answers[1])
    assert refusal == (1008, "BidiGenerateContent session not found")


async def test_whoever_speaks_during_a_turn_interrupts_it(google: Client) -> None:
    async with connected(url(google), **{"x-goog-api-key": KEY}) as socket:
        answers = await interrupting(socket)
    assert [name for answer in answers[1:4] for name in answer["serverContent"]] == [
        "modelTurn",
        "interrupted",
        "modelTurn",
    ]
    assert "turn 2] short" in str(answers[3])


async def test_a_fault_cuts_the_connection_without_a_word(google: Client) -> None:
    async with connected(url(google), **{"x-goog-api-key": KEY}) as socket:
        await socket.send(json.dumps(SETUP))
        await socket.send(json.dumps(said("[[sim: fault=cut_after after=1]]")))
        over = await lost(socket)
    assert over.rcvd is None


async def test_the_statistics_know_who_talked(google: Client) -> None:
    async with connected(url(google), **{"x-goog-api-key": KEY}) as socket:
        await talk(socket, SETUP, said("hi"))
    for _ in range(500):
        stats = google.stats()
        if not stats["active"]:
            break
        await anyio.sleep(0.01)
    assert [stats[f"by_{name}"] for name in ("key", "model", "operation", "status", "ending")] == [
        {KEY: 1},
        {MODEL: 1},
        {"bidiGenerateContent": 1},
        {"101": 1},
        {"complete": 1},
    ]


async def test_googles_own_client_talks_and_answers_a_call(
    google: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trusted = tmp_path / "authority.pem"
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    async with in_tls(google.host, google.port, trusted) as address:
        client = genai.Client(api_key=KEY, http_options=types.HttpOptions(base_url=address))
        told = await call_and_answer(client, MODEL)
    assert told == f'[{MODEL} turn 1] get_weather returned {{"sky":"blue"}} get_weather'
