"""What stands in the playground when a call is made again: all that it had sent, or what is known."""

from __future__ import annotations

import json
from typing import Any

import pytest

from gemini_balance.console.retry import Draft, draft_of
from gemini_balance.gateway.calls import ErrorDetail, KeptCall
from tests.unit.console.test_story import AT

PICTURE = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}
ELSEWHERE = {"type": "image_url", "image_url": {"url": "https://elsewhere.example/x.png"}}
CALLED = {"role": "assistant", "tool_calls": [{"id": "a", "type": "function", "function": {"name": "f"}}]}


def _call(body: Any = None, dialect: str = "openai", operation: str = "generateContent", model: str = "m") -> KeptCall:
    told = {"number": 1, "id": "c", "at": AT, "client": "", "status": 500, "ending": "internal", "seconds": 1.0}
    text = body if isinstance(body, str) else json.dumps(body)
    error = None if body is None else ErrorDetail(method="POST", path="/x", message="", body=text)
    asked = {"dialect": dialect, "operation": operation, "model_asked": model, "token": "t1", "error": error}
    return KeptCall(**told, **asked)  # type: ignore[arg-type]


def _chat(*messages: Any, **fields: Any) -> Draft | None:
    return draft_of(_call({"model": "m", "messages": messages, **fields}))


def _native(*contents: Any, **fields: Any) -> Draft | None:
    return draft_of(_call({"contents": contents, **fields}, "native"))


def _drafted(**told: Any) -> Draft:
    known: dict[str, Any] = {"token": "t1", "model": "m", "stream": False, "kept": True}
    return Draft(**known | told)


def _user(content: Any) -> dict[str, Any]:
    return {"role": "user", "content": content}


def test_the_last_message_stands_in_the_form_and_all_else_goes_along() -> None:
    system = {"role": "system", "content": "Be short."}
    draft = _chat(system, _user("Hi"), stream=True, temperature=0.5, reasoning_effort="low", web_search_options={})
    rest = {"temperature": 0.5}
    assert draft == _drafted(message="Hi", turns=(system,), rest=rest, effort="low", search=True)


def test_what_the_form_has_no_field_for_is_not_lost() -> None:
    odd = {"reasoning_effort": "xhigh", "web_search_options": {"search_context_size": "low"}, "seed": 1}
    assert _chat(_user("Hi"), **odd) == _drafted(message="Hi", rest=odd)


def test_parts_are_texts_pictures_and_others() -> None:
    content = [{"type": "text", "text": "a"}, PICTURE, ELSEWHERE, {"type": "text", "text": "b"}]
    draft = _chat(_user(content))
    assert draft == _drafted(message="a\nb", pictures=("data:image/png;base64,AAAA",), extra=(ELSEWHERE,))


def test_the_result_of_a_function_is_the_next_message() -> None:
    draft = _chat(_user("Weather?"), CALLED, {"role": "tool", "tool_call_id": "a", "content": "18 degrees"})
    assert draft == _drafted(message="18 degrees", turns=(_user("Weather?"), CALLED))
    called = {"role": "model", "parts": [{"functionCall": {"name": "f", "args": {}}}]}
    told = {"role": "user", "parts": [{"functionResponse": {"name": "f", "response": {"result": "18 degrees"}}}]}
    assert _native(called, told) == _drafted(form="native", message="18 degrees", turns=(called,))


def test_gemini_s_own_format_is_read_as_well() -> None:
    parts = [{"text": "Hi"}, {"inlineData": {"mimeType": "image/png", "data": "AA"}}, {"fileData": {"fileUri": "x"}}]
    config = {"generationConfig": {"temperature": 0}, "systemInstruction": {"parts": []}}
    declared: list[Any] = [{"functionDeclarations": []}]
    draft = _native({"parts": parts}, **config, tools=[{"googleSearch": {}}, *declared])
    read = {"message": "Hi", "pictures": ("data:image/png;base64,AA",), "extra": ({"fileData": {"fileUri": "x"}},)}
    assert draft == _drafted(form="native", search=True, tools=json.dumps(declared, indent=2), rest=config, **read)


@pytest.mark.parametrize(
    ("operation", "body", "told"),
    [
        ("embeddings", {"input": ["a", "b"], "dimensions": 5}, {"mode": "embeddings", "extra": ("b",)}),
        ("images/generations", {"prompt": "a", "dimensions": 5}, {"mode": "image"}),
        ("audio/speech", {"input": "a", "voice": "alloy", "dimensions": 5}, {"mode": "speech", "voice": "alloy"}),
    ],
)
def test_other_operations_have_their_own_fields(operation: str, body: Any, told: dict[str, Any]) -> None:
    draft = draft_of(_call(body, operation=operation))
    assert draft == _drafted(message="a", rest={"dimensions": 5}, **told)


def test_a_vector_in_gemini_s_format_is_known_by_its_model() -> None:
    body = {"content": {"parts": [{"text": "a"}]}, "outputDimensionality": 5, "model": "models/gemini-embedding-001"}
    draft = draft_of(_call(body, "native", "anyMethod", "gemini-embedding-001"))
    rest = {"outputDimensionality": 5}
    told = {"mode": "embeddings", "form": "native", "model": "gemini-embedding-001"}
    assert draft == _drafted(**told, message="a", rest=rest)


@pytest.mark.parametrize(
    "body",
    [
        None,
        "",
        '{"messages": [{"role": "us',
        "[]",
        "null",
        "[" * 5000,
        {},
        {"messages": None},
        {"messages": [None, 1, "x"]},
        {"messages": {"role": "user"}},
    ],
    ids=lambda body: str(body)[:20],
)
def test_of_what_can_t_be_read_only_what_the_journal_says_is_known(body: Any) -> None:
    assert draft_of(_call(body)) == _drafted(kept=False)


@pytest.mark.parametrize("content", [None, 1, [], [None], {"text": 1}, [{"text": {"x": 1}}], [{"image_url": "x"}]])
def test_odd_messages_leave_the_field_empty(content: Any) -> None:
    draft = _chat(_user(content))
    assert draft is not None
    assert (draft.message, draft.pictures, draft.kept) == ("", (), True)
    native = _native({"parts": content}, tools={"x": 1})
    assert native is not None
    assert (native.message, native.pictures) == ("", ())


@pytest.mark.parametrize(
    ("dialect", "operation"),
    [
        ("openai", "listModels"),
        ("openai", ""),
        ("native", "countTokens"),
        ("native", "anyMethod"),
        ("native", "resource"),
    ],
)
def test_what_the_playground_does_not_make_is_not_offered(dialect: str, operation: str) -> None:
    assert draft_of(_call({"contents": []}, dialect, operation)) is None


def test_only_pictures_that_are_data_are_drawn() -> None:
    evil = {"inlineData": {"mimeType": "image/png", "data": "AA", "x": 1}}
    draft = _chat(_user([{"image_url": {"url": "javascript:alert(1)"}}, evil]))
    assert draft is not None
    assert draft.pictures == ("data:image/png;base64,AA",)
