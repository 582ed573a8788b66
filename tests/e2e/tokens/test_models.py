"""A token with a list of models meets it on every way to a model, and Google hears nothing of what it may not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import openai
import pytest
from google import genai
from google.genai import errors, types

from tests.e2e.live_calls import opened, url
from tests.e2e.processes import requests
from tests.e2e.tokens.conftest import ALLOWED, DENIED
from tests.unit.simulator.google_live import SETUP, closed

if TYPE_CHECKING:
    from tests.e2e.processes import Answer
    from tests.e2e.tokens.conftest import Served

ONE = "one model"
TEXT: dict[str, Any] = {"contents": [{"role": "user", "parts": [{"text": "Hello"}]}]}
CHAT: dict[str, Any] = {"messages": [{"role": "user", "content": "Hello"}]}
BOUNDARY = "a-boundary"


def form(**fields: str) -> bytes:
    """A form with a file of each name that an endpoint may want."""
    parts = [f'name="{name}"\r\n\r\n{value}' for name, value in fields.items()]
    files = ("file", "audio/wav"), ("image", "image/png")
    parts += [f'name="{name}"; filename="{name}"\r\nContent-Type: {kind}\r\n\r\nRIFF' for name, kind in files]
    head = f"--{BOUNDARY}\r\nContent-Disposition: form-data; "
    return "".join(f"{head}{part}\r\n" for part in parts).encode() + f"--{BOUNDARY}--\r\n".encode()


def ask(served: Served, kind: str, path: str, body: dict[str, Any] | bytes, method: str = "POST") -> Answer:
    packed = body if isinstance(body, bytes) else json.dumps(body).encode()
    kind_of_body = f"multipart/form-data; boundary={BOUNDARY}" if isinstance(body, bytes) else "application/json"
    headers = {"Authorization": f"Bearer {served.tokens[kind]}", "Content-Type": kind_of_body}
    return served.gateway.request(method, path, packed if method == "POST" else None, headers)


WAYS: list[tuple[str, dict[str, Any] | bytes]] = [
    *(
        (f"{prefix}/chat/completions", CHAT | {"model": model})
        for prefix in ("/v1", "/hf/v1", "/openai/v1")
        for model in (DENIED, f"models/{DENIED}", f"{DENIED}-search", f"{DENIED}-non-thinking")
    ),
    ("/v1/chat/completions", CHAT | {"model": DENIED, "stream": True}),
    ("/v1/chat/completions", CHAT | {"model": "gemini-1.5-pro"}),
    *(
        (f"{prefix}/models/{DENIED}:{verb}", TEXT)
        for prefix in ("/v1beta", "/v1", "/v1alpha", "/gemini/v1beta", "/vertex-express/v1beta")
        for verb in ("generateContent", "streamGenerateContent?alt=sse", "countTokens")
    ),
    *(
        (f"/v1beta/models/{DENIED}:{verb}", TEXT)
        for verb in ("embedContent", "batchEmbedContents", "predict", "batchGenerateContent", "newMethod")
    ),
    ("/v1beta/dynamic/mine:generateContent", TEXT),
    ("/v1/embeddings", {"model": "text-embedding-004", "input": "Hello"}),
    ("/v1/images/generations", {"model": "imagen-4.0-generate-001", "prompt": "a cat"}),
    ("/v1/images/edits", form(model="gemini-2.5-flash-image", prompt="a cat")),
    ("/v1/audio/speech", {"model": "gemini-2.5-flash-preview-tts", "input": "Hello", "voice": "Kore"}),
    ("/v1/audio/transcriptions", form(model=DENIED)),
    ("/v1/audio/translations", form(model=DENIED)),
    ("/v1beta/interactions", {"model": DENIED, "input": "Hello"}),
    ("/v1beta/interactions", {"agent": "deep-research", "input": "Hello"}),
    ("/v1beta/interactions", {"model": ALLOWED, "agent": "deep-research", "input": "Hello"}),
    ("/v1beta/cachedContents", TEXT | {"model": f"models/{DENIED}"}),
    ("/v1beta/tunedModels", {"baseModel": f"models/{DENIED}"}),
    ("/v1alpha/auth_tokens", {}),
    ("/v1alpha/auth_tokens", {"bidiGenerateContentSetup": {"model": f"models/{DENIED}"}}),
]


@pytest.mark.parametrize(("path", "body"), WAYS, ids=lambda value: value if isinstance(value, str) else "")
def test_another_model_is_missing_whichever_way_it_is_asked_for(
    made: Served, path: str, body: dict[str, Any] | bytes
) -> None:
    answer = ask(made, ONE, path, body)
    assert (answer.status, requests(made.gateway.google)) == (404, []), answer.body
    message = answer.json["error"]["message"]
    assert "does not exist, or this token may not use it. GET /v1/models lists those that it may." in message


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/chat/completions", {"model": ALLOWED, **CHAT}),
        ("/v1/chat/completions", {"model": f"models/{ALLOWED}", **CHAT}),
        ("/v1/chat/completions", {"model": f"{ALLOWED}-search", **CHAT}),
        ("/v1/chat/completions", {"model": f"{ALLOWED}-non-thinking", **CHAT}),
        (f"/v1beta/models/{ALLOWED}:generateContent", TEXT),
        (f"/vertex-express/v1beta/models/{ALLOWED}:generateContent", TEXT),
        ("/v1beta/interactions", {"model": ALLOWED, "input": "Hello"}),
        ("/v1alpha/auth_tokens", {"bidiGenerateContentSetup": {"model": f"models/{ALLOWED}"}}),
    ],
)
def test_its_own_model_serves_it_under_all_its_names(made: Served, path: str, body: dict[str, Any]) -> None:
    answer = ask(made, ONE, path, body)
    assert answer.status == 200, answer.body


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/v1/chat/completions", CHAT | {"model": ALLOWED}),
        ("POST", f"/v1beta/models/{ALLOWED}:generateContent", TEXT),
        ("POST", f"/v1beta/models/{ALLOWED}:batchGenerateContent", TEXT),
        ("POST", f"/vertex-express/v1beta/models/{ALLOWED}:generateContent", TEXT),
        ("POST", "/v1/embeddings", {"model": "gemini-embedding-001", "input": "Hello"}),
        ("POST", "/v1/images/generations", {"model": "imagen-4.0-generate-001", "prompt": "a cat"}),
        ("POST", "/v1/audio/speech", {"model": "gemini-2.5-flash-preview-tts", "input": "Hello", "voice": "Kore"}),
        ("POST", "/v1/audio/transcriptions", form(model=ALLOWED)),
        ("POST", "/v1beta/interactions", {"model": ALLOWED, "input": "Hello"}),
        ("POST", "/v1beta/cachedContents", TEXT | {"model": f"models/{ALLOWED}"}),
        ("POST", "/v1alpha/auth_tokens", {}),
    ],
)
def test_only_keys_with_one_of_its_tags_serve_a_token_whichever_way_it_calls(
    made: Served, method: str, path: str, body: dict[str, Any] | bytes
) -> None:
    answer = ask(made, "tagged", path, body, method)
    assert (answer.status, requests(made.gateway.google)) == (503, []), answer.body


@pytest.mark.anyio
async def test_only_keys_with_one_of_its_tags_serve_a_tokens_conversation(made: Served) -> None:
    async with opened(url(made.gateway), {"x-goog-api-key": made.tokens["tagged"]}) as socket:
        await socket.send(json.dumps(SETUP))
        _, reason = await closed(socket)
    assert "No API key" in reason


def test_a_retired_name_goes_with_its_successor_and_a_name_that_is_listed_serves(made: Served) -> None:
    retired = ask(made, "a retired one", "/v1/chat/completions", CHAT | {"model": "gemini-1.5-pro"})
    listed = ask(made, "a retired one", "/v1/embeddings", {"model": "text-embedding-004", "input": "Hello"})
    assert [retired.status, listed.status] == [200, 200], (retired.body, listed.body)
    other = ask(made, "a retired one", "/v1/embeddings", {"model": "gemini-embedding-001", "input": "Hello"})
    assert other.status == 404


def test_the_libraries_are_shown_no_other_model_and_are_told_in_their_own_words(made: Served) -> None:
    with openai.OpenAI(base_url=f"{made.gateway.url}/v1", api_key=made.tokens[ONE], max_retries=0) as client:
        assert [one.id for one in client.models.list()] == [ALLOWED, f"{ALLOWED}-non-thinking", f"{ALLOWED}-search"]
        with pytest.raises(openai.NotFoundError) as refused:
            client.models.retrieve(DENIED)
        assert refused.value.code == "model_not_found"
        with pytest.raises(openai.NotFoundError) as refused:
            client.chat.completions.create(model=DENIED, messages=[{"role": "user", "content": "Hello"}])
        assert (refused.value.code, refused.value.param) == ("model_not_found", "model")
    options = types.HttpOptions(base_url=made.gateway.url)
    with genai.Client(api_key=made.tokens[ONE], http_options=options) as client:
        assert [one.name for one in client.models.list()] == [f"models/{ALLOWED}"]
        with pytest.raises(errors.ClientError) as told:
            client.models.generate_content(model=DENIED, contents="Hello")
        assert (told.value.code, told.value.status) == (404, "NOT_FOUND")


@pytest.mark.anyio
async def test_a_conversation_with_another_model_or_with_none_is_refused(made: Served) -> None:
    nothing: dict[str, Any] = {"setup": {}}
    for setup in (SETUP, nothing):
        async with opened(url(made.gateway), {"x-goog-api-key": made.tokens[ONE]}) as socket:
            await socket.send(json.dumps(setup))
            _, reason = await closed(socket)
        assert "this token may not use it" in reason
