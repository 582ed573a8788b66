"""Live: conversations over WebSockets, with the protocol's own library and with Google's."""

from __future__ import annotations

import asyncio
import json
import signal
import urllib.request
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import TYPE_CHECKING, Any

import pytest
from google import genai
from google.genai import types
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.e2e.processes import KEYS, TOKEN, GatewayProcess, control, gateway, stats
from tests.unit.simulator.tls import in_tls

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from gemini_balance.simulator import RunningSimulator

pytestmark = pytest.mark.anyio

MODEL = "gemini-3.8-live"
OTHER = "sk-other-token"
SETUP = {"setup": {"model": f"models/{MODEL}", "generationConfig": {"responseModalities": ["TEXT"]}}}
METHOD = "BidiGenerateContent"
MINE, THEIRS = {"x-goog-api-key": TOKEN}, {"x-goog-api-key": OTHER}
SETTINGS = {"ALLOWED_TOKENS": f"{TOKEN},{OTHER}", "TIME_OUT": "3", "MAX_FAILURES": "0", "MAX_BODY_MB": "0.1"}


@pytest.fixture(scope="module")
def running(running_google: RunningSimulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[GatewayProcess]:
    with gateway(running_google, tmp_path_factory.mktemp("live"), **SETTINGS) as process:
        yield process


@pytest.fixture
def served(google: RunningSimulator, running: GatewayProcess) -> GatewayProcess:
    return running


def url(served: GatewayProcess, method: str = METHOD, version: str = "v1beta", house: str = "", query: str = "") -> str:
    service = f"google.ai.generativelanguage.{version}.GenerativeService.{method}"
    return f"ws://127.0.0.1:{served.port}{house}/ws/{service}{query}"


def opened(address: str, headers: dict[str, str] | None = None) -> connect:
    return connect(address, additional_headers=MINE if headers is None else headers, proxy=None)


def said(text: str) -> dict[str, Any]:
    return {"clientContent": {"turns": [{"role": "user", "parts": [{"text": text}]}], "turnComplete": True}}


async def talk(socket: ClientConnection, *messages: Any) -> list[Any]:
    for message in messages:
        await socket.send(json.dumps(message))
    answers = []
    async for data in socket:
        assert isinstance(data, bytes)  # as Google sends them
        answers.append(json.loads(data))
        if "turnComplete" in str(answers[-1]):
            break
    return answers


async def closed(socket: ClientConnection, *messages: Any) -> tuple[int, str]:
    with suppress(ConnectionClosed):
        for message in messages:
            await socket.send(json.dumps(message))
    with pytest.raises(ConnectionClosed) as over:
        await asyncio.wait_for(_drained(socket), 20)
    assert over.value.rcvd is not None
    return over.value.rcvd.code, over.value.rcvd.reason


async def _drained(socket: ClientConnection) -> None:
    while True:
        await socket.recv()


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


async def _nothing_runs(served: GatewayProcess) -> None:
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


async def _call_and_answer(client: genai.Client) -> str:
    weather = types.FunctionDeclaration(name="get_weather", parameters=types.Schema(type=types.Type.OBJECT))
    config = types.LiveConnectConfig(
        response_modalities=[types.Modality.TEXT], tools=[types.Tool(function_declarations=[weather])]
    )
    texts: list[str] = []
    async with client.aio.live.connect(model=MODEL, config=config) as session:
        turn = types.Content(role="user", parts=[types.Part(text="get_weather [[sim: words=0 thoughts=0]]")])
        await session.send_client_content(turns=turn)
        async for message in session.receive():
            texts.append(message.text or "")
            calls = message.tool_call.function_calls if message.tool_call else None
            if calls:
                done = types.FunctionResponse(id=calls[0].id, name=calls[0].name, response={"sky": "blue"})
                await session.send_tool_response(function_responses=[done])
    return "".join(texts)


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


async def begun(served: GatewayProcess, house: str = "") -> Any:
    async with opened(url(served, house=house)) as socket:
        return (await talk(socket, SETUP, said("hi")))[0]


@pytest.mark.parametrize("error", ["leaked", "key_invalid", "rpd", "suspended"])
async def test_a_key_that_fails_is_replaced_before_the_conversation_begins(
    google: RunningSimulator, tmp_path: Path, error: str
) -> None:
    with failing(google, tmp_path, error, "amber", "basil") as served:
        answers = [await begun(served) for _ in range(4)]
        asked = [request["key"] for request in heard(served)]
    assert answers == [{"setupComplete": {}}] * 4
    assert sorted(asked)[-4:] == ["AIzaSim-cedar-1"] * 4
    assert len(asked) == len(set(asked)) + 3  # those that failed are not asked again


async def test_strict_asks_one_key_and_hides_what_is_said_about_it(google: RunningSimulator, tmp_path: Path) -> None:
    with failing(google, tmp_path, "leaked", "amber", "basil", "cedar") as served:
        async with opened(url(served, house="/gemini")) as socket:
            code, reason = await closed(socket, SETUP)
        asked = len(heard(served))
    assert (code, reason[:32], asked) == (1011, "No API key of this gateway is us", 1)


async def test_a_quota_that_is_spent_everywhere_is_told(google: RunningSimulator, tmp_path: Path) -> None:
    with failing(google, tmp_path, "rpd", "amber", "basil", "cedar") as served:
        async with opened(url(served, house="/gemini")) as socket:
            strict = await closed(socket, SETUP)
        async with opened(url(served)) as socket:
            told = await closed(socket, SETUP)
        asked = [request["key"] for request in heard(served)]
    assert [strict[0], told[0]] == [1011, 1011]
    assert strict[1].startswith("You exceeded your current quota")
    assert told[1].startswith(f"Every key that may use {MODEL} rests for its quota.")
    assert sorted(asked) == sorted(KEYS)


async def test_a_quota_that_ends_in_the_middle_lets_the_key_rest(google: RunningSimulator, tmp_path: Path) -> None:
    with gateway(google, tmp_path, API_KEYS=KEYS[0], PATIENCE="0") as served:
        async with opened(url(served)) as socket:
            told = await closed(socket, SETUP, said("[[sim: fault=rpd]]"))
        line = await record(served, socket)
        async with opened(url(served)) as socket:
            again = await closed(socket, SETUP)
        assert len(heard(served)) == 1
    assert (told[0], told[1][:31], again[0]) == (1011, "You exceeded your current quota", 1011)
    assert (line["status"], line["attempts"][0]["status"], line["attempts"][0]["until"] > 0) == (101, 429, True)


async def test_a_tool_is_called_and_answered_through_googles_own_client(
    served: GatewayProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with google_client(served, TOKEN, tmp_path, monkeypatch) as client:
        told = await _call_and_answer(client)
    assert told == f'[{MODEL} turn 1] get_weather returned {{"sky":"blue"}} get_weather'


async def test_an_ephemeral_token_opens_a_conversation_with_its_key(
    served: GatewayProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = token_of(served, THEIRS)
    async with google_client(served, token, tmp_path, monkeypatch) as client:
        with pytest.warns(Warning, match="ephemeral token support is experimental"):
            await _call_and_answer(client)
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


async def test_music_is_asked_for_under_its_own_name(google: RunningSimulator, tmp_path: Path) -> None:
    with gateway(google, tmp_path) as served:
        async with opened(url(served, "BidiGenerateMusic", house="/gemini")) as socket:
            code, _ = await closed(socket, {"setup": {"model": "models/lyria-3.5"}})
        [seen] = heard(served)
    assert (seen["path"].rpartition(".")[2], code) == ("BidiGenerateMusic", 1011)  # the fake Google plays none


async def test_an_interruption_reaches_google_in_the_middle_of_a_turn(served: GatewayProcess) -> None:
    sound = {"realtimeInput": {"audio": {"mimeType": "audio/pcm", "data": "AAAA"}}}
    async with opened(url(served)) as socket:
        await socket.send(json.dumps(SETUP))
        await socket.send(json.dumps(said("[[sim: pace_ms=200 events=2 thoughts=0]] long")))
        answers = [json.loads(await socket.recv()) for _ in range(2)]
        answers += await talk(socket, sound, said("[[sim: words=0 events=1 thoughts=0]] short"))
    assert [name for answer in answers[1:4] for name in answer["serverContent"]] == [
        "modelTurn",
        "interrupted",
        "modelTurn",
    ]


async def test_going_away_is_passed_on_and_no_failure(served: GatewayProcess) -> None:
    async with opened(url(served)) as socket:
        await talk(socket, SETUP, said("[[sim: go_away=0.1]] hi"))
        assert json.loads(await socket.recv()) == {"goAway": {"timeLeft": "0.1s"}}
        assert await closed(socket) == (1011, "Deadline expired before operation could complete.")
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
    await _nothing_runs(served)
    assert stats(served.google)["by_ending"] == {"complete": 1}


async def test_a_client_that_vanishes_ends_the_conversation_at_google(served: GatewayProcess) -> None:
    async with opened(url(served)) as socket:
        await socket.send(json.dumps(SETUP))
        await socket.send(json.dumps(said("[[sim: pace_ms=300 events=50 thoughts=0]] long")))
        await socket.recv()
        socket.transport.abort()
    await _nothing_runs(served)


async def test_a_session_is_resumed_with_its_key_by_its_owner_only(served: GatewayProcess) -> None:
    first = {"setup": {**SETUP["setup"], "sessionResumption": {}}}
    async with opened(url(served)) as socket:
        await talk(socket, first, said("one"))
        handle = json.loads(await socket.recv())["sessionResumptionUpdate"]["newHandle"]
    again = {"setup": {**SETUP["setup"], "sessionResumption": {"handle": handle}}}
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
    await _nothing_runs(served)


async def test_an_idle_conversation_ends(google: RunningSimulator, tmp_path: Path) -> None:
    with gateway(google, tmp_path, LIVE_IDLE="0.5", TIME_OUT="1") as served:
        async with opened(url(served)) as socket:
            told = await closed(socket, SETUP)
        async with opened(url(served)) as socket:
            late = await closed(socket)
        await _nothing_runs(served)
    assert told == (1001, "Nothing was said for long, so this gateway ended the conversation.")
    assert late == (1001, "No setup was sent in time.")


async def test_a_shutdown_ends_conversations_with_a_reason(google: RunningSimulator, tmp_path: Path) -> None:
    with gateway(google, tmp_path) as served:
        async with opened(url(served)) as socket:
            await talk(socket, SETUP, said("hi"))
            served.process.send_signal(signal.SIGTERM)
            code, reason = await closed(socket)
        assert served.process.wait(5) == -signal.SIGTERM
        log = served.log.read_text()
    assert (code, reason[:34]) == (1012, "This gateway is shutting down. Con")
    assert '"ending":"shutting_down"' in log


async def test_google_out_of_reach_is_told(google: RunningSimulator, tmp_path: Path) -> None:
    with gateway(google, tmp_path, BASE_URL="http://127.0.0.1:9/v1beta") as served:
        async with opened(url(served)) as socket:
            told = await closed(socket, SETUP)
    assert told == (1011, "Google could not be reached.")


async def test_pages_of_other_origins_are_refused(google: RunningSimulator, tmp_path: Path) -> None:
    with gateway(google, tmp_path, ALLOWED_ORIGINS="https://a.example") as served:
        async with opened(url(served), MINE | {"Origin": "https://a.example"}) as socket:
            assert (await talk(socket, SETUP, said("hi")))[0] == {"setupComplete": {}}
        with pytest.raises(InvalidStatus) as refused:
            await opened(url(served), MINE | {"Origin": "https://b.example"})
    assert refused.value.response.status_code == 403


async def test_who_leaves_before_google_answered_ends_the_wait(google: RunningSimulator, tmp_path: Path) -> None:
    with gateway(google, tmp_path, API_KEYS=KEYS[0], PATIENCE="100") as served:
        control(google, default_project={"quotas": {"*": {"rpm": 1}}})
        await begun(served)
        async with opened(url(served)) as waiting:
            await waiting.send(json.dumps(SETUP))
            await asyncio.sleep(0.3)
        line = await record(served, waiting)
    assert (line["ending"], line["seconds"] < 5) == ("client_gone", True)


async def test_a_client_that_does_not_read_holds_google_back(google: RunningSimulator, tmp_path: Path) -> None:
    with gateway(google, tmp_path) as served:
        async with connect(url(served), additional_headers=MINE, proxy=None, max_queue=1, ping_interval=None) as socket:
            await socket.send(json.dumps(SETUP))
            await socket.recv()
            before = served.rss_mb
            for _ in range(20):
                await socket.send(json.dumps(said("[[sim: words=300000 events=100 thoughts=0]]")))
            await asyncio.sleep(3)
            grown = served.rss_mb - before
            socket.transport.abort()
        await _nothing_runs(served)
    assert grown < 20
