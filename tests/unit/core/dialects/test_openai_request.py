"""A chat completion request in Gemini's terms."""

import json
import re
from typing import Any

import pytest

from gemini_balance.core.call import NO_WISHES, Framing, Inbound, Operation, Wishes
from gemini_balance.core.dialects.openai.dialect import OPENAI
from gemini_balance.core.errors import BadRequest
from gemini_balance.core.gemini.request_schema import ThinkingConfig
from gemini_balance.core.wire.codec import encode
from tests.unit.core.dialects.openai_stage import HI, asked


def said(role: str, *texts: str) -> dict[str, Any]:
    return {"role": role, "parts": [{"text": text} for text in texts]}


def message(role: str, content: Any = "Hi", **more: Any) -> dict[str, Any]:
    return {"role": role, "content": content} | more


def translated(**body: Any) -> Any:
    return json.loads(encode(asked(**body).request))


@pytest.mark.parametrize(
    ("messages", "request_"),
    [
        pytest.param([HI], {"contents": [said("user", "Hi")]}, id="one"),
        pytest.param(
            [message("user", "a"), message("assistant", "b"), message("user", "c")],
            {"contents": [said("user", "a"), said("model", "b"), said("user", "c")]},
            id="turns",
        ),
        pytest.param(
            [message("user", "a"), message("user", "b"), message("assistant", "c")],
            {"contents": [said("user", "a", "b"), said("model", "c")]},
            id="neighbours of one role are merged",
        ),
        pytest.param(
            [message("system", "s"), message("user", "a"), message("developer", "d")],
            {"contents": [said("user", "a")], "systemInstruction": {"parts": [{"text": "s"}, {"text": "d"}]}},
            id="instructions are gathered in order",
        ),
        pytest.param([message("system", "s")], {"contents": [said("user", "s")]}, id="instructions alone"),
        pytest.param(
            [message("user", [{"type": "text", "text": "a"}, {"type": "input_text", "text": "b"}])],
            {"contents": [said("user", "a", "b")]},
            id="parts",
        ),
        pytest.param(
            [message("user", "a"), message("assistant", [{"type": "refusal", "refusal": "no"}]), message("user", "b")],
            {"contents": [said("user", "a"), said("model", "no"), said("user", "b")]},
            id="a refusal is what the model said",
        ),
        pytest.param(
            [message("user", "a"), message("assistant", None), message("user", "b")],
            {"contents": [said("user", "a", "b")]},
            id="a message without content is none",
        ),
        pytest.param([message("user", "", name="Bo")], {"contents": [said("user", "")]}, id="an empty text stays"),
    ],
)
def test_messages_become_contents(messages: list[Any], request_: dict[str, Any]) -> None:
    assert translated(messages=messages) == request_


@pytest.mark.parametrize(
    ("body", "config"),
    [
        ({}, None),
        ({"temperature": 0}, {"temperature": 0}),
        ({"temperature": 0.2, "top_p": 0.9, "top_k": 40}, {"temperature": 0.2, "topP": 0.9, "topK": 40}),
        ({"max_tokens": 9}, {"maxOutputTokens": 9}),
        ({"max_tokens": 9, "max_completion_tokens": 7}, {"maxOutputTokens": 7}),
        ({"stop": "x"}, {"stopSequences": ["x"]}),
        ({"stop": ["x", "", "y"]}, {"stopSequences": ["x", "y"]}),
        ({"stop": []}, None),
        ({"stop": None, "seed": None, "n": None, "temperature": None}, None),
        ({"n": 3, "seed": 7}, {"candidateCount": 3, "seed": 7}),
        ({"presence_penalty": 0.5, "frequency_penalty": -1}, {"presencePenalty": 0.5, "frequencyPenalty": -1}),
        ({"user": "u", "store": True, "metadata": {"a": "b"}, "new_field": [1]}, None),
    ],
    ids=str,
)
def test_only_what_the_caller_sent_is_set(body: dict[str, Any], config: dict[str, Any] | None) -> None:
    assert translated(**body).get("generationConfig") == config


def test_google_takes_five_stops_and_the_caller_learns_which_were_dropped() -> None:
    call = asked(stop=list("abcdefg"), logit_bias={"1": 1})
    assert call.request is not None
    assert call.request.generation_config is not None
    assert call.request.generation_config.stop_sequences == list("abcde")
    assert call.dropped == ("stop[5:]", "logit_bias")


@pytest.mark.parametrize(
    ("body", "facts"),
    [
        ({}, (Operation.GENERATE, Framing.WHOLE, "", False)),
        ({"stream": False, "stream_options": None}, (Operation.GENERATE, Framing.WHOLE, "", False)),
        ({"stream": None}, (Operation.GENERATE, Framing.WHOLE, "", False)),
        ({"stream": True}, (Operation.STREAM, Framing.SSE, "alt=sse", False)),
        (
            {"stream": True, "stream_options": {"include_usage": True, "include_obfuscation": False}},
            (Operation.STREAM, Framing.SSE, "alt=sse", True),
        ),
        (
            {"stream": True, "stream_options": {"include_usage": None}},
            (Operation.STREAM, Framing.SSE, "alt=sse", False),
        ),
    ],
    ids=str,
)
def test_a_stream_is_asked_for_as_a_stream(body: dict[str, Any], facts: tuple[Any, ...]) -> None:
    call = asked(**body)
    assert (call.operation, call.framing, call.query, call.include_usage) == facts


