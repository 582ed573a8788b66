"""The openai library against the gateway: tools over several turns, side by side, streamed, forced."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import openai
import pytest

from tests.e2e.openai_calls import MODEL, THINKER, City, sent, tool, user
from tests.e2e.processes import TOKEN, GatewayProcess

if TYPE_CHECKING:
    from collections.abc import Iterator

TOOLS = [tool("get_weather"), tool("get_time")]


@pytest.fixture
def client(served: GatewayProcess) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{served.url}/v1", api_key=TOKEN, max_retries=0) as opened:
        yield opened


@pytest.mark.parametrize("model", [MODEL, THINKER])
def test_two_rounds_of_tool_calls_lead_to_an_answer(served: GatewayProcess, client: openai.OpenAI, model: str) -> None:
    messages = [user("Weather, then time? [[sim: call=get_weather;get_time]]")]
    for name in ("get_weather", "get_time"):
        choice = client.chat.completions.create(model=model, messages=messages, tools=TOOLS).choices[0]
        calls = choice.message.tool_calls
        assert calls
        assert choice.finish_reason == "tool_calls"
        assert [call.function.name for call in calls if call.type == "function"] == [name]
        messages.append(choice.message.to_dict())  # type: ignore[arg-type]  # the library takes what it gave
        messages.append({"role": "tool", "tool_call_id": calls[0].id, "content": '{"found": "' + name + '"}'})
    last = client.chat.completions.create(model=model, messages=messages, tools=TOOLS).choices[0]
    assert last.finish_reason == "stop"
    assert 'get_time returned {"found":"get_time"}' in (last.message.content or "")
    roles = [content["role"] for content in sent(served.google)["contents"]]
    assert roles == ["user", "model", "user", "model", "user"]


def test_results_of_parallel_calls_go_back_in_one_turn_and_in_order(
    served: GatewayProcess, client: openai.OpenAI
) -> None:
    messages = [user("Both? [[sim: call=get_weather,get_time]]")]
    message = client.chat.completions.create(model=THINKER, messages=messages, tools=TOOLS).choices[0].message
    calls = message.tool_calls or []
    assert len({call.id for call in calls}) == 2
    messages.append(message.to_dict())  # type: ignore[arg-type]  # the library takes what it gave
    for call in reversed(calls):
        messages.append({"role": "tool", "tool_call_id": call.id, "content": "fine"})
    client.chat.completions.create(model=THINKER, messages=messages, tools=TOOLS)
    contents = sent(served.google)["contents"]
    answered = [part["functionResponse"]["name"] for part in contents[-1]["parts"]]
    assert answered == [part["functionCall"]["name"] for part in contents[-2]["parts"]] == ["get_weather", "get_time"]


def test_a_client_that_drops_signatures_still_continues_its_tool_calls(client: openai.OpenAI) -> None:
    messages = [user("Now? [[sim: call=get_time]]")]
    message = client.chat.completions.create(model=THINKER, messages=messages, tools=TOOLS).choices[0].message
    assert message.tool_calls
    call = message.tool_calls[0]
    assert call.type == "function"
    function = {"name": call.function.name, "arguments": call.function.arguments}
    plain: Any = {"role": "assistant", "tool_calls": [{"id": call.id, "type": "function", "function": function}]}
    messages += [plain, {"role": "tool", "tool_call_id": call.id, "content": "noon"}]
    answer = client.chat.completions.create(model=THINKER, messages=messages, tools=TOOLS)
    assert "noon" in (answer.choices[0].message.content or "")


@pytest.mark.parametrize("model", [MODEL, THINKER])
def test_streamed_tool_calls_are_put_together(client: openai.OpenAI, model: str) -> None:
    messages = [user("Both? [[sim: call=get_weather,get_time chunk=7]]")]
    with client.chat.completions.stream(model=model, messages=messages, tools=TOOLS) as stream:
        done = [event.name for event in stream if event.type == "tool_calls.function.arguments.done"]
        choice = stream.get_final_completion().choices[0]
    assert done == ["get_weather", "get_time"]
    assert choice.finish_reason == "tool_calls"
    calls = choice.message.tool_calls or []
    assert [json.loads(call.function.arguments) for call in calls] == [{"city": "city"}] * 2
    assert len({call.id for call in calls}) == 2


def test_a_parsed_tool_call_fits_its_model(client: openai.OpenAI) -> None:
    parsed = client.chat.completions.parse(
        model=MODEL,
        messages=[user("A city")],
        tools=[openai.pydantic_function_tool(City, name="show_city")],
        tool_choice="required",
    )
    calls = parsed.choices[0].message.tool_calls
    assert calls
    assert isinstance(calls[0].function.parsed_arguments, City)


@pytest.mark.parametrize(
    ("choice", "calling", "called"),
    [
        ("none", {"mode": "NONE"}, []),
        ("auto", {"mode": "AUTO"}, []),
        ("required", {"mode": "ANY"}, ["get_weather"]),
        (
            {"type": "function", "function": {"name": "get_time"}},
            {"mode": "ANY", "allowedFunctionNames": ["get_time"]},
            ["get_time"],
        ),
        (
            {"type": "allowed_tools", "allowed_tools": {"mode": "required", "tools": [tool("get_time")]}},
            {"mode": "ANY", "allowedFunctionNames": ["get_time"]},
            ["get_time"],
        ),
    ],
    ids=["none", "auto", "required", "function", "allowed_tools"],
)
def test_every_form_of_tool_choice_is_obeyed(
    served: GatewayProcess, client: openai.OpenAI, choice: Any, calling: dict[str, object], called: list[str]
) -> None:
    answer = client.chat.completions.create(model=MODEL, messages=[user("Hi")], tools=TOOLS, tool_choice=choice)
    calls = answer.choices[0].message.tool_calls or []
    assert [call.function.name for call in calls if call.type == "function"] == called
    config = sent(served.google).get("toolConfig", {}).get("functionCallingConfig", {"mode": "AUTO"})
    assert config == calling


def test_a_custom_tool_is_refused_clearly(client: openai.OpenAI) -> None:
    with pytest.raises(openai.BadRequestError, match="custom"):
        client.chat.completions.create(
            model=MODEL, messages=[user("Hi")], tools=[{"type": "custom", "custom": {"name": "shell"}}]
        )


@pytest.mark.anyio
async def test_async_tool_calls_stream_and_continue(served: GatewayProcess) -> None:
    messages = [user("Both? [[sim: call=get_weather,get_time]]")]
    async with openai.AsyncOpenAI(base_url=f"{served.url}/v1", api_key=TOKEN, max_retries=0) as client:
        async with client.chat.completions.stream(model=THINKER, messages=messages, tools=TOOLS) as stream:
            message = (await stream.get_final_completion()).choices[0].message
        messages.append(message.to_dict())  # type: ignore[arg-type]  # the library takes what it gave
        for call in message.tool_calls or []:
            messages.append({"role": "tool", "tool_call_id": call.id, "content": f"result of {call.function.name}"})
        answer = await client.chat.completions.create(model=THINKER, messages=messages, tools=TOOLS)
    assert "result of get_time" in (answer.choices[0].message.content or "")


def test_signatures_travel_with_the_calls_and_are_kept_for_clients_that_drop_them(
    served: GatewayProcess, client: openai.OpenAI
) -> None:
    question = user("Now? [[sim: call=get_time]]")
    message = client.chat.completions.create(model=THINKER, messages=[question], tools=TOOLS).choices[0].message
    kept: Any = message.to_dict()
    signature = kept["tool_calls"][0]["extra_content"]["google"]["thought_signature"]
    dropped = json.loads(json.dumps(kept))
    del dropped["tool_calls"][0]["extra_content"]
    result: Any = {"role": "tool", "tool_call_id": kept["tool_calls"][0]["id"], "content": "noon"}
    for said in (kept, dropped):
        client.chat.completions.create(model=THINKER, messages=[question, said, result], tools=TOOLS)
        assert sent(served.google)["contents"][1]["parts"][0]["thoughtSignature"] == signature


def test_one_call_at_a_time_is_kept_when_asked_for(client: openai.OpenAI) -> None:
    answer = client.chat.completions.create(
        model=MODEL,
        messages=[user("Both? [[sim: call=get_weather,get_time]]")],
        tools=TOOLS,
        parallel_tool_calls=False,
    )
    calls = answer.choices[0].message.tool_calls or []
    assert [call.function.name for call in calls if call.type == "function"] == ["get_weather"]


def test_functions_and_their_results_in_the_form_of_before_2024_are_taken(client: openai.OpenAI) -> None:
    functions: Any = [tool("get_time")["function"]]
    question = user("Now? [[sim: call=get_time]]")
    said: Any = {"role": "assistant", "content": None, "function_call": {"name": "get_time", "arguments": "{}"}}
    result: Any = {"role": "function", "name": "get_time", "content": "noon"}
    answer = client.chat.completions.create(model=THINKER, messages=[question, said, result], functions=functions)
    assert "noon" in (answer.choices[0].message.content or "")
