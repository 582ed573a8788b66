"""The openai library asks for speech and transcripts over sockets."""

from __future__ import annotations

import io
import json
import math
import wave
from base64 import b64decode
from typing import TYPE_CHECKING, Any

import av
import httpx2
import openai
import pytest

from tests.e2e.openai_calls import sent
from tests.e2e.processes import TOKEN, GatewayProcess, control, gateway, logged, requests, stats, wait_for_active

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gemini_balance.simulator import RunningSimulator

TTS, EARS = "gemini-2.5-flash-preview-tts", "gemini-3.6-flash"
BEARER = {"Content-Type": "application/json", "Authorization": f"Bearer {TOKEN}"}
TEXT = " ".join(["word"] * 40)  # 2.4 seconds
RECORDING = ("talk.wav", b"RIFF\x24\0\0\0WAVEfmt " + bytes(24), "audio/wav")
CONTENT_TYPES = {
    "wav": "audio/wav",
    "pcm": "audio/pcm",
    "mp3": "audio/mpeg",
    "opus": "audio/ogg",
    "aac": "audio/aac",
    "flac": "audio/flac",
}


@pytest.fixture
def client(served: GatewayProcess) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{served.url}/v1", api_key=TOKEN, max_retries=0) as opened:
        yield opened


def speech(served: GatewayProcess, prefix: str = "/v1", **fields: Any) -> Any:
    body = {"model": TTS, "input": TEXT, "voice": "Kore"} | fields
    return served.request("POST", f"{prefix}/audio/speech", json.dumps(body).encode(), BEARER)


def seconds(form: str, data: bytes) -> float:
    if form == "pcm":
        return len(data) / 48_000
    with av.open(io.BytesIO(data), "r") as file:
        return math.fsum(frame.samples / frame.sample_rate for frame in file.decode(audio=0))


@pytest.mark.parametrize("prefix", ["/hf/v1", "/v1"])
def test_section_2_7_of_the_manual_is_a_wav_file(served: GatewayProcess, prefix: str) -> None:
    answer = speech(served, prefix, input="早上好，请坐。")
    with wave.open(io.BytesIO(answer.body)) as file:
        assert (answer.status, file.getframerate(), file.getnchannels()) == (200, 24_000, 1)
        assert file.getnframes() * 2 + 44 == len(answer.body)
    assert answer.headers["content-type"] == "audio/wav"
    assert answer.headers["gemini-balance-route"] == "openai:audio/speech"


def test_openais_own_prefix_has_openais_own_default(served: GatewayProcess) -> None:
    assert speech(served, "/openai/v1").headers["content-type"] == "audio/mpeg"


@pytest.mark.parametrize("form", CONTENT_TYPES)
def test_every_form_holds_the_whole_speech(client: openai.OpenAI, form: Any) -> None:
    made = client.audio.speech.create(model=TTS, input=TEXT, voice="alloy", response_format=form)
    assert made.response.headers["content-type"] == CONTENT_TYPES[form]
    assert seconds(form, made.content) == pytest.approx(2.4, abs=0.2)


def test_sound_is_heard_before_all_of_it_is_made(client: openai.OpenAI) -> None:
    told = f"{TEXT} [[sim: events=6 pace_ms=150]]"
    arrived = 0
    with client.audio.speech.with_streaming_response.create(
        model=TTS, input=told, voice="kore", response_format="pcm"
    ) as made:
        for _ in made.iter_bytes(1_000):
            arrived += 1
    assert arrived > 50


def test_speech_as_events_ends_with_its_usage(served: GatewayProcess) -> None:
    answer = speech(served, stream_format="sse", response_format="pcm")
    events = [json.loads(line[6:]) for line in answer.body.decode().splitlines() if line.startswith("data: ")]
    sound = b"".join(b64decode(one["audio"]) for one in events[:-1])
    assert {one["type"] for one in events[:-1]} == {"speech.audio.delta"}
    assert (events[-1]["type"], len(sound)) == ("speech.audio.done", 115_200)
    assert events[-1]["usage"]["output_tokens"] > 0


def test_voice_and_instructions_reach_google(served: GatewayProcess, client: openai.OpenAI) -> None:
    client.audio.speech.create(model=TTS, input="Hello", voice="kORE", instructions="Whisper", speed=2)
    asked = sent(served.google)
    voice = asked["generationConfig"]["speechConfig"]["voiceConfig"]["prebuiltVoiceConfig"]["voiceName"]
    assert (voice.lower(), asked["generationConfig"]["responseModalities"]) == ("kore", ["AUDIO"])
    assert "Whisper" in asked["contents"][0]["parts"][0]["text"]


