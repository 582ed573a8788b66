"""The user's manual, request by request, unmodified but for host, token and what is asked."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import openai
import pytest

from tests.e2e.processes import TOKEN, GatewayProcess, gateway

if TYPE_CHECKING:
    from pathlib import Path

    from gemini_balance.simulator import RunningSimulator

BEARER = {"Content-Type": "application/json", "Authorization": f"Bearer {TOKEN}"}
GOOGLE = {"Content-Type": "application/json", "x-goog-api-key": TOKEN}
INTRODUCTION = {"model": "gemini-1.5-pro-latest", "messages": [{"role": "user", "content": "你好，请介绍一下你自己。"}]}
POEM = {
    "model": "gemini-1.5-flash-latest",
    "messages": [{"role": "user", "content": "请写一首关于星空的短诗。"}],
    "stream": True,
}
STORY = {"contents": [{"parts": [{"text": "写一个关于旅行的短故事。"}]}]}


def test_section_2_1_a_chat_completion(served: GatewayProcess) -> None:
    answer = served.request("POST", "/hf/v1/chat/completions", json.dumps(INTRODUCTION).encode(), BEARER)
    assert answer.status == 200
    body = answer.json
    assert (body["object"], body["model"]) == ("chat.completion", "gemini-1.5-pro-latest")
    assert "你好" in body["choices"][0]["message"]["content"]
    assert body["choices"][0]["finish_reason"] == "stop"
    usage = body["usage"]
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"] > 0


def test_section_2_2_a_stream_of_data_lines_that_ends_with_done(served: GatewayProcess) -> None:
    answer = served.request("POST", "/hf/v1/chat/completions", json.dumps(POEM).encode(), BEARER)
    assert answer.status == 200
    messages = [message for message in answer.body.decode().split("\n\n") if message]
    assert all(message.startswith("data: ") for message in messages)
    assert messages[-1] == "data: [DONE]"
    chunks = [json.loads(message[6:]) for message in messages[:-1]]
    assert "星空" in "".join(chunk["choices"][0]["delta"].get("content", "") for chunk in chunks)


def test_section_3_native_gemini_answers_as_google_does(served: GatewayProcess) -> None:
    path = "/gemini/v1beta/models/gemini-1.5-flash-latest:generateContent"
    answer = served.request("POST", path, json.dumps(STORY).encode(), GOOGLE)
    assert answer.status == 200
    assert "旅行" in answer.json["candidates"][0]["content"]["parts"][0]["text"]
    assert answer.headers["gemini-balance-model"] == "gemini-flash-latest"


def test_section_4_the_openai_library(served: GatewayProcess) -> None:
    with openai.OpenAI(base_url=f"{served.url}/hf/v1", api_key=TOKEN) as client:
        _program(client)


def _program(client: openai.OpenAI) -> None:
    """The manual's own program, with asserts where it prints."""
    response = client.chat.completions.create(
        model="gemini-1.5-pro-latest", messages=[{"role": "user", "content": "用Python写一个快速排序算法"}]
    )
    assert "快速排序" in (response.choices[0].message.content or "")
    searched = client.chat.completions.create(
        model="gemini-2.5-pro-search", messages=[{"role": "user", "content": "今天天气怎么样？"}]
    )
    assert searched.choices[0].message.content
    assert searched.choices[0].message.annotations
    stream = client.chat.completions.create(
        model="gemini-1.5-flash-latest", messages=[{"role": "user", "content": "讲个笑话"}], stream=True
    )
    told = ""
    for chunk in stream:
        if chunk.choices[0].delta.content:
            told += chunk.choices[0].delta.content
    assert "讲个笑话" in told


def test_section_5_a_wrong_token_is_401_in_the_callers_own_format(served: GatewayProcess) -> None:
    openai_style = served.request(
        "POST", "/hf/v1/chat/completions", json.dumps(INTRODUCTION).encode(), BEARER | {"Authorization": "Bearer no"}
    )
    path = "/gemini/v1beta/models/gemini-1.5-flash-latest:generateContent"
    google_style = served.request("POST", path, json.dumps(STORY).encode(), GOOGLE | {"x-goog-api-key": "no"})
    assert (openai_style.status, openai_style.json["error"]["code"]) == (401, "invalid_api_key")
    assert (google_style.status, google_style.json["error"]["status"]) == (401, "UNAUTHENTICATED")


def test_section_5_no_living_key_is_503_that_tells_what_the_operator_can_do(
    google: RunningSimulator, tmp_path: Path
) -> None:
    dead = "AIzaSim-amber-1-dead,AIzaSim-basil-1-suspended,AIzaSim-cedar-1-leaked"
    with gateway(google, tmp_path, API_KEYS=dead) as served:
        answer = served.chat("Hello")
        path = "/gemini/v1beta/models/gemini-1.5-flash-latest:generateContent"
        native = served.request("POST", path, json.dumps(STORY).encode(), GOOGLE)
        client = openai.OpenAI(base_url=f"{served.url}/hf/v1", api_key=TOKEN)
        with client, pytest.raises(openai.InternalServerError) as raised:
            client.chat.completions.create(model="gemini-2.5-flash", messages=[{"role": "user", "content": "Hello"}])
    assert (answer.status, answer.json["error"]["code"]) == (503, "no_available_key")
    assert "operator" in answer.json["error"]["message"]
    assert answer.headers["x-should-retry"] == "false"
    assert (native.status, native.json["error"]["status"]) == (503, "UNAVAILABLE")
    assert raised.value.status_code == 503
