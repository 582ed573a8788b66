"""Clients that name OpenAI's own models for what is no chat: Google's closest answers, and the headers say so."""

from __future__ import annotations

import io
import json
import wave
from typing import TYPE_CHECKING, Any

import openai
import pytest

from tests.e2e.processes import TOKEN, GatewayProcess, requests

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

RECORDING = ("talk.wav", b"RIFF\x24\0\0\0WAVEfmt " + bytes(24), "audio/wav")
PNG = "iVBORw0KGgo"  # how one begins in base64


@pytest.fixture
def client(served: GatewayProcess) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{served.url}/v1", api_key=TOKEN, max_retries=0) as opened:
        yield opened


def told(headers: Mapping[str, str]) -> tuple[str, str]:
    return headers["gemini-balance-model"], headers["gemini-balance-warning"]


def expected(name: str, model: str) -> tuple[str, str]:
    return model, f"{name} is a model of OpenAI's; {model} answers instead."


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("tts-1", "gemini-3.8-flash-lite-tts"),
        ("tts-1-hd", "gemini-3.8-flash-tts"),
        ("gpt-4o-mini-tts", "gemini-3.8-flash-tts"),
    ],
)
def test_speech(client: openai.OpenAI, name: str, model: str) -> None:
    made = client.audio.speech.with_raw_response.create(model=name, input="Hello", voice="nova", response_format="wav")
    with wave.open(io.BytesIO(made.content)) as file:
        assert file.getnframes() > 0
    assert told(made.headers) == expected(name, model)


@pytest.mark.parametrize(
    ("name", "model", "form"),
    [
        ("whisper-1", "gemini-flash-latest", "json"),
        ("whisper-1", "gemini-flash-latest", "verbose_json"),
        ("gpt-4o-transcribe", "gemini-3.5-transcribe", "json"),
        ("gpt-4o-mini-transcribe", "gemini-3.5-transcribe", "json"),
    ],
)
def test_transcripts(client: openai.OpenAI, name: str, model: str, form: Any) -> None:
    made = client.audio.transcriptions.with_raw_response.create(model=name, file=RECORDING, response_format=form)
    assert json.loads(made.content)["text"]
    assert told(made.headers) == expected(name, model)


@pytest.mark.filterwarnings("ignore:deprecated:DeprecationWarning")  # OpenAI prefers its newer models
def test_translations(client: openai.OpenAI) -> None:
    made = client.audio.translations.with_raw_response.create(model="whisper-1", file=RECORDING)
    assert json.loads(made.content)["text"]
    assert told(made.headers) == expected("whisper-1", "gemini-flash-latest")


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("dall-e-2", "gemini-3.1-flash-image"),
        ("dall-e-3", "gemini-3.1-flash-image"),
        ("gpt-image-1", "gemini-3.1-flash-image"),
        ("gpt-image-1-mini", "gemini-3.1-flash-lite-image"),
    ],
)
def test_pictures(client: openai.OpenAI, name: str, model: str) -> None:
    more: dict[str, Any] = {"response_format": "b64_json"} if name.startswith("dall-e") else {}
    made = client.images.with_raw_response.generate(model=name, prompt="a cat", **more)
    (picture,) = json.loads(made.content)["data"]
    assert picture["b64_json"].startswith(PNG)
    assert told(made.headers) == expected(name, model)


@pytest.mark.parametrize(
    ("name", "numbers"),
    [("text-embedding-3-small", 1_536), ("text-embedding-3-large", 3_072), ("text-embedding-ada-002", 1_536)],
)
def test_embeddings(client: openai.OpenAI, name: str, numbers: int) -> None:
    made = client.embeddings.with_raw_response.create(model=name, input="Hello", encoding_format="float")
    body = json.loads(made.content)
    assert (body["model"], len(body["data"][0]["embedding"])) == (name, numbers)
    assert told(made.headers) == expected(name, "gemini-embedding-2")


def test_googles_own_clients_mean_googles_own_names(served: GatewayProcess) -> None:
    body = b'{"contents":[{"parts":[{"text":"Hello"}]}]}'
    path = "/v1beta/models/whisper-1:generateContent"
    answer = served.request("POST", path, body, {"x-goog-api-key": TOKEN, "Content-Type": "application/json"})
    assert (answer.status, answer.json["error"]["status"]) == (404, "NOT_FOUND")
    assert {one["path"].partition(":")[0] for one in requests(served.google)} == {"/v1beta/models/whisper-1"}
