"""Live: conversations over WebSockets, with the protocol's own library and with Google's."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from websockets.exceptions import InvalidStatus

from tests.e2e.live_calls import (
    METHOD,
    MINE,
    THEIRS,
    google_client,
    heard,
    nothing_runs,
    opened,
    record,
    token_of,
    url,
)
from tests.e2e.processes import KEYS, TOKEN, GatewayProcess, gateway, stats
from tests.unit.simulator.google_live import (
    MODEL,
    SETUP,
    call_and_answer,
    closed,
    going_away,
    handle_of,
    interrupting,
    resuming,
    said,
    talk,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gemini_balance.simulator import RunningSimulator

pytestmark = pytest.mark.anyio

OTHER = THEIRS["x-goog-api-key"]
SETTINGS = {"ALLOWED_TOKENS": f"{TOKEN},{OTHER}", "TIME_OUT": "3", "MAX_FAILURES": "0", "MAX_BODY_MB": "0.1"}


@pytest.fixture(scope="module")
def running(running_google: RunningSimulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[GatewayProcess]:
    with gateway(running_google, tmp_path_factory.mktemp("live"), **SETTINGS) as process:
        yield process


@pytest.fixture
def served(google: RunningSimulator, running: GatewayProcess) -> GatewayProcess:
    return running


@pytest.mark.parametrize("house", ["", "/gemini", "/"])
@pytest.mark.parametrize("version", ["v1", "v1beta", "v1alpha"])
async def test_a_conversation_passes_both_ways_with_a_key_of_ours(
    served: GatewayProcess, house: str, version: str
) -> None:
    async with opened(url(served, version=version, house=house)) as socket:
        first, *rest = await talk(socket, SETUP, said('[[sim: text="hi" events=1 thoughts=0]]'))
        again = await talk(socket, said('[[sim: text="more" events=1 thoughts=0]]'))
    assert first == {"setupComplete": {}}
    assert rest[0] == {"serverContent": {"modelTurn": {"parts": [{"text": "hi"}]}}}
    assert again[0] == {"serverContent": {"modelTurn": {"parts": [{"text": "more"}]}}}
    [seen] = heard(served)
    assert seen["path"] == f"/ws/google.ai.generativelanguage.{version}.GenerativeService.{METHOD}"
    assert seen["key"] in KEYS
    assert TOKEN not in str(seen)
    assert seen["body"].split("\n")[0] == json.dumps(SETUP)


@pytest.mark.parametrize(
    ("headers", "query"),
    [
        ({"x-goog-api-key": TOKEN}, ""),
        ({"Authorization": f"Bearer {TOKEN}"}, ""),
        ({}, f"?key={TOKEN}"),
        ({}, f"?alt=x&key={TOKEN}"),
    ],
)
async def test_the_token_may_stand_in_several_places(
    served: GatewayProcess, headers: dict[str, str], query: str
) -> None:
    async with opened(url(served, query=query), headers) as socket:
        answers = await talk(socket, SETUP, said("hi"))
    assert answers[0] == {"setupComplete": {}}
    [seen] = heard(served)
    assert seen["query"] == ("alt=x" if "alt" in query else "")
    assert TOKEN not in served.log.read_text()


@pytest.mark.parametrize(
    ("method", "headers", "reason"),
    [
        (METHOD, {}, "No token was sent."),
        (METHOD, {"x-goog-api-key": "no"}, "This token is not one of this gateway's."),
        (METHOD, {"Authorization": "Token auth_tokens/Sim-amber-1"}, "This ephemeral token was not made through"),
        (METHOD + "Constrained", MINE, "This method takes an ephemeral token"),
    ],
)
async def test_whoever_may_not_call_is_told_so_and_google_is_not_asked(
    served: GatewayProcess, method: str, headers: dict[str, str], reason: str
) -> None:
    async with opened(url(served, method), headers) as socket:
        code, told = await closed(socket, SETUP)
    assert (code, told[: len(reason)]) == (1008, reason)
    assert heard(served) == []


async def test_other_paths_are_answered_as_http(served: GatewayProcess) -> None:
    with pytest.raises(InvalidStatus) as refused:
        await opened(url(served, "Bidi"))
    assert refused.value.response.status_code == 404
    assert refused.value.response.body is not None
    assert json.loads(refused.value.response.body)["error"]["status"] == "NOT_FOUND"


@pytest.mark.parametrize(
    ("messages", "code", "reason", "asked"),
    [
        ([said("hi")], 1007, "setup must be the first message and only the first", 0),
        (["nonsense"], 1007, "Invalid JSON payload received.", 0),
        ([{"setup": {"model": "models/../x"}}], 1008, "There is no model named '../x'.", 0),
        ([{"setup": {"modle": "models/x"}}], 1007, 'Invalid JSON payload received. Unknown name "modle"', 1),
        ([{"setup": {"model": "models/x"}}], 1008, "models/x is not found for API version v1beta, or is not", 1),
        ([SETUP, SETUP], 1007, "setup must be the first message and only the first", 1),
        ([SETUP, said("[[sim: fault=overload]]")], 1011, "This model is currently experiencing high demand.", 1),
    ],
)
async def test_what_google_has_to_say_against_a_request_closes_the_conversation(
    served: GatewayProcess, messages: list[Any], code: int, reason: str, asked: int
) -> None:
    async with opened(url(served)) as socket:
        told = await closed(socket, *messages)
    assert (told[0], told[1][: len(reason)]) == (code, reason)
    assert len(heard(served)) == asked


async def test_a_tool_is_called_and_answered_through_googles_own_client(
    served: GatewayProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with google_client(served, TOKEN, tmp_path, monkeypatch) as client:
        told = await call_and_answer(client, MODEL)
    assert told == f'[{MODEL} turn 1] get_weather returned {{"sky":"blue"}} get_weather'


async def test_an_ephemeral_token_opens_a_conversation_with_its_key(
    served: GatewayProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = token_of(served, THEIRS)
    async with google_client(served, token, tmp_path, monkeypatch) as client:
        with pytest.warns(Warning, match="ephemeral token support is experimental"):
            await call_and_answer(client, MODEL)
    [seen] = heard(served)
    assert (seen["path"].rpartition(".")[2], seen["key"] in KEYS) == (METHOD + "Constrained", True)
    shown = {name.lower(): value for name, value in seen["headers"]}
    assert (shown["authorization"], "x-goog-api-key" in shown) == (f"Token {token}", False)
    assert token not in served.log.read_text()


async def test_a_browser_shows_its_ephemeral_token_in_the_query(served: GatewayProcess) -> None:
    token = token_of(served)
    address = url(served, METHOD + "Constrained", "v1alpha", query=f"?access_token={token}")
    async with opened(address, {}) as socket:
        assert (await talk(socket, SETUP, said("hi")))[0] == {"setupComplete": {}}
    assert heard(served)[0]["query"] == ""


async def test_an_interruption_reaches_google_in_the_middle_of_a_turn(served: GatewayProcess) -> None:
    async with opened(url(served)) as socket:
        answers = await interrupting(socket)
    assert [name for answer in answers[1:4] for name in answer["serverContent"]] == [
        "modelTurn",
        "interrupted",
        "modelTurn",
    ]


async def test_going_away_is_passed_on_and_no_failure(served: GatewayProcess) -> None:
    async with opened(url(served)) as socket:
        told, ending = await going_away(socket)
    assert told == {"goAway": {"timeLeft": "0.1s"}}
    assert ending == (1011, "Deadline expired before operation could complete.")
    line = await record(served, socket)
    assert (line["ending"], line["attempts"][0]["cause"], line["usage"]["total"] > 0) == ("whole", "answered", True)


async def test_a_cut_is_told_and_not_silent(served: GatewayProcess) -> None:
    async with opened(url(served)) as socket:
        told = await closed(socket, SETUP, said("[[sim: fault=cut_after after=1]]"))
    assert told == (1011, "The connection to Google was lost.")


async def test_a_client_that_leaves_ends_the_conversation_at_google(served: GatewayProcess) -> None:
    async with opened(url(served)) as socket:
        await talk(socket, SETUP, said("hi"))
        await socket.close(1000, "bye")
    await nothing_runs(served)
    assert stats(served.google)["by_ending"] == {"complete": 1}


async def test_a_client_that_vanishes_ends_the_conversation_at_google(served: GatewayProcess) -> None:
    async with opened(url(served)) as socket:
        await socket.send(json.dumps(SETUP))
        await socket.send(json.dumps(said("[[sim: pace_ms=300 events=50 thoughts=0]] long")))
        await socket.recv()
        socket.transport.abort()
    await nothing_runs(served)


async def test_a_session_is_resumed_with_its_key_by_its_owner_only(served: GatewayProcess) -> None:
    async with opened(url(served)) as socket:
        again = resuming(handle=await handle_of(socket))
    for _ in range(3):
        async with opened(url(served)) as socket:
            answers = await talk(socket, again, said("[[sim: events=1 thoughts=0 words=0]] two"))
        assert "turn 2] two" in str(answers[1])
    async with opened(url(served), THEIRS) as socket:
        refused = await closed(socket, again)
    assert refused == (1008, "The session of this handle was not found, or it is not this token's.")
    assert len({request["key"] for request in heard(served)}) == 1


async def test_too_long_a_message_ends_it(served: GatewayProcess) -> None:
    async with opened(url(served)) as socket:
        await talk(socket, SETUP, said("hi"))
        code, _ = await closed(socket, said("x" * 200_000))
    assert code == 1009
    await nothing_runs(served)
