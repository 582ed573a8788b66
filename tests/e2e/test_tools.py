"""The official OpenAI library over sockets: tools over several turns, structured output, images, long answers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import openai
import pytest
from pydantic import BaseModel

from tests.e2e.processes import TOKEN, GatewayProcess, gateway, requests

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gemini_balance.simulator import RunningSimulator

MODEL = "gemini-3.6-flash"
CITY = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
TOOLS: Any = [
    {"type": "function", "function": {"name": name, "parameters": CITY}} for name in ("get_weather", "get_time")
]
ASK = "Weather and time? [[sim: call=get_weather,get_time;get_weather]]"
LONG = '[[sim: replies=3 text="one two three four"]] go'


class Person(BaseModel):
    name: str
    age: int


@pytest.fixture
def client(served: GatewayProcess) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{served.url}/v1", api_key=TOKEN) as opened:
        yield opened


def user(text: str) -> list[Any]:
    return [{"role": "user", "content": text}]


def results(message: Any) -> list[Any]:
    return [{"role": "tool", "tool_call_id": call.id, "content": '{"ok": true}'} for call in message.tool_calls]


def answered(client: openai.OpenAI, messages: list[Any], *, stream: bool) -> Any:
    """The first choice, whichever form it comes in."""
    asked: Any = {"model": MODEL, "messages": messages, "tools": TOOLS}
    if not stream:
        return client.chat.completions.create(**asked).choices[0]
    with client.chat.completions.stream(**asked, stream_options={"include_usage": True}) as events:
        for _ in events:
            pass
        return events.get_final_completion().choices[0]


@pytest.mark.parametrize("stream", [False, True], ids=["unary", "stream"])
@pytest.mark.parametrize("drops", [False, True], ids=["signatures brought back", "signatures dropped"])
def test_tools_over_several_turns(served: GatewayProcess, client: openai.OpenAI, stream: bool, drops: bool) -> None:
    messages, called = user(ASK), []
    for _ in range(2):
        choice = answered(client, messages, stream=stream)
        assert choice.finish_reason == "tool_calls"
        said = choice.message.model_dump(exclude_none=True)
        for call in said["tool_calls"]:
            call["function"].pop("parsed_arguments", None)
            if drops:
                call.pop("extra_content", None)
        called.append(
            [
                (call["function"]["name"], "city" in json.loads(call["function"]["arguments"]))
                for call in said["tool_calls"]
            ]
        )
        messages += [{key: said[key] for key in ("role", "tool_calls")}, *results(choice.message)]
    last = answered(client, messages, stream=stream)
    assert called == [[("get_weather", True), ("get_time", True)], [("get_weather", True)]]
    assert (last.finish_reason, "returned" in last.message.content) == ("stop", True)
    sent = json.loads(requests(served.google)[-1]["body"])
    signed = [
        part["thoughtSignature"] for turn in sent["contents"] for part in turn["parts"] if "thoughtSignature" in part
    ]
    assert len(signed) >= 2


def test_one_call_where_the_caller_takes_one(client: openai.OpenAI) -> None:
    told = client.chat.completions.create(model=MODEL, messages=user(ASK), tools=TOOLS, parallel_tool_calls=False)
    assert [call.type for call in told.choices[0].message.tool_calls or ()] == ["function"]


def test_structured_output(client: openai.OpenAI) -> None:
    told = client.chat.completions.parse(model=MODEL, messages=user("Who?"), response_format=Person)
    assert isinstance(told.choices[0].message.parsed, Person)


@pytest.mark.parametrize("stream", [False, True], ids=["unary", "stream"])
def test_images(client: openai.OpenAI, stream: bool) -> None:
    asked: Any = {"model": "gemini-2.5-flash-image", "messages": user("A dot")}
    if stream:
        shown = [
            image
            for chunk in client.chat.completions.create(**asked, stream=True)
            for one in chunk.choices
            for image in (one.delta.model_extra or {}).get("images", [])
        ]
    else:
        shown = (client.chat.completions.create(**asked).choices[0].message.model_extra or {})["images"]
    assert [image["image_url"]["url"].split(";")[0] for image in shown] == ["data:image/png"]


def test_a_long_answer_comes_in_one_piece(served: GatewayProcess, client: openai.OpenAI) -> None:
    whole = client.chat.completions.create(model=MODEL, messages=user(LONG))
    chunks = list(
        client.chat.completions.create(
            model=MODEL, messages=user(LONG), stream=True, stream_options={"include_usage": True}
        )
    )
    streamed = "".join(one.delta.content or "" for chunk in chunks for one in chunk.choices)
    reasons = [one.finish_reason for chunk in chunks for one in chunk.choices if one.finish_reason]
    assert (whole.choices[0].message.content, streamed) == ("one two three four", "one two three four")
    assert (whole.choices[0].finish_reason, reasons) == ("stop", ["stop"])
    assert whole.usage == chunks[-1].usage
    sent = requests(served.google)
    assert len({dict(request["headers"])["x-goog-api-key"] for request in sent[-3:]}) == 1


def test_a_unary_caller_may_ask_for_more_than_a_unary_reply_holds(
    served: GatewayProcess, client: openai.OpenAI
) -> None:
    told = client.chat.completions.create(model="gemini-4-argon", messages=user("Hi"), max_tokens=60_000)
    assert told.choices[0].finish_reason == "stop"
    assert requests(served.google)[-1]["path"].endswith(":streamGenerateContent")


def test_a_stream_may_be_made_of_a_whole_answer(google: RunningSimulator, tmp_path: Path) -> None:
    options = {"FAKE_STREAM_ENABLED": "true", "FAKE_STREAM_EMPTY_DATA_INTERVAL_SECONDS": "0.1"}
    with gateway(google, tmp_path, **options) as running:
        with openai.OpenAI(base_url=f"{running.url}/v1", api_key=TOKEN) as client:
            asked = user("[[sim: first_ms=400 call=get_weather,get_time]] go")
            assert [call.function.name for call in answered(client, asked, stream=True).message.tool_calls] == [
                "get_weather",
                "get_time",
            ]
        assert requests(google)[-1]["path"].endswith(":generateContent")
