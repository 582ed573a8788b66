"""A Live conversation: what is heard, and what is said then."""

import msgspec
import pytest

from gemini_balance.simulator.errors import GoogleError
from gemini_balance.simulator.json_types import Json, Object
from gemini_balance.simulator.live.messages import ClientMessage, Setup
from gemini_balance.simulator.live.session import Heard, Session
from gemini_balance.simulator.models import BY_NAME
from gemini_balance.simulator.shape import parse

TEXT: Object = {"generationConfig": {"responseModalities": ["TEXT"]}}
WEATHER: Json = [{"functionDeclarations": [{"name": "get_weather"}]}]
DONE: list[Object] = [{"serverContent": {"generationComplete": True}}, {"serverContent": {"turnComplete": True}}]


def session(model: str = "gemini-3.8-live", **setup: Json) -> Session:
    read = parse(msgspec.json.encode({"model": f"models/{model}", **TEXT, **setup}), Setup)
    return Session(read, BY_NAME[model], [])


def heard(talk: Session, message: Object) -> Heard:
    return talk.hear(parse(msgspec.json.encode(message), ClientMessage))


def content(text: str, *, complete: bool = True) -> Object:
    return {"clientContent": {"turns": [{"role": "user", "parts": [{"text": text}]}], "turnComplete": complete}}


def said(talk: Session, events: int = 1) -> list[Object]:
    """Without what was counted."""
    messages = talk.turn("thoughts=0", (0, events)).messages
    return [{name: value for name, value in message.items() if name != "usageMetadata"} for message in messages]


def spoken(*texts: str) -> list[Object]:
    return [{"serverContent": {"modelTurn": {"parts": [{"text": text}]}}} for text in texts]


def test_a_turn_is_answered_once_it_is_complete() -> None:
    talk = session()
    assert [heard(talk, content("one", complete=False)), heard(talk, content("two"))] == [Heard.MORE, Heard.TURN]
    assert said(talk) == [*spoken("[gemini-3.8-live turn 2] two"), *DONE]


def test_an_answer_comes_in_pieces() -> None:
    talk = session()
    heard(talk, content('[[sim: text="abcd" thoughts=0]]'))
    assert said(talk, events=2) == [*spoken("ab", "cd"), *DONE]


def test_the_last_message_tells_what_was_used() -> None:
    talk = session()
    heard(talk, content('[[sim: text="abcd" thoughts=3]]'))
    last = talk.turn("", (0, 1)).messages[-1]
    assert last["usageMetadata"] == {
        "promptTokenCount": 8,
        "responseTokenCount": 1,
        "totalTokenCount": 12,
        "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 8}],
        "responseTokensDetails": [{"modality": "TEXT", "tokenCount": 1}],
        "thoughtsTokenCount": 3,
    }


def test_a_call_waits_for_its_response_and_then_the_turn_ends() -> None:
    talk = session(tools=WEATHER)
    heard(talk, content("get_weather now"))
    (message,) = said(talk)
    calls = message["toolCall"]
    assert isinstance(calls, dict)
    assert isinstance(calls["functionCalls"], list)
    (call,) = calls["functionCalls"]
    assert isinstance(call, dict)
    response: Json = {"id": call["id"], "name": "get_weather", "response": {"sky": "blue"}}
    assert heard(talk, {"toolResponse": {"functionResponses": [response]}}) is Heard.TURN
    assert said(talk) == [
        *spoken('[gemini-3.8-live turn 1] get_weather returned {"sky":"blue"} get_weather now'),
        *DONE,
    ]


def test_audio_is_gathered_until_it_ends() -> None:
    talk = session(inputAudioTranscription={})
    chunk: Object = {"realtimeInput": {"audio": {"mimeType": "audio/pcm;rate=16000", "data": "AAAAAAAA"}}}
    end: Object = {"realtimeInput": {"audioStreamEnd": True}}
    assert [heard(talk, one) for one in (end, chunk, chunk, end)] == [Heard.MORE, Heard.MORE, Heard.MORE, Heard.TURN]
    assert said(talk)[0] == {"serverContent": {"inputTranscription": {"text": "12 bytes of audio"}}}


def test_a_realtime_text_is_a_turn() -> None:
    talk = session()
    assert heard(talk, {"realtimeInput": {"text": "hi"}}) is Heard.TURN
    assert said(talk)[:1] == spoken("[gemini-3.8-live turn 1] hi")


def test_speech_is_what_is_said_unless_text_was_asked_for() -> None:
    talk = session("gemini-2.5-flash-native-audio-preview-12-2025", generationConfig={}, outputAudioTranscription={})
    heard(talk, content("hi"))
    first, *rest = said(talk)
    assert "audio/L16;codec=pcm;rate=24000" in str(first)
    assert rest == [{"serverContent": {"outputTranscription": {"text": "What was said."}}}, *DONE]


@pytest.mark.parametrize(
    ("message", "sentence"),
    [
        ({"setup": {"model": "models/x"}}, "setup must be the first message and only the first"),
        ({}, "Request contains no message."),
        (
            {"toolResponse": {"functionResponses": [{"id": "x", "name": "n"}]}},
            "Unknown function call id 'x' in tool_response.",
        ),
    ],
)
def test_a_message_out_of_place_is_refused(message: Object, sentence: str) -> None:
    with pytest.raises(GoogleError) as refused:
        heard(session(), message)
    assert refused.value.problem.message == sentence


def test_a_setup_that_the_model_cannot_fulfil_is_refused() -> None:
    with pytest.raises(GoogleError, match="response modalities"):
        session("gemini-2.5-flash-native-audio-preview-12-2025")
