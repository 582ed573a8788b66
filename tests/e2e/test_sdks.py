"""The official libraries against the gateway, as their users call them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import openai
import pytest
from google import genai
from google.genai import errors, types

from tests.e2e.processes import TOKEN, GatewayProcess, requests

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def client(served: GatewayProcess) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{served.url}/v1", api_key=TOKEN) as opened:
        yield opened


def google_client(served: GatewayProcess, prefix: str = "", version: str | None = None) -> genai.Client:
    options = types.HttpOptions(base_url=f"{served.url}{prefix}", api_version=version)
    return genai.Client(api_key=TOKEN, http_options=options)


@pytest.mark.parametrize("prefix", ["/v1", "/hf/v1", "/openai/v1"])
def test_openai_lists_models_and_finds_one(served: GatewayProcess, prefix: str) -> None:
    with openai.OpenAI(base_url=f"{served.url}{prefix}", api_key=TOKEN) as client:
        names = [model.id for model in client.models.list()]
        assert {"gemini-2.5-flash", "gemini-2.5-pro-search"} <= set(names)
        assert client.models.retrieve("gemini-2.5-flash").id == "gemini-2.5-flash"
        with pytest.raises(openai.NotFoundError):
            client.models.retrieve("gpt-4o")


def test_openai_carries_system_turns_and_sampling(served: GatewayProcess, client: openai.OpenAI) -> None:
    client.chat.completions.create(
        model="gemini-2.5-flash",
        messages=[
            {"role": "system", "content": "Be terse."},
            {"role": "user", "content": "One"},
            {"role": "assistant", "content": "Two"},
            {"role": "user", "content": "Three"},
        ],
        temperature=0.5,
        max_tokens=200,
        stop=["END"],
    )
    sent = requests(served.google)[-1]
    assert sent["path"] == "/v1beta/models/gemini-2.5-flash:generateContent"
    assert sent["body"] == (
        '{"contents":[{"role":"user","parts":[{"text":"One"}]},{"role":"model","parts":[{"text":"Two"}]},'
        '{"role":"user","parts":[{"text":"Three"}]}],"systemInstruction":{"parts":[{"text":"Be terse."}]},'
        '"generationConfig":{"temperature":0.5,"maxOutputTokens":200,"stopSequences":["END"],'
        '"thinkingConfig":{"includeThoughts":true}}}'
    )


def test_openai_streams_with_usage_only_when_asked(client: openai.OpenAI) -> None:
    stream = client.chat.completions.create(
        model="gemini-2.5-flash",
        messages=[{"role": "user", "content": "Hi [[sim: words=40 events=5]]"}],
        stream=True,
        stream_options={"include_usage": True},
    )
    chunks = list(stream)
    assert [len(chunk.choices) for chunk in chunks[-2:]] == [1, 0]
    assert chunks[-2].choices[0].finish_reason == "stop"
    usage = chunks[-1].usage
    assert usage is not None
    assert usage.total_tokens == usage.prompt_tokens + usage.completion_tokens
    assert all(chunk.usage is None for chunk in chunks[:-1])
    assert len({chunk.id for chunk in chunks}) == 1


@pytest.mark.anyio
async def test_openai_async_streams(served: GatewayProcess) -> None:
    client = openai.AsyncOpenAI(base_url=f"{served.url}/v1", api_key=TOKEN)
    async with client:
        stream = await client.chat.completions.create(
            model="gemini-2.5-flash", messages=[{"role": "user", "content": "Hi"}], stream=True
        )
        text = "".join([chunk.choices[0].delta.content or "" async for chunk in stream])
    assert "Hi" in text


def test_openai_raises_its_own_errors(served: GatewayProcess, client: openai.OpenAI) -> None:
    with pytest.raises(openai.NotFoundError):
        client.chat.completions.create(model="gemini-9-flash", messages=[{"role": "user", "content": "Hi"}])
    with pytest.raises(openai.BadRequestError):
        client.chat.completions.create(model="gemini-2.5-flash", messages=[])
    stranger = openai.OpenAI(base_url=f"{served.url}/v1", api_key="no")
    with stranger, pytest.raises(openai.AuthenticationError):
        stranger.models.list()


@pytest.mark.parametrize(
    ("prefix", "version"), [("", None), ("", "v1beta"), ("/gemini", "v1beta"), ("/gemini", None)], ids=str
)
def test_google_generates_streams_counts_and_lists(served: GatewayProcess, prefix: str, version: str | None) -> None:
    with google_client(served, prefix, version) as client:
        answer = client.models.generate_content(model="gemini-3.6-flash", contents="Hello")
        streamed = [
            chunk.text for chunk in client.models.generate_content_stream(model="gemini-2.5-flash", contents="Hello")
        ]
        counted = client.models.count_tokens(model="gemini-2.5-flash", contents="Hello")
        listed = [model.name for model in client.models.list()]
    assert "Hello" in (answer.text or "")
    assert "Hello" in "".join(text or "" for text in streamed)
    assert (counted.total_tokens or 0) > 0
    assert "models/gemini-2.5-flash" in listed


def test_google_raises_its_own_errors(served: GatewayProcess) -> None:
    with google_client(served) as client, pytest.raises(errors.ClientError) as unknown:
        client.models.generate_content(model="gemini-9-flash", contents="Hello")
    options = types.HttpOptions(base_url=served.url)
    with genai.Client(api_key="no", http_options=options) as stranger, pytest.raises(errors.ClientError) as refused:
        stranger.models.generate_content(model="gemini-2.5-flash", contents="Hello")
    assert (unknown.value.code, unknown.value.status) == (404, "NOT_FOUND")
    assert (refused.value.code, refused.value.status) == (401, "UNAUTHENTICATED")


def test_only_our_own_key_reaches_google_and_only_in_its_header(served: GatewayProcess) -> None:
    body = b'{"contents":[{"parts":[{"text":"Hello"}]}]}'
    headers = {"x-goog-api-key": TOKEN, "Authorization": "Bearer x", "OpenAI-Organization": "org", "Cookie": "a=b"}
    served.request(
        "POST", f"/v1beta/models/gemini-2.5-flash:generateContent?key={TOKEN}&prettyPrint=false", body, headers
    )
    sent = requests(served.google)[-1]
    names = [name.lower() for name, _ in sent["headers"]]
    assert sent["query"] == "prettyPrint=false"
    assert names.count("x-goog-api-key") == 1
    assert TOKEN not in str(sent)
    assert not {"authorization", "openai-organization", "cookie"} & set(names)
