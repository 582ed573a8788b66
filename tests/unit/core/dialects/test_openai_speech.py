"""Speech: what Google is told to say, and the file or stream that comes of it."""

import io
import json
import wave
from base64 import b64decode
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemini_balance.core.dialects.openai.audio.speech import CONTENT_TYPES, SpeechRequest, decode, request
from gemini_balance.core.dialects.openai.audio.speech_encoder import SpeechEncoder
from gemini_balance.core.dialects.openai.sound import RATE, rate_of
from gemini_balance.core.errors import BadRequest, ContentRefused, GatewayError, UpstreamFailed
from gemini_balance.core.gemini.events import Event
from gemini_balance.core.wire.codec import encode
from gemini_balance.simulator.models import BY_NAME
from gemini_balance.simulator.validate import read_generate
from tests.unit.core.dialects.openai_replies import blocked, event, sound, told

MODEL = "gemini-2.5-flash-preview-tts"
USAGE = {"promptTokenCount": 4, "candidatesTokenCount": 25}


def asked(**body: Any) -> SpeechRequest:
    return decode(json.dumps({"model": MODEL, "input": "Hi."} | body).encode(), formats=CONTENT_TYPES.keys())


def sent(**body: Any) -> Any:
    encoded = encode(request(asked(**body)))
    read_generate(encoded, BY_NAME[MODEL], streamed=False)
    return json.loads(encoded)


def notes(text: str) -> str:
    return f"### DIRECTOR'S NOTES\n{text}\n\n#### TRANSCRIPT\nHi."


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({}, "Hi."),
        ({"speed": 1}, "Hi."),
        ({"instructions": " Whisper. "}, notes("Whisper.")),
        ({"speed": 0.5}, notes("Speak very slowly.")),
        ({"speed": 0.9}, notes("Speak slowly.")),
        ({"speed": 1.25, "instructions": "Whisper."}, notes("Whisper. Speak quickly.")),
        ({"speed": 4.0}, notes("Speak very quickly.")),
    ],
)
def test_instructions_and_speed_stand_above_the_text(body: dict[str, Any], text: str) -> None:
    assert sent(**body) == {
        "contents": [{"role": "user", "parts": [{"text": text}]}],
        "generationConfig": {"responseModalities": ["AUDIO"]},
    }


@pytest.mark.parametrize(
    ("voice", "name"), [("Kore", "Kore"), ("kORE", "Kore"), ("alloy", "Kore"), ({"id": "puck"}, "Puck")]
)
def test_a_voice_is_googles_whatever_it_is_called(voice: Any, name: str) -> None:
    speech = sent(voice=voice)["generationConfig"]["speechConfig"]
    assert speech == {"voiceConfig": {"prebuiltVoiceConfig": {"voiceName": name}}}


@pytest.mark.parametrize(
    ("body", "param", "message"),
    [
        ({"input": " "}, "input", "`input` is empty."),
        ({"speed": 5}, "speed", "`speed` must be between 0.25 and 4."),
        (
            {"response_format": "ogg"},
            "response_format",
            "`response_format` must be one of wav, pcm, mp3, opus, aac, flac, not 'ogg'.",
        ),
        ({"response_format": "mp3"}, "response_format", "This gateway can't write mp3; ask for pcm or wav."),
        ({"stream_format": "x"}, "stream_format", "`stream_format` must be audio or sse, not 'x'."),
    ],
)
def test_what_can_not_be_spoken_is_refused(body: dict[str, Any], param: str, message: str) -> None:
    with pytest.raises(BadRequest) as refused:
        decode(json.dumps({"model": MODEL, "input": "Hi."} | body).encode())
    assert (refused.value.param, refused.value.message) == (param, message)


def test_the_default_form_is_the_routes() -> None:
    body = b'{"model": "m", "input": "Hi."}'
    assert [decode(body).form, decode(body, "mp3", {"mp3"}).form] == ["wav", "mp3"]


def read_wave(data: bytes) -> tuple[int, int, int, bytes]:
    with wave.open(io.BytesIO(data)) as file:
        samples = file.readframes(file.getnframes())
        return file.getnchannels(), file.getsampwidth(), file.getframerate(), samples


class Shouting:
    """An encoder's file, for tests: it tells its rate and ends with a mark."""

    def __init__(self, rate: int) -> None:
        self._head = f"{rate}:".encode()

    def feed(self, samples: bytes) -> bytes:
        head, self._head = self._head, b""
        return head + samples.upper()

    def finish(self) -> bytes:
        return b"!"


def test_a_whole_answer_is_a_file_that_readers_understand() -> None:
    encoder = SpeechEncoder(asked())
    data = encoder.whole(event(sound(b"ab"), sound(b"cd"), finish="STOP"))
    assert (encoder.content_type, read_wave(data)) == (b"audio/wav", (1, 2, 24_000, b"abcd"))


