"""Recordings written down: what Google is asked, and each form of the answer."""

import json
from base64 import b64encode
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemini_balance.core.dialects.openai.audio.captions import SCHEMA, seconds, srt, timed, vtt
from gemini_balance.core.dialects.openai.audio.transcript import TranscriptEncoder
from gemini_balance.core.dialects.openai.audio.transcription import (
    CUT,
    TRANSCRIBE,
    TRANSLATE,
    TranscriptionRequest,
    decode,
    request,
)
from gemini_balance.core.errors import BadRequest, ContentRefused, UpstreamFailed
from gemini_balance.core.wire.codec import encode
from gemini_balance.simulator.models import BY_NAME
from gemini_balance.simulator.validate import read_generate
from tests.unit.core.dialects.openai_replies import blocked, event, told

MODEL = "gemini-3.6-flash"
WAV = b"RIFF\0\0\0\0WAVEfmt "
USAGE = {
    "promptTokenCount": 40,
    "candidatesTokenCount": 5,
    "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 8}, {"modality": "AUDIO", "tokenCount": 32}],
}
TOKENS = {
    "type": "tokens",
    "input_tokens": 40,
    "input_token_details": {"text_tokens": 8, "audio_tokens": 32},
    "output_tokens": 5,
    "total_tokens": 45,
}


def asked(
    *, translate: bool = False, file: bytes = WAV, kind: str = "audio/wav", **fields: str
) -> TranscriptionRequest:
    plain = {"model": MODEL} | fields
    parts = [f'--X\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n' for name, text in plain.items()]
    head = f'--X\r\nContent-Disposition: form-data; name="file"; filename="a"\r\nContent-Type: {kind}\r\n\r\n'
    body = "".join(parts).encode() + head.encode() + file + b"\r\n--X--\r\n"
    return decode("multipart/form-data; boundary=X", body, translate=translate)


def sent(**fields: Any) -> Any:
    body = encode(request(asked(**fields)))
    read_generate(body, BY_NAME[MODEL], streamed=False)
    return json.loads(body)


def asks(*sentences: str) -> list[Any]:
    recording = {"inlineData": {"mimeType": "audio/wav", "data": b64encode(WAV).decode()}}
    return [{"role": "user", "parts": [recording, {"text": "\n".join(sentences)}]}]


@pytest.mark.parametrize(
    ("fields", "body"),
    [
        ({}, {"contents": asks(TRANSCRIBE)}),
        ({"translate": True}, {"contents": asks(TRANSLATE)}),
        ({"language": "de"}, {"contents": asks(TRANSCRIBE, "The language that is spoken is de.")}),
        ({"keywords[]": "Zürich"}, {"contents": asks(TRANSCRIBE, "These words may occur: Zürich.")}),
        (
            {"prompt": "Zürich"},
            {"contents": asks(TRANSCRIBE, "For spelling, style and context only, never to be repeated:\nZürich")},
        ),
        ({"temperature": "0.5"}, {"contents": asks(TRANSCRIBE), "generationConfig": {"temperature": 0.5}}),
        (
            {"response_format": "srt"},
            {
                "contents": asks(TRANSCRIBE, CUT),
                "generationConfig": {"responseMimeType": "application/json", "responseJsonSchema": SCHEMA},
            },
        ),
    ],
)
def test_the_recording_comes_first_then_what_to_do(fields: dict[str, Any], body: dict[str, Any]) -> None:
    assert sent(**fields) == body


@pytest.mark.parametrize(
    ("fields", "param", "message"),
    [
        ({"file": b""}, "file", "`file` is not a recording but empty."),
        ({"file": b"%PDF-1", "kind": "audio/wav"}, "file", "`file` is not a recording but application/pdf."),
        ({"model": ""}, "model", "The form has no `model`."),
        ({"temperature": "hot"}, "temperature", "`temperature` must be a number between 0 and 1."),
        ({"temperature": "nan"}, "temperature", "`temperature` must be a number between 0 and 1."),
        (
            {"response_format": "x"},
            "response_format",
            "`response_format` must be one of json, text, srt, verbose_json, vtt, not 'x'.",
        ),
    ],
)
def test_what_can_not_be_written_down_is_refused(fields: dict[str, Any], param: str, message: str) -> None:
    with pytest.raises(BadRequest) as refused:
        asked(**fields)
    assert (refused.value.param, refused.value.message) == (param, message)


def test_a_form_without_a_recording_is_refused() -> None:
    with pytest.raises(BadRequest, match="Send one recording"):
        decode("multipart/form-data; boundary=X", b"--X--\r\n")


def test_what_has_no_word_at_google_is_told() -> None:
    fields: dict[str, Any] = {"include[]": "logprobs", "timestamp_granularities[]": "word", "chunking_strategy": "auto"}
    assert asked(**fields).dropped == ("include", "chunking_strategy", "timestamp_granularities[word]")


ANSWER = json.dumps(
    {
        "language": "German",
        "segments": [
            {"start": 0, "end": "1.5", "text": " Hallo. "},
            {"start": "00:01,5", "end": "01:02:03.25", "text": "Na\n\nund --> so."},
            {"start": 4000, "end": 3, "text": " "},
        ],
    }
)


