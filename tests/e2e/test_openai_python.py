"""The openai library against the gateway: structured output, media, streams, sampling, usage."""

from __future__ import annotations

import base64
import itertools
import json
from typing import TYPE_CHECKING, Any

import openai
import pytest

from tests.e2e.openai_calls import MODEL, THINKER, City, sent, user
from tests.e2e.processes import TOKEN, GatewayProcess

if TYPE_CHECKING:
    from collections.abc import Iterator

PIXEL = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(24)).decode()
SOUND = base64.b64encode(b"RIFF\x24\0\0\0WAVEfmt " + bytes(24)).decode()
PAPER = base64.b64encode(b"%PDF-1.4\n%%EOF\n").decode()


@pytest.fixture
def client(served: GatewayProcess) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{served.url}/v1", api_key=TOKEN, max_retries=0) as opened:
        yield opened


def test_structured_output_is_parsed_into_its_model(served: GatewayProcess, client: openai.OpenAI) -> None:
    parsed = client.chat.completions.parse(model=MODEL, messages=[user("A city")], response_format=City)
    assert parsed.choices[0].message.parsed == City(name="name", people=1, rivers=["rivers"])
    config = sent(served.google)["generationConfig"]
    assert config["responseMimeType"] == "application/json"
    assert "rivers" in json.dumps(config)


def test_structured_output_is_parsed_from_a_stream(client: openai.OpenAI) -> None:
    with client.chat.completions.stream(model=MODEL, messages=[user("A city")], response_format=City) as stream:
        parsed = stream.get_final_completion().choices[0].message.parsed
    assert isinstance(parsed, City)


def test_a_json_object_is_json(served: GatewayProcess, client: openai.OpenAI) -> None:
    answer = client.chat.completions.create(
        model=MODEL, messages=[user("As JSON")], response_format={"type": "json_object"}
    )
    assert isinstance(json.loads(answer.choices[0].message.content or ""), dict)
    assert sent(served.google)["generationConfig"]["responseMimeType"] == "application/json"


@pytest.mark.parametrize(
    ("part", "mime", "data"),
    [
        ({"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PIXEL}"}}, "image/png", PIXEL),
        ({"type": "input_audio", "input_audio": {"data": SOUND, "format": "wav"}}, "audio/wav", SOUND),
        (
            {"type": "file", "file": {"filename": "a.pdf", "file_data": f"data:application/pdf;base64,{PAPER}"}},
            "application/pdf",
            PAPER,
        ),
    ],
    ids=["image", "audio", "file"],
)
def test_media_reach_google_as_they_were_sent(
    served: GatewayProcess, client: openai.OpenAI, part: dict[str, Any], mime: str, data: str
) -> None:
    client.chat.completions.create(model=MODEL, messages=[user([{"type": "text", "text": "What is it?"}, part])])
    text, media = sent(served.google)["contents"][0]["parts"]
    assert text == {"text": "What is it?"}
    assert media["inlineData"] == {"mimeType": mime, "data": data}


def test_a_made_image_comes_back_as_a_data_url(client: openai.OpenAI) -> None:
    answer = client.chat.completions.create(model="gemini-2.5-flash-image", messages=[user("Paint it red")])
    assert "data:image/png;base64," in answer.model_dump_json()


@pytest.mark.parametrize("streamed", [False, True], ids=["whole", "streamed"])
def test_usage_adds_up_with_thoughts_counted(client: openai.OpenAI, streamed: bool) -> None:
    messages = [user("Think [[sim: thoughts=40]]")]
    if streamed:
        with client.chat.completions.stream(
            model=THINKER, messages=messages, stream_options={"include_usage": True}
        ) as stream:
            usage = stream.get_final_completion().usage
    else:
        usage = client.chat.completions.create(model=THINKER, messages=messages).usage
    assert usage
    assert usage.completion_tokens_details
    assert usage.completion_tokens_details.reasoning_tokens == 40
    assert usage.completion_tokens > 40
    assert usage.total_tokens == usage.prompt_tokens + usage.completion_tokens


