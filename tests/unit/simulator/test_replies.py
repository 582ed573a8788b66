"""Responses and stream events carry the same answer and exact usage."""

from collections.abc import Iterable

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemini_balance.simulator import replies
from gemini_balance.simulator.answer import answer, read_prompt
from gemini_balance.simulator.json_types import Json, Object
from gemini_balance.simulator.models import BY_NAME
from gemini_balance.simulator.replies import Frame
from gemini_balance.simulator.schema import GenerateContentRequest
from gemini_balance.simulator.shape import parse
from gemini_balance.simulator.tokens import count_prompt
from tests.unit.simulator.client import MODEL, ask

CALLS: Object = {"tools": [{"functionDeclarations": [{"name": "f"}, {"name": "g"}]}]}


def both(body: Object, model: str = MODEL, candidates: int = 1) -> tuple[Object, list[Object]]:
    """The unary response, and the stream events, of the same request."""
    request = parse(msgspec.json.encode(body), GenerateContentRequest)
    prompt = read_prompt(request)
    answers = [answer(request, BY_NAME[model], prompt, (6, 3), n) for n in range(candidates)]
    frame = Frame(BY_NAME[model], "id", count_prompt(request))
    return replies.unary(frame, answers), list(replies.stream(frame, answers))


def at(value: Json, *path: str | int) -> Json:
    """The value at a path; None where there is none."""
    for step in path:
        if isinstance(value, dict) and isinstance(step, str):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return None
    return value


def text_of(responses: Iterable[Object], *, thought: bool = False) -> str:
    found = []
    for response in responses:
        parts = at(response, "candidates", 0, "content", "parts")
        for part in parts if isinstance(parts, list) else []:
            if isinstance(part, dict) and bool(part.get("thought")) is thought:
                found.append(str(part.get("text", "")))
    return "".join(found)


def number(usage: Json, name: str) -> int:
    value = at(usage, name)
    return value if isinstance(value, int) else 0


def is_exact(usage: Json) -> bool:
    terms = ("promptTokenCount", "candidatesTokenCount", "thoughtsTokenCount", "toolUsePromptTokenCount")
    details = at(usage, "promptTokensDetails")
    assert isinstance(details, list)
    return (
        number(usage, "totalTokenCount") == sum(number(usage, term) for term in terms)
        and number(usage, "promptTokenCount") == sum(number(detail, "tokenCount") for detail in details)
        and at(usage, "candidatesTokenCount") != 0
    )


@given(
    text=st.text(max_size=60).filter(lambda text: "[[sim" not in text),
    events=st.integers(1, 9),
    limit=st.none() | st.integers(1, 120),
    tools=st.sampled_from([{}, {"tools": [{"codeExecution": {}}]}, {"tools": [{"googleSearch": {}}]}, CALLS]),
    show=st.booleans(),
    model=st.sampled_from(["gemini-2.5-flash", "gemini-3.1-pro-preview", MODEL]),
)
def test_a_stream_says_what_a_response_says_with_exact_usage(
    text: str, events: int, limit: int | None, tools: Object, show: bool, model: str
) -> None:
    config: Object = {"maxOutputTokens": limit, "thinkingConfig": {"includeThoughts": show}}
    unary, stream = both(ask(f"f [[sim: events={events}]] {text}", generationConfig=config, **tools), model)
    usages = [at(event, "usageMetadata") for event in stream]
    assert all(is_exact(usage) for usage in [*usages, at(unary, "usageMetadata")])
    assert usages[-1] == at(unary, "usageMetadata")
    totals = [number(usage, "totalTokenCount") for usage in usages]
    assert totals == sorted(totals)
    assert text_of(stream) == text_of([unary])
    assert text_of(stream, thought=True) == text_of([unary], thought=True)
    assert at(stream[-1], "candidates", 0, "finishReason") == at(unary, "candidates", 0, "finishReason")


def finishes(events: list[Object]) -> list[Json]:
    return [at(event, "candidates", 0, "finishReason") for event in events]


def test_gemini_3_ends_a_text_with_a_signed_empty_part() -> None:
    _, stream = both(ask("[[sim: events=5 words=50]] hi"))
    assert finishes(stream) == [None] * 5 + ["STOP"]
    last = at(stream[-1], "candidates", 0, "content", "parts", 0)
    assert isinstance(last, dict)
    assert (last["text"], sorted(last)) == ("", ["text", "thoughtSignature"])


def test_gemini_2_ends_a_text_with_its_last_words() -> None:
    _, stream = both(ask("[[sim: events=2 text=abcd]]"), "gemini-2.5-flash")
    assert finishes(stream) == [None, "STOP"]
    assert [text_of([event]) for event in stream] == ["ab", "cd"]


def test_calls_come_one_by_one_and_the_end_alone() -> None:
    unary, stream = both(ask("f g", **CALLS))
    calls = [at(event, "candidates", 0, "content", "parts", 0, "functionCall", "name") for event in stream]
    assert (calls, finishes(stream)) == (["f", "g", None], [None, None, "STOP"])
    assert at(unary, "candidates", 0, "finishMessage") == "Model generated function call(s)."


def test_gemini_2_says_stop_twice_when_code_runs() -> None:
    _, stream = both(ask("[[sim: text=ab events=1]]", tools=[{"codeExecution": {}}]), "gemini-2.5-flash")
    assert finishes(stream) == ["STOP", None, "STOP"]


def test_no_room_for_any_text_leaves_a_content_without_parts() -> None:
    unary, stream = both(ask("hi", generationConfig={"maxOutputTokens": 5}))
    candidate = {"content": {"role": "model"}, "finishReason": "MAX_TOKENS", "index": 0}
    assert at(unary, "candidates") == [candidate]
    assert [at(event, "candidates") for event in stream] == [[candidate]]
    assert at(unary, "usageMetadata", "thoughtsTokenCount") == 5
    assert at(unary, "usageMetadata", "candidatesTokenCount") is None


def test_candidates_have_their_index() -> None:
    unary, stream = both(ask("hi"), candidates=2)
    assert [at(unary, "candidates", n, "index") for n in (0, 1)] == [0, 1]
    assert "candidate 1" in str(at(unary, "candidates", 1, "content", "parts", 0, "text"))
    assert [at(stream[-1], "candidates", n, "index") for n in (0, 1)] == [0, 1]


def test_padding_is_as_long_as_asked() -> None:
    unary, stream = both(ask("[[sim: pad=50KB]]"))
    assert [len(text_of(stream)), len(text_of([unary]))] == [50 * 1024] * 2
    assert all(is_exact(at(event, "usageMetadata")) for event in stream)


@pytest.mark.parametrize(
    ("mime_type", "details"),
    [
        ("image/png", [{"modality": "TEXT", "tokenCount": 1}, {"modality": "IMAGE", "tokenCount": 258}]),
        ("application/pdf", [{"modality": "TEXT", "tokenCount": 1}, {"modality": "DOCUMENT", "tokenCount": 258}]),
    ],
)
def test_the_prompt_counts_by_modality(mime_type: str, details: Json) -> None:
    parts: Json = [{"text": "look"}, {"inlineData": {"mimeType": mime_type, "data": "AAAA"}}]
    unary, _ = both({"contents": [{"role": "user", "parts": parts}]})
    assert at(unary, "usageMetadata", "promptTokensDetails") == details


def test_an_event_is_one_line_of_unescaped_utf_8() -> None:
    assert replies.encode_event({"text": "grün\n"}) == 'data: {"text": "grün\\n"}\r\n\r\n'.encode()
