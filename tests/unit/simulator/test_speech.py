"""Speech in the voice that was asked for, cut into events, and pictures in the form that was asked for."""

import base64
import json
import struct

import pytest

from gemini_balance.simulator.json_types import Json, Object
from gemini_balance.simulator.speech import VOICES
from tests.unit.simulator.client import Client, Reply, ask

TTS, PICTURES = "gemini-2.5-flash-preview-tts", "gemini-2.5-flash-image"


def named(voice: str) -> Object:
    return {"prebuiltVoiceConfig": {"voiceName": voice}}


def spoken(**speech: Json) -> Object:
    return ask("say this", generationConfig={"responseModalities": ["AUDIO"], "speechConfig": speech})


def sound(*events: Object) -> bytes:
    return b"".join(base64.b64decode(part["inlineData"]["data"]) for event in events for part in parts(event))


def parts(event: Object) -> list[dict[str, dict[str, str]]]:
    found: list[dict[str, dict[str, str]]] = json.loads(json.dumps(event))["candidates"][0]["content"].get("parts", [])
    return found


def test_a_stream_cuts_speech_into_events_of_whole_samples(google: Client) -> None:
    body = spoken(voiceConfig=named("Kore"))
    events = google.stream(body, TTS).events()
    whole = google.generate(body, TTS).json()
    assert len(events) == 4
    assert sound(*events) == sound(whole)
    assert parts(whole)[0]["inlineData"]["mimeType"] == "audio/L16;codec=pcm;rate=24000"
    assert {len(sound(event)) % 2 for event in events} == {0}


def test_a_voice_is_told_by_its_tone_whatever_the_letter_case(google: Client) -> None:
    tones = [sound(google.generate(spoken(voiceConfig=named(voice)), TTS).json()) for voice in ("Kore", "kore", "Puck")]
    assert (tones[0] == tones[1], tones[0] == tones[2]) == (True, False)


def test_what_is_heard_can_be_written_down_as_asked(google: Client) -> None:
    def heard(**wanted: Json) -> Reply:
        config: Object = {"audioTranscriptionConfig": wanted}
        return google.generate(ask("write it down", generationConfig=config), "gemini-3.5-transcribe")

    replies = [heard(wordTimestamp=True, diarization=True), heard(mode="SMART"), heard(mood="SMART")]
    assert [reply.status for reply in replies] == [200, 200, 400]
    assert "Unknown name \"mood\" at 'generation_config.audio_transcription_config'" in replies[2].message()


def test_two_speakers_have_a_voice_each(google: Client) -> None:
    speakers: list[Json] = [
        {"speaker": "Joe", "voiceConfig": named("Kore")},
        {"speaker": "Ann", "voiceConfig": named("Puck")},
    ]
    replies = [
        google.generate(spoken(multiSpeakerVoiceConfig={"speakerVoiceConfigs": some}), TTS)
        for some in (speakers, speakers[:1])
    ]
    assert [reply.status for reply in replies] == [200, 400]
    assert "The number of enabled_voices must equal 2." in replies[1].message()


@pytest.mark.parametrize(
    ("body", "model", "message"),
    [
        (
            spoken(voiceConfig=named("nova")),
            TTS,
            f"Voice name nova is not supported. Allowed voice names are: {', '.join(VOICES)}",
        ),
        (
            ask("hi", generationConfig={"speechConfig": {"voiceConfig": named("Kore")}}),
            PICTURES,
            "Cannot extract voices from a non-audio request.",
        ),
        (
            spoken() | {"systemInstruction": {"parts": [{"text": "slowly"}]}},
            TTS,
            f"Developer instruction is not enabled for models/{TTS}",
        ),
    ],
)
def test_what_can_not_be_spoken_is_refused(google: Client, body: Object, model: str, message: str) -> None:
    reply = google.generate(body, model)
    assert (reply.status, reply.message()) == (400, message)


def picture(reply: Reply) -> list[tuple[int, int]]:
    found = [base64.b64decode(part["inlineData"]["data"]) for part in parts(reply.json()) if "inlineData" in part]
    return [struct.unpack(">II", data[16:24]) for data in found]


def test_a_picture_has_the_aspect_ratio_asked_for(google: Client) -> None:
    body = ask("a cat", generationConfig={"responseModalities": ["IMAGE"], "imageConfig": {"aspectRatio": "16:9"}})
    assert picture(google.generate(body, PICTURES)) == [(16, 9)]


def test_a_filtered_picture_is_only_a_finish_reason(google: Client) -> None:
    said = google.generate(ask("[[sim: finish=IMAGE_SAFETY]] a cat"), PICTURES).json()
    assert said["candidates"] == [
        {
            "content": {"role": "model"},
            "finishReason": "IMAGE_SAFETY",
            "index": 0,
            "finishMessage": "The picture or speech was not given (IMAGE_SAFETY).",
        }
    ]
