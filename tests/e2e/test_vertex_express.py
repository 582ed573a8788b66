"""Vertex AI in express mode: Google's other host, with keys of its own."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.processes import TOKEN, Answer, GatewayProcess, gateway, requests

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gemini_balance.simulator import RunningSimulator

GOOD, DEAD = "AQ.Sim-vera-1", "AQ.Sim-vito-1-dead"
MODELS = "/vertex-express/v1beta/models"
NATIVE = {"x-goog-api-key": TOKEN, "Content-Type": "application/json"}
BODY = b'{"contents": [ {"role":"user","parts":[{"text":"Hello", "new" : 1.50}]}]}'


@pytest.fixture(scope="module")
def running(running_google: RunningSimulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[GatewayProcess]:
    with gateway(running_google, tmp_path_factory.mktemp("vertex"), **vertex(running_google, GOOD)) as served:
        yield served


@pytest.fixture
def express(google: RunningSimulator, running: GatewayProcess) -> GatewayProcess:
    return running


def vertex(google: RunningSimulator, *keys: str) -> dict[str, str]:
    return {"VERTEX_API_KEYS": ",".join(keys), "VERTEX_EXPRESS_BASE_URL": f"{google.url}/v1/publishers/google"}


def ask(
    served: GatewayProcess, method: str = "generateContent", body: bytes | str = "Hello", model: str = ""
) -> Answer:
    if isinstance(body, str):
        body = json.dumps({"contents": [{"role": "user", "parts": [{"text": body}]}]}).encode()
    return served.request("POST", f"{MODELS}/{model or 'gemini-2.5-flash'}:{method}", body, NATIVE)


def paths(google: RunningSimulator) -> list[Any]:
    return [(sent["path"], sent["key"]) for sent in requests(google)]


def test_generating_streaming_and_counting_go_to_vertex_with_its_own_key(
    google: RunningSimulator, express: GatewayProcess
) -> None:
    whole, counted = ask(express), ask(express, "countTokens")
    streamed = ask(express, "streamGenerateContent?alt=sse")
    assert "Hello" in whole.json["candidates"][0]["content"]["parts"][0]["text"]
    assert counted.json["totalTokens"] > 0
    assert streamed.headers["content-type"] == "text/event-stream"
    assert b'"finishReason"' in streamed.body
    at = "/v1/publishers/google/models/gemini-2.5-flash"
    methods = ("generateContent", "countTokens", "streamGenerateContent")
    assert paths(google) == [(f"{at}:{method}", GOOD) for method in methods]


def test_a_key_that_is_dead_is_replaced_and_leaves_no_trace_in_the_other_pool(
    google: RunningSimulator, tmp_path: Any
) -> None:
    with gateway(google, tmp_path, **vertex(google, DEAD, GOOD)) as served:
        answers = [ask(served) for _ in range(4)]
        native = served.request("POST", "/v1beta/models/gemini-2.5-flash:generateContent", BODY_PLAIN, NATIVE)
    assert [answer.status for answer in answers] == [200] * 4
    assert [key for _, key in paths(google)].count(DEAD) == 1
    assert native.status == 200
    assert not {GOOD, DEAD} & {key for path, key in paths(google) if "publishers" not in path}


BODY_PLAIN = b'{"contents":[{"role":"user","parts":[{"text":"Hello"}]}]}'


def test_a_failure_before_the_first_content_is_tried_again(express: GatewayProcess) -> None:
    answer = ask(express, "streamGenerateContent?alt=sse", "Hello [[sim: fault=overload times=1]]")
    assert (answer.status, answer.headers["gemini-balance-attempts"]) == (200, "2")


def test_the_callers_own_mistake_is_told_in_googles_words(express: GatewayProcess) -> None:
    answer = ask(express, body=BODY)
    assert (answer.status, answer.json["error"]["status"]) == (400, "INVALID_ARGUMENT")
    assert "new" in answer.json["error"]["message"]


def test_names_are_not_replaced_by_those_that_only_the_gemini_api_has(
    google: RunningSimulator, express: GatewayProcess
) -> None:
    answer = ask(express, model="gemini-1.5-flash")
    assert answer.status == 404
    assert "gemini-balance-warning" not in answer.headers
    assert paths(google)[0][0].endswith("/models/gemini-1.5-flash:generateContent")


def test_without_keys_of_its_own_it_is_503_while_others_serve(google: RunningSimulator, served: GatewayProcess) -> None:
    assert (ask(served).status, served.chat("Hello").status) == (503, 200)
    assert not any("publishers" in path for path, _ in paths(google))


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", f"{MODELS}/gemini-embedding-001:embedContent"),
        ("POST", "/vertex-express/v1beta/tunedModels/t:generateContent"),
        ("GET", "/vertex-express/v1beta/files"),
        ("POST", "/vertex-express/v1beta/cachedContents"),
    ],
)
def test_what_express_mode_does_not_have_is_asked_of_nobody(
    google: RunningSimulator, express: GatewayProcess, method: str, path: str
) -> None:
    answer = express.request(method, path, b"{}" if method == "POST" else None, NATIVE)
    assert (answer.status, answer.json["error"]["status"]) == (404, "NOT_FOUND")
    assert requests(google) == []


def test_its_models_are_those_that_generate(express: GatewayProcess) -> None:
    listed = {model["name"] for model in express.request("GET", f"{MODELS}?pageSize=1000", None, NATIVE).json["models"]}
    assert "models/gemini-2.5-flash" in listed
    assert "models/gemini-embedding-001" not in listed
    assert express.request("GET", f"{MODELS}/gemini-2.5-flash", None, NATIVE).json["displayName"]
    assert express.request("GET", f"{MODELS}/gemini-embedding-001", None, NATIVE).status == 404


def test_a_token_is_needed(express: GatewayProcess) -> None:
    assert express.request("POST", f"{MODELS}/gemini-2.5-flash:generateContent", BODY_PLAIN, {}).status == 401
