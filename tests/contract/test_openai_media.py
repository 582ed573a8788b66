"""What the OpenAI dialect asks for media, the fake Google answers, and OpenAI's library reads what comes of it."""

from __future__ import annotations

import io
import json
import wave
from base64 import b64decode
from typing import TYPE_CHECKING, Any

import pytest
from openai.types import CreateEmbeddingResponse, ImagesResponse
from openai.types.audio import TranscriptionVerbose

from gemini_balance import simulator
from gemini_balance.core.dialects.openai import embeddings
from gemini_balance.core.dialects.openai.audio import speech, transcription
from gemini_balance.core.dialects.openai.audio.speech_encoder import SpeechEncoder
from gemini_balance.core.dialects.openai.audio.transcript import TranscriptEncoder
from gemini_balance.core.dialects.openai.images.calls import calls
from gemini_balance.core.dialects.openai.images.reply import answer, drawn
from gemini_balance.core.dialects.openai.images.request import decode
from gemini_balance.core.gemini.events import Event, events_of
from gemini_balance.core.wire.codec import encode
from gemini_balance.core.wire.sse import SseFramer
from tests.unit.simulator.client import KEY, Client

if TYPE_CHECKING:
    from collections.abc import Iterator

TTS, IMAGES, IMAGEN = "gemini-2.5-flash-preview-tts", "gemini-2.5-flash-image", "imagen-4.0-generate-001"
WAV = b"RIFF\0\0\0\0WAVEfmt "


@pytest.fixture(scope="module")
def google() -> Iterator[Client]:
    paid = simulator.SimulatorConfig(default_project=simulator.Project(paid=True))
    with simulator.serve_in_thread(paid) as running:
        yield Client(running.host, running.port)


def post(google: Client, model: str, method: str, body: bytes) -> bytes:
    reply = google.call("POST", f"/v1beta/models/{model}:{method}", body.decode(), x_goog_api_key=KEY)
    assert reply.status == 200, reply.body
    return reply.body


def body_of(**fields: Any) -> bytes:
    return json.dumps(fields).encode()


@pytest.mark.parametrize("form", ["float", "base64"])
def test_a_hundred_and_one_texts_are_embedded(google: Client, form: str) -> None:
    sent = body_of(model="text-embedding-004", input=["same"] * 101, encoding_format=form)
    asked, model = embeddings.decode(sent), "gemini-embedding-001"
    replies = [post(google, model, "batchEmbedContents", body) for body in embeddings.bodies(asked, model)]
    told = json.loads(embeddings.answer(asked, model, replies))
    if form == "float":
        CreateEmbeddingResponse.model_validate(told)
    sizes = {
        len(b64decode(one["embedding"])) // 4 if form == "base64" else len(one["embedding"]) for one in told["data"]
    }
    assert (len(told["data"]), sizes, len({str(one["embedding"]) for one in told["data"]})) == (101, {768}, 1)


@pytest.mark.parametrize("model", [IMAGES, IMAGEN])
def test_five_pictures_are_made(google: Client, model: str) -> None:
    asked = decode(body_of(prompt="a cat", n=5, size="1792x1024", response_format="b64_json"))
    needed = calls(asked, model)
    replies = [
        *(post(google, model, "predict", encode(one)) for one in needed.predicts),
        *(post(google, model, "generateContent", encode(one)) for one in needed.generates),
    ]
    told = ImagesResponse.model_validate_json(answer(asked, drawn(replies), 1))
    assert [b64decode(one.b64_json or "")[16:24] for one in told.data or []] == [b"\0\0\0\x10\0\0\0\x09"] * 5


@pytest.mark.parametrize("form", ["wav", "pcm"])
def test_speech_is_the_same_whole_and_streamed(google: Client, form: str) -> None:
    asked = speech.decode(body_of(model=TTS, input="one two three", voice="kore", response_format=form))
    sent = encode(speech.request(asked))
    reply = post(google, TTS, "generateContent", sent)
    whole = SpeechEncoder(asked).whole(Event(reply, reply))
    framer, encoder = SseFramer(), SpeechEncoder(asked)
    events = events_of(framer.feed(post(google, TTS, "streamGenerateContent?alt=sse", sent)))
    streamed = b"".join(encoder.feed([one]) for one in events) + encoder.finish(framer.rest())
    assert len(events) == 4
    assert samples(whole, form) == (streamed if form == "pcm" else streamed[44:])


def samples(data: bytes, form: str) -> bytes:
    if form == "pcm":
        return data
    with wave.open(io.BytesIO(data)) as file:
        return bytes(file.readframes(file.getnframes()))


def test_a_recording_is_written_down_with_its_times(google: Client) -> None:
    fields = {"model": "gemini-3.6-flash", "response_format": "verbose_json"}
    parts = [f'--X\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n' for name, text in fields.items()]
    file = b'--X\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\n' + WAV + b"\r\n--X--\r\n"
    asked = transcription.decode("multipart/form-data; boundary=X", "".join(parts).encode() + file)
    reply = post(google, asked.model, "generateContent", encode(transcription.request(asked)))
    told = TranscriptionVerbose.model_validate_json(TranscriptEncoder(asked).whole(Event(reply, reply)))
    assert (told.text, [(one.start, one.end) for one in told.segments or []]) == ("text", [(1.0, 1.0)])
