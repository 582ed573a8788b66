"""Whatever is sent, the answer is a clear error in the right format, and never a 500."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.e2e.processes import TOKEN, GatewayProcess

BEARER = {"Content-Type": "application/json", "Authorization": f"Bearer {TOKEN}"}
GOOGLE = {"Content-Type": "application/json", "x-goog-api-key": TOKEN}
CHAT = "/v1/chat/completions"
NATIVE = "/v1beta/models/gemini-2.5-flash:generateContent"
HELLO = [{"role": "user", "content": "Hello"}]


def body(**changes: Any) -> bytes:
    return json.dumps({"model": "gemini-2.5-flash", "messages": HELLO} | changes).encode()


@pytest.mark.parametrize(
    ("sent", "param", "says"),
    [
        (b"", None, "not valid JSON"),
        (b"{", None, "not valid JSON"),
        (b"\xff\xfe", None, "not valid JSON"),
        (b"[]", None, "Expected `object`"),
        (b"null", None, "Expected `object`"),
        (b'{"messages": []}', "model", "missing required field `model`"),
        (body(model=7), "model", "Expected `str`"),
        (body(model=""), "model", "names no model"),
        (body(messages="hi"), "messages", "Expected `array`"),
        (body(messages=[]), "messages", "empty"),
        (body(messages=[{"role": "user", "content": 5}]), "messages[0].content", "Expected"),
        (body(messages=[{"role": "king", "content": "x"}]), "messages[0].role", "role"),
        (body(temperature="hot"), "temperature", "Expected `float | null`"),
        (body(n="two"), "n", "Expected `int | null`"),
        (body(stop=5), "stop", "Expected"),
        (body(stream="yes"), "stream", "Expected `bool | null`"),
    ],
)
def test_a_bad_chat_body_is_400_that_names_the_field(
    served: GatewayProcess, sent: bytes, param: str | None, says: str
) -> None:
    answer = served.request("POST", CHAT, sent, BEARER)
    error = answer.json["error"]
    assert (answer.status, error["type"], error["param"]) == (400, "invalid_request_error", param)
    assert says in error["message"]
    assert set(error) == {"message", "type", "param", "code"}


@pytest.mark.parametrize("sent", [b"", b"{", b"\xff\xfe"])
def test_a_native_body_that_is_not_json_is_400_in_googles_envelope(served: GatewayProcess, sent: bytes) -> None:
    answer = served.request("POST", NATIVE, sent, GOOGLE)
    assert (answer.status, answer.json["error"]["status"]) == (400, "INVALID_ARGUMENT")


def test_what_google_refuses_in_a_native_body_comes_back_in_its_own_words(served: GatewayProcess) -> None:
    answer = served.request("POST", NATIVE, b'{"contents": [], "wrong": 1}', GOOGLE)
    assert answer.status == 400
    assert 'Unknown name "wrong"' in answer.json["error"]["message"]


@pytest.mark.parametrize(("path", "headers"), [(CHAT, BEARER), (NATIVE, GOOGLE)], ids=["openai", "native"])
def test_a_body_over_the_limit_is_413(served: GatewayProcess, path: str, headers: dict[str, str]) -> None:
    answer = served.request("POST", path, b"x" * 50_000_000, headers)
    assert (answer.status, answer.json["error"]["code"] in (413, "request_too_large")) == (413, True)


def test_a_chunked_body_over_the_limit_is_413_too(served: GatewayProcess) -> None:
    chunks = (b"x" * 1_000_000 for _ in range(50))
    answer = served.request("POST", CHAT, chunks, BEARER)  # an iterable body is sent in chunks
    assert answer.status == 413


@pytest.mark.parametrize(
    ("path", "meant"),
    [
        ("/v1/chat/completion", "/v1/chat/completions"),
        ("/hf/v1/chat/complete", "/hf/v1/chat/completions"),
        ("/v1beta/models/gemini-2.5-flash:generate", "/v1beta/models/MODEL:generateContent"),
        ("/nowhere", "/v1/chat/completions"),
    ],
)
def test_an_unknown_path_is_404_that_names_the_likely_one(served: GatewayProcess, path: str, meant: str) -> None:
    answer = served.request("POST", path, body(), BEARER)
    assert answer.status == 404
    assert f"Did you mean {meant}?" in answer.json["error"]["message"]


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [("GET", CHAT, "POST"), ("DELETE", "/v1/models", "GET"), ("GET", NATIVE, "POST"), ("PUT", NATIVE, "POST")],
)
def test_a_wrong_method_is_405_that_names_the_right_one(
    served: GatewayProcess, method: str, path: str, allow: str
) -> None:
    answer = served.request(method, path, None, BEARER)
    assert (answer.status, answer.headers["allow"]) == (405, allow)
    assert allow in answer.json["error"]["message"]


@pytest.mark.parametrize("name", ["../../v1/files", "a b", "x?key=1", "m#1", "x" * 300, "模型"])
def test_a_strange_model_name_is_404_and_reaches_nobody(served: GatewayProcess, name: str) -> None:
    answer = served.request("POST", CHAT, body(model=name), BEARER)
    assert (answer.status, answer.json["error"]["code"]) == (404, "model_not_found")


def test_a_search_suffix_where_it_is_not_switched_on_says_how_to_switch_it_on(served: GatewayProcess) -> None:
    answer = served.request("POST", CHAT, body(model="gemma-4-31b-it-search"), BEARER)
    assert answer.status == 400
    assert "SEARCH_MODELS" in answer.json["error"]["message"]