def test_a_failure_in_the_middle_of_bare_sound_cuts_the_connection(client: openai.OpenAI) -> None:
    told = f"{TEXT} [[sim: events=6 pace_ms=50 fault=error_in_stream after=3]]"
    making = client.audio.speech.with_streaming_response.create(
        model=TTS, input=told, voice="kore", response_format="pcm"
    )
    with making as made, pytest.raises(httpx2.RemoteProtocolError):
        made.read()


def test_a_failure_in_the_middle_of_events_is_an_event(served: GatewayProcess) -> None:
    told = f"{TEXT} [[sim: events=6 pace_ms=50 fault=error_in_stream after=3]]"
    answer = speech(served, input=told, stream_format="sse", response_format="pcm")
    events = [json.loads(line[6:]) for line in answer.body.decode().splitlines() if line.startswith("data: {")]
    assert (answer.status, "error" in events[-1]) == (200, True)


def test_a_failure_before_the_first_sound_is_asked_again_unseen(
    google: RunningSimulator, client: openai.OpenAI
) -> None:
    control(google, faults=[{"kind": "internal", "times": 1, "model": TTS}])
    made = client.audio.speech.create(model=TTS, input=TEXT, voice="kore", response_format="mp3")
    assert seconds("mp3", made.content) == pytest.approx(2.4, abs=0.2)
    assert made.response.headers["gemini-balance-attempts"] == "2"


@pytest.mark.parametrize("form", ["wav", "pcm"])
def test_a_refused_speech_is_a_400_that_says_so(client: openai.OpenAI, form: Any) -> None:
    with pytest.raises(openai.BadRequestError) as raised:
        client.audio.speech.create(
            model=TTS, input="Hello [[sim: finish=PROHIBITED_CONTENT]]", voice="kore", response_format=form
        )
    assert (raised.value.code, raised.value.param) == ("content_policy_violation", "input")


@pytest.mark.parametrize(
    ("fields", "param"),
    [({"response_format": "midi"}, "response_format"), ({"speed": 9}, "speed"), ({"input": " "}, "input")],
)
def test_what_can_not_be_spoken_names_its_field(served: GatewayProcess, fields: dict[str, Any], param: str) -> None:
    answer = speech(served, **fields)
    assert (answer.status, answer.json["error"]["param"]) == (400, param)
    assert requests(served.google) == []


@pytest.mark.parametrize("prefix", ["/v1", "/hf/v1", "/openai/v1"])
def test_a_recording_is_written_down(served: GatewayProcess, prefix: str) -> None:
    with openai.OpenAI(base_url=served.url + prefix, api_key=TOKEN, max_retries=0) as client:
        told = client.audio.transcriptions.create(model=EARS, file=RECORDING, prompt="Names: Ada", language="en")
    assert told.text
    recording, instruction = sent(served.google)["contents"][0]["parts"]
    assert recording["inlineData"]["mimeType"] == "audio/wav"
    assert "Ada" in instruction["text"]


@pytest.mark.parametrize(
    ("form", "beginning"), [("text", ""), ("srt", "1\n00:00:01,000 -->"), ("vtt", "WEBVTT\n\n00:00:01.000")]
)
def test_plain_transcripts_are_text(client: openai.OpenAI, form: Any, beginning: str) -> None:
    told: Any = client.audio.transcriptions.create(model=EARS, file=RECORDING, response_format=form)
    assert isinstance(told, str)
    assert told.strip()
    assert told.startswith(beginning)


def test_a_verbose_transcript_has_times(client: openai.OpenAI) -> None:
    told = client.audio.transcriptions.create(
        model=EARS, file=RECORDING, response_format="verbose_json", timestamp_granularities=["segment"]
    )
    assert [(one.start, one.end, one.text) for one in told.segments or []] == [(1.0, 1.0, "text")]


def test_a_transcript_is_streamed(client: openai.OpenAI) -> None:
    stream = client.audio.transcriptions.create(model=EARS, file=RECORDING, stream=True)
    events: list[Any] = list(stream)
    assert events[-1].type == "transcript.text.done"
    assert "".join(one.delta for one in events[:-1]) == events[-1].text != ""
    assert events[-1].usage.output_tokens > 0


@pytest.mark.filterwarnings("ignore:deprecated:DeprecationWarning")  # OpenAI prefers its newer models
def test_a_recording_is_translated(served: GatewayProcess, client: openai.OpenAI) -> None:
    told = client.audio.translations.create(model=EARS, file=RECORDING)
    assert told.text
    assert "into English" in sent(served.google)["contents"][0]["parts"][1]["text"]


