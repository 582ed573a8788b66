"""One answer has one content: whole or streamed, and however the stream was cut."""

import json
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from openai.types.chat import ChatCompletion

from gemini_balance.core.call import Call, Operation, Wishes
from gemini_balance.core.dialects import Moment
from gemini_balance.core.dialects.openai.dialect import OPENAI
from gemini_balance.core.dialects.openai.encoder import ChatEncoder
from gemini_balance.core.gemini.events import Event, events_of
from gemini_balance.core.gemini.smoothing import smoothed
from gemini_balance.core.options import Options
from gemini_balance.core.wire.sse import SseFramer
from tests.unit.core.dialects.openai_reader import accumulated

words = st.text(max_size=12)
signed = st.sampled_from([{}, {"thoughtSignature": "c2ln"}])
arguments = st.dictionaries(words, st.none() | st.booleans() | words | st.lists(st.integers()), max_size=3)
calls = st.builds(
    lambda args, named: {"name": "f", **args, **named},
    st.builds(lambda a: {"args": a}, arguments),
    st.sampled_from([{}, {"id": "up"}]),
)
kinds = st.one_of(
    st.builds(lambda text: {"text": text}, words),
    st.builds(lambda text: {"text": text, "thought": True}, words),
    st.builds(lambda call: {"functionCall": call}, calls),
    st.just({"inlineData": {"mimeType": "image/png", "data": "aW1n"}}),
    st.builds(lambda code: {"executableCode": {"language": "PYTHON", "code": code}}, words),
    st.builds(lambda out: {"codeExecutionResult": {"outcome": "OUTCOME_OK", "output": out}}, words),
    st.just({"toolCall": {"id": "x"}}),
)
parts = st.builds(lambda part, more: part | more, kinds, signed)
events = st.lists(st.lists(parts, max_size=3), min_size=1, max_size=6)
endings = st.sampled_from(["STOP", "MAX_TOKENS", "SAFETY", "MALFORMED_FUNCTION_CALL", "OTHER"])
options = st.builds(
    Options,
    show_thinking_process=st.booleans(),
    thinking_style=st.sampled_from(["reasoning_content", "think"]),
    image_style=st.sampled_from(["images", "markdown"]),
    show_search_link=st.booleans(),
)
wishes = st.sampled_from([Wishes(), Wishes(parallel=False), Wishes(legacy=True)])


def replies(said: list[list[dict[str, Any]]], ending: str) -> list[bytes]:
    told = [{"content": {"parts": parts, "role": "model"}, "index": 0} for parts in said]
    told[-1]["finishReason"] = ending
    grounding = {"groundingChunks": [{"web": {"uri": "https://a.example", "title": "A"}}]}
    told[-1]["groundingMetadata"] = grounding
    counted = {"promptTokenCount": 5, "totalTokenCount": 5}
    return [
        json.dumps({"candidates": [one], "usageMetadata": counted | {"candidatesTokenCount": at}}).encode()
        for at, one in enumerate(told)
    ]


def encoder(operation: Operation, options: Options, wishes: Wishes) -> ChatEncoder:
    return OPENAI.encoder(Call(operation, "m-search", include_usage=True, wishes=wishes), Moment("1", 0), options)


def whole(sent: list[bytes], options: Options, wishes: Wishes) -> ChatCompletion:
    told = encoder(Operation.GENERATE, options, wishes).whole(*[Event(one, one) for one in sent])
    return ChatCompletion.model_validate_json(told, strict=True)


def plain(completion: ChatCompletion) -> Any:
    """All of it, save what only one of the forms has: the kind of object, and nothing written as `""`."""
    (choice,) = completion.choices
    message = {name: value for name, value in choice.message.model_dump().items() if value}
    for one in [*message.get("tool_calls", []), *message.get("images", [])]:
        one.pop("index", None)
        one.get("function", {}).pop("parsed_arguments", None)  # its library's own
    return message, choice.finish_reason, completion.usage


@given(events, endings, options, wishes)
def test_a_stream_and_a_whole_answer_agree(said: Any, ending: str, options: Options, wishes: Wishes) -> None:
    sent = replies(said, ending)
    chat = encoder(Operation.STREAM, options, wishes)
    streamed = b"".join([chat.feed([Event(one, one)]) for one in sent]) + chat.finish(b"")
    assert plain(accumulated(streamed)) == plain(whole(sent, options, wishes))


@given(events, endings, st.lists(st.integers(min_value=0, max_value=4_000), max_size=20))
def test_no_cut_changes_a_stream(said: Any, ending: str, places: list[int]) -> None:
    data = b"".join(b"data: " + one + b"\r\n\r\n" for one in replies(said, ending))
    edges = sorted({0, len(data), *(place for place in places if place < len(data))})
    outcomes = []
    for pieces in ([data], [data[a:b] for a, b in pairwise(edges)]):
        chat, framer = encoder(Operation.STREAM, Options(), Wishes()), SseFramer()
        outcomes.append(b"".join([chat.feed(events_of(framer.feed(piece))) for piece in pieces]) + chat.finish(b""))
    assert outcomes[0] == outcomes[1]


@given(events, endings, st.integers(min_value=1, max_value=5))
def test_smoothing_changes_no_word(said: Any, ending: str, size: int) -> None:
    sent = [Event(one, one) for one in replies(said, ending)]
    chat = encoder(Operation.STREAM, Options(), Wishes())
    streamed = chat.feed(smoothed(sent, size)) + chat.finish(b"")
    assert plain(accumulated(streamed)) == plain(whole([one.data for one in sent], Options(), Wishes()))