@pytest.mark.parametrize("streamed", [False, True], ids=["whole", "streamed"])
def test_several_choices_are_told_apart(client: openai.OpenAI, streamed: bool) -> None:
    if streamed:
        with client.chat.completions.stream(model=MODEL, messages=[user("Hi")], n=3) as stream:
            choices: Any = stream.get_final_completion().choices
    else:
        choices = client.chat.completions.create(model=MODEL, messages=[user("Hi")], n=3).choices
    assert [choice.index for choice in choices] == [0, 1, 2]
    assert len({choice.message.content for choice in choices}) == 3


@pytest.mark.parametrize(
    ("model", "thinking"), [(MODEL, {"thinkingBudget": 1024}), (THINKER, {"thinkingLevel": "LOW"})], ids=str
)
def test_reasoning_effort_becomes_what_the_model_understands(
    served: GatewayProcess, client: openai.OpenAI, model: str, thinking: dict[str, object]
) -> None:
    client.chat.completions.create(model=model, messages=[user("Hi")], reasoning_effort="low")
    config = sent(served.google)["generationConfig"]["thinkingConfig"]
    assert config == config | thinking


def test_a_stop_word_ends_the_answer(client: openai.OpenAI) -> None:
    prompt = user('Hi [[sim: text="one two three"]]')
    answer = client.chat.completions.create(model=MODEL, messages=[prompt], stop="two")
    assert answer.choices[0].message.content == "one "
    assert answer.choices[0].finish_reason == "stop"


def test_a_spent_limit_ends_the_answer_with_length(client: openai.OpenAI) -> None:
    answer = client.chat.completions.create(
        model="gemini-2.5-flash-lite", messages=[user("Hi [[sim: words=90]]")], max_completion_tokens=20
    )
    assert answer.choices[0].finish_reason == "length"


def test_an_error_in_the_middle_of_a_stream_is_raised(client: openai.OpenAI) -> None:
    prompt = user("Hi [[sim: words=50 pace_ms=40 fault=error_in_stream after=2]]")
    stream = client.chat.completions.create(model=MODEL, messages=[prompt], stream=True)
    assert any(chunk.choices[0].delta.content for chunk in itertools.islice(stream, 3))
    with pytest.raises(openai.APIError):
        list(stream)


@pytest.mark.anyio
async def test_async_structured_output_is_parsed(served: GatewayProcess) -> None:
    async with openai.AsyncOpenAI(base_url=f"{served.url}/v1", api_key=TOKEN, max_retries=0) as client:
        parsed = await client.chat.completions.parse(model=MODEL, messages=[user("A city")], response_format=City)
    assert isinstance(parsed.choices[0].message.parsed, City)


def test_the_first_words_of_an_answer_can_be_given(served: GatewayProcess, client: openai.OpenAI) -> None:
    client.chat.completions.create(model=MODEL, messages=[user("Count"), {"role": "assistant", "content": "One, two,"}])
    assert sent(served.google)["contents"][-1] == {"role": "model", "parts": [{"text": "One, two,"}]}


def test_thoughts_come_as_reasoning_content_whole_and_streamed(client: openai.OpenAI) -> None:
    messages = [user("Think [[sim: thoughts=40]]")]
    whole: Any = client.chat.completions.create(model=THINKER, messages=messages).choices[0].message
    stream = client.chat.completions.create(model=THINKER, messages=messages, stream=True)
    deltas: list[Any] = [chunk.choices[0].delta for chunk in stream]
    streamed = "".join(getattr(delta, "reasoning_content", None) or "" for delta in deltas)
    assert "Thinking it over" in whole.reasoning_content
    assert streamed == whole.reasoning_content


def test_a_search_comes_back_with_its_sources(client: openai.OpenAI) -> None:
    answer = client.chat.completions.create(model=f"{THINKER}-search", messages=[user("What is new?")])
    annotations = answer.choices[0].message.annotations or []
    assert annotations
    assert all(one.url_citation.url.startswith("https://") for one in annotations)