def test_a_refused_recording_is_a_400_that_says_so(client: openai.OpenAI) -> None:
    with pytest.raises(openai.BadRequestError) as raised:
        client.audio.transcriptions.create(model=EARS, file=RECORDING, prompt="[[sim: finish=SAFETY]]")
    assert (raised.value.code, raised.value.param) == ("content_policy_violation", "file")


@pytest.mark.parametrize("file", [("a.txt", b"Hello", "text/plain"), ("a.wav", b"", "audio/wav")], ids=["text", "none"])
def test_what_is_no_recording_is_a_400(served: GatewayProcess, client: openai.OpenAI, file: Any) -> None:
    with pytest.raises(openai.BadRequestError) as raised:
        client.audio.transcriptions.create(model=EARS, file=file)
    assert raised.value.param == "file"
    assert requests(served.google) == []


def test_a_form_that_is_none_is_a_400(served: GatewayProcess) -> None:
    answer = served.request("POST", "/v1/audio/transcriptions", b"{}", BEARER)
    assert (answer.status, answer.json["error"]["type"]) == (400, "invalid_request_error")


def test_a_listener_that_leaves_ends_the_speech(served: GatewayProcess, client: openai.OpenAI) -> None:
    told = f"{TEXT} [[sim: events=40 pace_ms=200]]"
    making = client.audio.speech.with_streaming_response.create(
        model=TTS, input=told, voice="kore", response_format="mp3"
    )
    with making as made:
        assert next(made.iter_bytes(100))
    assert wait_for_active(served, 0, 3) == 0
    assert stats(served.google)["aborted_by_client"]["count"] == 1


def test_no_living_key_is_503(google: RunningSimulator, tmp_path: Path) -> None:
    with (
        gateway(google, tmp_path, API_KEYS="AIzaSim-amber-1-dead") as dead,
        openai.OpenAI(base_url=f"{dead.url}/v1", api_key=TOKEN, max_retries=0) as client,
    ):
        with pytest.raises(openai.InternalServerError) as spoken:
            client.audio.speech.create(model=TTS, input="Hello", voice="kore", response_format="pcm")
        with pytest.raises(openai.InternalServerError) as heard:
            client.audio.transcriptions.create(model=EARS, file=RECORDING)
    assert [spoken.value.code, heard.value.code] == ["no_available_key"] * 2


def test_a_recording_that_is_too_large_is_413(google: RunningSimulator, tmp_path: Path) -> None:
    with gateway(google, tmp_path, MAX_BODY_MB="0.1") as small:
        client = openai.OpenAI(base_url=f"{small.url}/v1", api_key=TOKEN, max_retries=0)
        with client, pytest.raises(openai.APIStatusError) as raised:
            client.audio.transcriptions.create(model=EARS, file=("a.wav", RECORDING[1] + bytes(200_000), "audio/wav"))
    assert (raised.value.status_code, raised.value.code) == (413, "request_too_large")


def test_a_stream_of_words_that_fails_ends_with_an_error(client: openai.OpenAI) -> None:
    stream = client.audio.transcriptions.create(
        model=EARS, file=RECORDING, stream=True, prompt="[[sim: words=40 events=6 fault=error_in_stream after=3]]"
    )
    with pytest.raises(openai.APIError):
        list(stream)


def test_a_transcript_that_is_cut_is_no_transcript(client: openai.OpenAI) -> None:
    with pytest.raises(openai.BadRequestError) as raised:
        client.audio.transcriptions.create(model=EARS, file=RECORDING, prompt="[[sim: finish=MAX_TOKENS]]")
    assert raised.value.param == "file"


@pytest.mark.parametrize("form", ["wav", "mp3"])
def test_the_journal_knows_what_was_spoken(served: GatewayProcess, form: str) -> None:
    record = logged(served, speech(served, response_format=form).headers["x-request-id"])
    assert (record["operation"], record["model_used"], record["ending"]) == ("audio/speech", TTS, "whole")
    assert record["usage"]["output"] > 0
    assert record["first_byte"] > 0


def test_the_journal_knows_a_refused_recording_for_an_answered_call(
    served: GatewayProcess, client: openai.OpenAI
) -> None:
    """Google did what it was asked and counted it: no key is to blame for its filter."""
    with pytest.raises(openai.BadRequestError) as raised:
        client.audio.transcriptions.create(model=EARS, file=RECORDING, prompt="[[sim: finish=SAFETY]]")
    record = logged(served, raised.value.response.headers["x-request-id"])
    assert ([one["cause"] for one in record["attempts"]], record["ending"]) == (
        ["answered"],
        "content_policy_violation",
    )