@pytest.mark.parametrize(
    ("body", "param", "sentence"),
    [
        ({"messages": []}, "messages", "`messages` is empty"),
        ({"messages": "Hi"}, "messages", "Expected `array`, got `str`"),
        ({"messages": [{"content": "x"}]}, "messages[0]", "missing required field `role`"),
        ({"messages": [message("user", 7)]}, "messages[0].content", "Expected"),
        ({"messages": [message("robot")]}, "messages[0].role", "not 'robot'"),
        ({"messages": [message("tool", tool_call_id="x")]}, "messages[0].tool_call_id", "answers 'x'"),
        ({"messages": [message("assistant", tool_calls=[{}])]}, "messages[0].tool_calls[0]", "Only calls of functions"),
        ({"messages": [message("user", [{"type": "x"}])]}, "messages[0].content[0]", "Content of type 'x'"),
        ({"messages": [message("user", [{"text": "x"}])]}, "messages[0].content[0]", "missing required field `type`"),
        ({"model": 7}, "model", "Expected `str`, got `int`"),
        ({"temperature": "hot"}, "temperature", "Expected `float | null`, got `str`"),
        ({"max_tokens": 1.5}, "max_tokens", "Expected `int | null`, got `float`"),
        ({"stream": "yes"}, "stream", "Expected `bool | null`, got `str`"),
        ({"tools": [{}]}, "tools[0].type", "neither a type nor a `function`"),
        ({"functions": [{}]}, "functions[0]", "missing required field `name`"),
        ({"response_format": {"type": "yaml"}}, "response_format.type", "not 'yaml'"),
        ({"messages": [message("user", [{"type": "file", "file": {}}])]}, "messages[0].content[0]", "`file.file_data`"),
    ],
    ids=str,
)
def test_a_bad_request_is_refused_by_the_fields_name(body: dict[str, Any], param: str, sentence: str) -> None:
    with pytest.raises(BadRequest) as refused:
        asked(**body)
    assert sentence in refused.value.message
    assert refused.value.param == param


@pytest.mark.parametrize("body", [{"tools": []}, {"tools": None}, {"response_format": {"type": "text"}}], ids=str)
def test_what_asks_for_nothing_special_is_not_refused(body: dict[str, Any]) -> None:
    assert asked(**body).model == "m"


@pytest.mark.parametrize(
    ("body", "wishes"),
    [
        ({}, NO_WISHES),
        ({"parallel_tool_calls": False}, Wishes(parallel=False)),
        ({"parallel_tool_calls": True}, NO_WISHES),
        ({"functions": [{"name": "f"}]}, Wishes(legacy=True)),
        ({"tools": [{"type": "function", "function": {"name": "f", "strict": True}}]}, Wishes(strict=True)),
        ({"tools": [{"type": "function", "function": {"name": "a b"}}]}, Wishes(renamed={"a_b": "a b"})),
        ({"audio": {"voice": "alloy", "format": "pcm16"}}, Wishes(audio_format="pcm16")),
        ({"reasoning_effort": "Low"}, Wishes(effort="low")),
        (
            {"google": {"thinking_config": {"thinking_level": "low"}}},
            Wishes(thinking=ThinkingConfig(None, None, "LOW")),
        ),
    ],
    ids=str,
)
def test_what_must_wait_for_the_model_or_the_answer_is_a_wish(body: dict[str, Any], wishes: Wishes) -> None:
    assert asked(**body).wishes == wishes


def test_names_that_google_refuses_are_told_apart_however_they_collide() -> None:
    names = ["a b", "a_b", "a-b", "a/b", "1x", "é" * 200, "ok"]
    call = asked(tools=[{"type": "function", "function": {"name": name}} for name in names])
    assert call.request is not None
    assert call.request.tools is not None
    sent = [one.name for one in call.request.tools[0]["functionDeclarations"]]
    assert [call.wishes.renamed.get(name, name) for name in sent] == names
    assert all(re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.:-]{0,127}", name) for name in sent)


def test_media_that_is_named_by_its_address_is_to_be_fetched_into_its_part() -> None:
    urls = ["https://a.example/1.png", "http://b.example/2.png"]
    call = asked(messages=[message("user", [{"type": "image_url", "image_url": {"url": url}} for url in urls])])
    assert [media.url for media in call.media] == urls
    assert call.request is not None
    assert all(part is media.part for part, media in zip(call.request.contents[0].parts, call.media, strict=True))


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"messages":[]}', b"\x00" * 9])
def test_a_body_that_is_no_request_is_refused(body: bytes) -> None:
    with pytest.raises(BadRequest):
        OPENAI.decode(Operation.GENERATE, Inbound("POST", "/v1/chat/completions", b"", {}, body))


@pytest.mark.parametrize(
    ("headers", "patience"),
    [
        ({}, None),
        ({b"x-stainless-read-timeout": b"30"}, 30.0),
        ({b"x-stainless-read-timeout": b"2.5", b"x-stainless-timeout": b"9"}, 2.5),
        ({b"x-stainless-timeout": b"9"}, 9.0),
        ({b"x-stainless-timeout": b"NOT_GIVEN"}, None),
        ({b"x-stainless-timeout": b"0"}, None),
        ({b"x-stainless-timeout": b"nan"}, None),
        ({b"x-stainless-timeout": b"inf"}, None),
    ],
    ids=str,
)
def test_the_library_may_say_how_long_it_waits(headers: dict[bytes, bytes], patience: float | None) -> None:
    assert asked(headers).patience == patience


def test_lists_of_models() -> None:
    one = {"id": "a", "object": "model", "created": 7, "owned_by": "google"}
    assert json.loads(OPENAI.models(["a"], 7)) == {"object": "list", "data": [one]}
    assert json.loads(OPENAI.model("a", 7)) == one
