"""A test call: what is sent, and what is read out of the answer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from gemini_balance.console import trial
from gemini_balance.console.choices import TokenChoice
from gemini_balance.console.trial import PROMPT, Tried, tried
from gemini_balance.core.call import Principal
from tests.unit.console.desk import Desk

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.anyio
TOKEN = TokenChoice("token-1", "First client …abcd", Principal("First client", "token-1"))
SCOPE = {
    "type": "http",
    "method": "POST",
    "path": "/console/connect/test",
    "query_string": b"a=1",
    "headers": [(b"host", b"gate.example"), (b"cookie", b"session"), (b"content-length", b"99"), (b"origin", b"x")],
    "extensions": {"of the server": None},
}


class Door:
    """What is asked of it, and an answer of the test's own."""

    def __init__(self, status: int, *pieces: bytes) -> None:
        self.status, self.pieces = status, pieces

    async def __call__(self, scope: Any, receive: Any, send: Any, caller: Principal) -> None:
        self.scope, self.body, self.caller = scope, json.loads((await receive())["body"]), caller
        headers = [(b"x-request-id", b"gb-1")]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        for piece in self.pieces:
            await send({"type": "http.response.body", "body": piece, "more_body": True})


async def _tried(door: Callable[..., Any], dialect: str) -> Tried:
    sources = Desk().sources
    return await tried(sources.__class__(**_fields(sources) | {"call": door}), SCOPE, dialect, TOKEN, "gemini-x")


def _fields(sources: object) -> dict[str, Any]:
    return {name: getattr(sources, name) for name in sources.__slots__}  # type: ignore[attr-defined]  # a dataclass's


def _event(value: object) -> bytes:
    return b"data: " + json.dumps(value).encode() + b"\n\n"


async def test_a_client_of_openai_s_format_is_answered_in_pieces() -> None:
    pieces = [_event({"choices": [{"delta": {"content": text}}]}) for text in ("Hel", "lo")]
    door = Door(200, *pieces, _event({"choices": [], "usage": {}}), b"data: [DONE]\n\n")
    found = await _tried(door, "openai")
    assert (found.works, found.said, found.events, found.call) == (True, "Hello", 3, "gb-1")
    assert (found.token, found.model, door.caller) == ("First client …abcd", "gemini-x", TOKEN.caller)
    assert door.body == {"model": "gemini-x", "stream": True, "messages": [{"role": "user", "content": PROMPT}]}


async def test_a_client_of_google_s_format_is_answered_in_pieces() -> None:
    parts = [{"text": "hm", "thought": True}, {"text": "Hello"}]
    door = Door(200, _event({"candidates": [{"content": {"parts": parts}}]}))
    found = await _tried(door, "native")
    assert (found.works, found.said, found.events) == (True, "Hello", 1)
    assert door.scope["path"] == "/v1beta/models/gemini-x:streamGenerateContent"
    assert door.scope["query_string"] == b"alt=sse"


async def test_nothing_of_the_operator_s_request_goes_along_but_where_it_went() -> None:
    door = Door(200)
    await _tried(door, "openai")
    names = [name for name, _ in door.scope["headers"]]
    assert names == [b"host", b"content-type", b"content-length"]
    assert "extensions" not in door.scope


@pytest.mark.parametrize("dialect", ["openai", "native"])
async def test_a_refusal_is_told_with_its_sentence(dialect: str) -> None:
    found = await _tried(Door(503, b'{"error": {"message": "No key can answer."}}'), dialect)
    assert (found.works, found.status, found.error, found.said) == (False, 503, "No key can answer.", "")


async def test_the_code_of_a_refusal_is_known_where_it_is_a_word() -> None:
    worded = await _tried(Door(503, b'{"error": {"message": "No key.", "code": "no_available_key"}}'), "openai")
    numbered = await _tried(Door(503, b'{"error": {"message": "No key.", "code": 503}}'), "native")
    assert (worded.code, numbered.code) == ("no_available_key", "")


async def test_an_error_in_the_middle_of_a_stream_is_no_success() -> None:
    pieces = _event({"choices": [{"delta": {"content": "Hel"}}]}), _event({"error": {"message": "Cut."}})
    found = await _tried(Door(200, *pieces), "openai")
    assert (found.works, found.said, found.error) == (False, "Hel", "Cut.")


async def test_what_is_no_answer_of_ours_says_nothing() -> None:
    found = await _tried(Door(502, b"<html>"), "openai")
    assert (found.works, found.status, found.error) == (False, 502, "")


async def test_who_never_answers_is_not_waited_for_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    async def silent(_: Any, receive: Any, __: Any, ___: Any) -> None:
        await receive()
        await receive()

    monkeypatch.setattr(trial, "PATIENCE", 0.05)
    found = await _tried(silent, "openai")
    assert (found.works, found.status, found.call) == (False, 0, "")