def whole(text: str, **fields: Any) -> bytes:
    return TranscriptEncoder(asked(**fields)).whole(event({"text": text}, finish="STOP", usageMetadata=USAGE))


def test_json_tells_the_text_and_what_it_cost() -> None:
    assert json.loads(whole(" Hallo. ")) == {"text": "Hallo.", "usage": TOKENS}


@pytest.mark.parametrize(
    ("form", "said", "body"),
    [
        ("text", "Hallo.", "Hallo.\n"),
        (
            "srt",
            ANSWER,
            "1\n00:00:00,000 --> 00:00:01,500\nHallo.\n\n2\n00:00:01,500 --> 01:02:03,250\nNa\nund --> so.\n\n",
        ),
        (
            "vtt",
            ANSWER,
            "WEBVTT\n\n00:00:00.000 --> 00:00:01.500\nHallo.\n\n00:00:01.500 --> 01:02:03.250\nNa\nund → so.\n\n",
        ),
    ],
)
def test_plain_forms_are_plain_text(form: str, said: str, body: str) -> None:
    assert TranscriptEncoder(asked(response_format=form)).content_type == b"text/plain; charset=utf-8"
    assert whole(said, response_format=form).decode() == body


@pytest.mark.parametrize(
    ("translate", "task", "language"), [(False, "transcribe", "german"), (True, "translate", "english")]
)
def test_verbose_json_tells_segments(translate: bool, task: str, language: str) -> None:
    guessed = {"seek": 0, "tokens": [], "avg_logprob": 0.0, "compression_ratio": 0.0, "no_speech_prob": 0.0}
    told_ = json.loads(whole(ANSWER, response_format="verbose_json", translate=translate, temperature="0.5"))
    assert told_ == {
        "task": task,
        "language": language,
        "duration": 3723.25,
        "text": "Hallo. Na\n\nund --> so.",
        "segments": [
            {"id": 0, "start": 0.0, "end": 1.5, "text": "Hallo.", "temperature": 0.5} | guessed,
            {"id": 1, "start": 1.5, "end": 3723.25, "text": "Na\n\nund --> so.", "temperature": 0.5} | guessed,
        ],
        "usage": {"type": "duration", "seconds": 3724},
    }


def test_a_stream_tells_the_text_as_it_comes_and_whole_at_the_end() -> None:
    encoder = TranscriptEncoder(asked(stream="true"))
    events = [
        event({"text": "Hal"}),
        event({"text": "x", "thought": True}),
        event({"text": "lo."}, usageMetadata=USAGE),
    ]
    assert encoder.content_type == b"text/event-stream; charset=utf-8"
    assert told(encoder.feed(events) + encoder.finish(b"")) == [
        {"type": "transcript.text.delta", "delta": "Hal"},
        {"type": "transcript.text.delta", "delta": "lo."},
        {"type": "transcript.text.done", "text": "Hallo.", "usage": TOKENS},
    ]


def test_timed_forms_are_never_streamed() -> None:
    assert [asked(stream="true", response_format=form).stream for form in ("json", "srt")] == [True, False]


def test_a_filtered_transcript_is_refused_and_half_a_one_too() -> None:
    encoder = TranscriptEncoder(asked())
    with pytest.raises(ContentRefused):
        encoder.whole(blocked())
    with pytest.raises(ContentRefused):
        encoder.feed([event({"text": "Hal"}, finish="RECITATION")])
    with pytest.raises(BadRequest, match="send it in parts"):
        encoder.whole(event({"text": "Hal"}, finish="MAX_TOKENS"))


@pytest.mark.parametrize("said", ["no JSON", "[]", '{"segments": [{"text": "a", "start": "soon"}]}', '{"segments": 1}'])
def test_a_model_that_tells_no_times_has_failed(said: str) -> None:
    with pytest.raises(UpstreamFailed, match="not the timed transcript"):
        timed(said)


@pytest.mark.parametrize(
    ("said", "number"),
    [(1, 1.0), ("75.5", 75.5), ("01:15.5", 75.5), ("1:00:00", 3600.0), ("00:00:01,250", 1.25), ("3s", 3.0), (-1, 0.0)],
)
def test_a_time_may_be_written_in_several_ways(said: float | str, number: float) -> None:
    assert seconds(said) == number


SEGMENTS = st.lists(st.fixed_dictionaries({"start": st.floats(0, 1e5), "end": st.floats(0, 1e5), "text": st.text()}))


@given(SEGMENTS)
def test_captions_go_forward_whatever_a_model_says(segments: list[dict[str, Any]]) -> None:
    _, captions = timed(json.dumps({"segments": segments}))
    starts = [one.start for one in captions]
    assert starts == sorted(starts)
    assert all(one.start <= one.end for one in captions)
    assert len(captions) == srt(captions).count(" --> ") - sum(one.text.count(" --> ") for one in captions)
    assert len(captions) == vtt(captions).count(" --> ")