@pytest.mark.parametrize(("form", "data"), [("pcm", b"abcd"), ("mp3", b"24000:ABCD!")])
def test_other_forms_are_written_by_who_can(form: str, data: bytes) -> None:
    begin = Shouting if form == "mp3" else None
    assert SpeechEncoder(asked(response_format=form), begin).whole(event(sound(b"ab"), sound(b"cd"))) == data


@pytest.mark.parametrize(("form", "head", "end"), [("pcm", b"", b""), ("mp3", b"24000:", b"!")])
def test_a_stream_is_written_as_it_comes(form: str, head: bytes, end: bytes) -> None:
    encoder = SpeechEncoder(asked(response_format=form), Shouting if form == "mp3" else None)
    assert encoder.feed([event(sound(b"12"))]) == head + b"12"
    assert encoder.feed([event(sound(b"34"))]) == b"34"
    assert encoder.finish(b"") == end


def test_a_streamed_wav_begins_with_a_head_of_unknown_length() -> None:
    encoder = SpeechEncoder(asked())
    data = encoder.feed([event(sound(b"ab"))]) + encoder.feed([event(sound(b"cd"))]) + encoder.finish(b"")
    assert (data[:8], data[40:]) == (b"RIFF\xff\xff\xff\xff", b"\xff\xff\xff\xffabcd")


@pytest.mark.parametrize("whole", [True, False])
def test_events_tell_the_sound_in_base64_and_then_what_it_cost(whole: bool) -> None:
    encoder = SpeechEncoder(asked(response_format="pcm", stream_format="sse"))
    events = [event(sound(b"ab")), event(sound(b"cd"), usageMetadata=USAGE)]
    data = encoder.whole(*events) if whole else encoder.feed(events) + encoder.finish(b"")
    first, second, done = told(data)
    assert [(one["type"], b64decode(one["audio"])) for one in (first, second)] == [
        ("speech.audio.delta", b"ab"),
        ("speech.audio.delta", b"cd"),
    ]
    usage = {"input_tokens": 4, "output_tokens": 25, "total_tokens": 29}
    assert done == {"type": "speech.audio.done", "usage": usage}


def test_only_sound_is_visible() -> None:
    encoder = SpeechEncoder(asked())
    assert [encoder.visible([one]) for one in (event(), event({"text": "x"}), event(sound(b"ab")))] == [
        False,
        False,
        True,
    ]


@pytest.mark.parametrize(
    ("reply", "error", "message"),
    [
        (event(finish="SAFETY"), ContentRefused, "Google's filter ended this answer (SAFETY)."),
        (blocked(), ContentRefused, "Google's filter refused this prompt (PROHIBITED_CONTENT)."),
        (event({"text": "no"}, finish="STOP"), UpstreamFailed, "The model gave no sound. Is it one that speaks?"),
        (
            event(sound(b"ab"), finish="MAX_TOKENS"),
            BadRequest,
            "`input` is longer than what the model speaks in one answer; send it in parts.",
        ),
    ],
)
def test_silence_and_half_a_speech_are_errors(reply: Event, error: type[GatewayError], message: str) -> None:
    with pytest.raises(error) as alone:
        SpeechEncoder(asked()).whole(reply)
    encoder = SpeechEncoder(asked())
    with pytest.raises(error) as streamed:
        _ = encoder.feed([reply]) + encoder.finish(b"")
    assert (alone.value.message, streamed.value.message) == (message, message)


def test_a_failure_is_an_event_where_there_are_events_and_nothing_in_bare_sound() -> None:
    failures = [SpeechEncoder(asked(**body)).failure(UpstreamFailed("cut")) for body in ({"stream_format": "sse"}, {})]
    error = {"message": "cut", "type": "server_error", "param": None, "code": "upstream_error"}
    assert (told(failures[0]), failures[1]) == ([{"error": error}], b"")


@given(st.lists(st.binary(max_size=40), min_size=1))
def test_however_speech_is_cut_the_same_samples_arrive(pieces: list[bytes]) -> None:
    encoder = SpeechEncoder(asked(response_format="pcm"))
    events = [event(sound(piece)) for piece in [b"ab", *pieces]]
    data = b"".join(encoder.feed([one]) for one in events) + encoder.finish(b"")
    assert data == SpeechEncoder(asked(response_format="pcm")).whole(*events) == b"ab" + b"".join(pieces)


@pytest.mark.parametrize(
    ("kind", "rate"),
    [("audio/L16;codec=pcm;rate=16000", 16_000), ("audio/pcm", RATE), ("audio/L16; rate=0", RATE), ("", RATE)],
)
def test_the_rate_stands_in_the_type(kind: str, rate: int) -> None:
    assert rate_of(kind) == rate
