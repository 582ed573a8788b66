"""What the model says follows from the request."""

import msgspec
import pytest

from gemini_balance.simulator.answer import Answer, answer, read_prompt
from gemini_balance.simulator.json_types import Json, Object
from gemini_balance.simulator.models import BY_NAME
from gemini_balance.simulator.schema import GenerateContentRequest
from gemini_balance.simulator.shape import parse
from gemini_balance.simulator.signatures import sign
from tests.unit.simulator.client import MODEL, ask

WEATHER: Object = {"name": "get_weather", "parameters": {"type": "OBJECT", "properties": {"city": {"type": "STRING"}}}}
TIME: Object = {"name": "get_time"}


def read(body: Object) -> GenerateContentRequest:
    return parse(msgspec.json.encode(body), GenerateContentRequest)


def said(body: Object, model: str = MODEL, words: int = 0) -> Answer:
    request = read(body)
    return answer(request, BY_NAME[model], read_prompt(request), (words, 4))


def parts(body: Object, model: str = MODEL, words: int = 0) -> list[Json]:
    return [piece.part for piece in said(body, model, words).pieces if piece.part]


def with_tools(text: str, mode: str = "AUTO", **calling: Json) -> Object:
    config: Object = {"functionCallingConfig": {"mode": mode, **calling}}
    return ask(text, tools=[{"functionDeclarations": [WEATHER, TIME]}], toolConfig=config)


def names(body: Object) -> list[str]:
    calls = [part["functionCall"] for part in parts(body) if isinstance(part, dict) and "functionCall" in part]
    return [str(call["name"]) for call in calls if isinstance(call, dict)]


@pytest.mark.parametrize(
    ("text", "answered"),
    [
        ("hello", "[gemini-3.6-flash turn 1] hello"),
        ("[[sim: words=2]] hello", "[gemini-3.6-flash turn 1] hello and so"),
        ('[[sim: text="just this"]] hello', "just this"),
        ("", "[gemini-3.6-flash turn 1]"),
    ],
)
def test_a_text_echoes_the_prompt_or_says_what_was_asked(text: str, answered: str) -> None:
    assert parts(ask(text)) == [{"text": answered}]


def test_an_alias_speaks_as_the_real_model() -> None:
    assert parts(ask("hi"), "gemini-flash-latest") == [{"text": "[gemini-3.6-flash turn 1] hi"}]


def test_turns_are_counted_and_the_last_is_answered() -> None:
    body: Object = {
        "contents": [
            {"role": "user", "parts": [{"text": "one"}]},
            {"role": "model", "parts": [{"text": "1"}]},
            {"role": "user", "parts": [{"text": "two"}]},
        ]
    }
    assert parts(body) == [{"text": "[gemini-3.6-flash turn 2] two"}]


@pytest.mark.parametrize(
    ("body", "called"),
    [
        (with_tools("hi"), []),
        (with_tools("please get_weather now"), ["get_weather"]),
        (with_tools("get_weather and get_time"), ["get_weather", "get_time"]),
        (with_tools("xget_weatherx"), []),
        (with_tools("hi [[sim: call=get_time,get_weather]]"), ["get_time", "get_weather"]),
        (with_tools("hi [[sim: call=unknown]]"), []),
        (with_tools("hi", "ANY"), ["get_weather"]),
        (with_tools("hi", "ANY", allowedFunctionNames=["get_time"]), ["get_time"]),
        (with_tools("get_weather", "NONE"), []),
        (with_tools("get_weather get_time", "VALIDATED", allowedFunctionNames=["get_time"]), ["get_time"]),
    ],
)
def test_functions_are_called_when_named_wished_or_forced(body: Object, called: list[str]) -> None:
    assert names(body) == called


def test_a_call_has_arguments_that_fit_and_only_the_first_a_signature() -> None:
    first, second = parts(with_tools("get_weather get_time"))
    assert isinstance(first, dict)
    assert isinstance(second, dict)
    call = first["functionCall"]
    assert isinstance(call, dict)
    assert (call["name"], call["args"]) == ("get_weather", {"city": "city"})
    assert first["thoughtSignature"] == sign("get_weather")
    assert "thoughtSignature" not in second
    assert len(str(call["id"])) == 8


def test_old_models_give_neither_ids_nor_signatures() -> None:
    assert parts(with_tools("get_time"), "gemini-2.5-flash") == [{"functionCall": {"name": "get_time", "args": {}}}]


def after_responses(text: str, steps: int) -> Object:
    contents: list[Json] = [{"role": "user", "parts": [{"text": text}]}]
    for _ in range(steps):
        contents.append({"role": "model", "parts": [{"functionCall": {"name": "get_time"}}]})
        response: Json = {"functionResponse": {"name": "get_time", "response": {"output": "noon"}}}
        contents.append({"role": "user", "parts": [response]})
    return {"contents": contents, "tools": [{"functionDeclarations": [WEATHER, TIME]}]}


def test_once_functions_have_answered_the_model_tells_their_results() -> None:
    assert parts(after_responses("get_time now", 1)) == [
        {"text": '[gemini-3.6-flash turn 1] get_time returned {"output":"noon"} get_time now'}
    ]


def test_wished_calls_come_step_by_step() -> None:
    text = "[[sim: call=get_time;get_weather]]"
    assert [names(after_responses(text, steps)) for steps in (0, 1, 2)] == [["get_time"], ["get_weather"], []]


@pytest.mark.parametrize(
    ("config", "answered"),
    [
        ({"responseMimeType": "application/json"}, '{"answer":"argument"}'),
        (
            {"responseMimeType": "application/json", "responseSchema": {"properties": {"n": {"type": "INTEGER"}}}},
            '{"n":1}',
        ),
        ({"responseMimeType": "application/json", "responseJsonSchema": {"enum": ["a"]}}, '"a"'),
        ({"responseMimeType": "text/x.enum", "responseSchema": {"type": "STRING", "enum": ["red", "blue"]}}, "red"),
    ],
)
def test_a_schema_is_answered_with_what_fits(config: Object, answered: str) -> None:
    assert parts(ask("hi", generationConfig=config)) == [{"text": answered}]


@pytest.mark.parametrize(
    ("thinking", "model", "tokens", "shown"),
    [
        ({}, MODEL, 48, False),
        ({"includeThoughts": True}, MODEL, 48, True),
        ({"thinkingLevel": "HIGH", "includeThoughts": True}, MODEL, 96, True),
        ({"thinkingLevel": "MINIMAL", "includeThoughts": True}, MODEL, 0, False),
        ({"thinkingBudget": 0}, "gemini-2.5-flash", 0, False),
        ({"thinkingBudget": 10}, "gemini-2.5-flash", 10, False),
        ({"thinkingBudget": -1}, "gemini-2.5-flash", 48, False),
        ({}, "gemini-3.1-flash-lite", 0, False),
    ],
)
def test_thoughts_cost_tokens_and_are_shown_on_request(thinking: Object, model: str, tokens: int, shown: bool) -> None:
    pieces = said(ask("hi", generationConfig={"thinkingConfig": thinking}), model).pieces
    assert sum(piece.thought_tokens for piece in pieces) == tokens
    assert any(piece.part.get("thought") for piece in pieces) is shown


def test_it_stops_at_the_first_stop_sequence() -> None:
    body = ask('[[sim: text="one two three"]]', generationConfig={"stopSequences": ["three", " two"]})
    assert parts(body) == [{"text": "one"}]


@pytest.mark.parametrize(
    ("limit", "thought_tokens", "texts", "finish"),
    [
        (8, 8, [], "MAX_TOKENS"),
        (48, 48, [], "MAX_TOKENS"),
        (50, 48, ["x" * 8], "MAX_TOKENS"),
        (58, 48, ["x" * 40], "STOP"),
    ],
)
def test_the_output_limit_counts_thoughts_and_text(
    limit: int, thought_tokens: int, texts: list[str], finish: str
) -> None:
    whole = said(ask(f"[[sim: text={'x' * 40}]]", generationConfig={"maxOutputTokens": limit}))
    assert sum(piece.thought_tokens for piece in whole.pieces) == thought_tokens
    assert [piece.part["text"] for piece in whole.pieces if piece.part] == texts
    assert whole.finish == finish


def test_search_grounds_the_answer_with_byte_offsets() -> None:
    whole = said(ask('[[sim: text="grün ist gut"]] what?', tools=[{"googleSearch": {}}]))
    assert whole.grounding is not None
    supports = whole.grounding["groundingSupports"]
    assert isinstance(supports, list)
    assert [support["segment"] for support in supports if isinstance(support, dict)] == [
        {"endIndex": 7, "text": "grün i"},
        {"startIndex": 7, "endIndex": 13, "text": "st gut"},
    ]
    assert whole.grounding["webSearchQueries"] == ["what?"]


def test_a_call_has_the_arguments_that_were_asked_for() -> None:
    body = with_tools('[[sim: call=get_weather args="{\\"city\\": \\"Oslo\\"}"]] hi')
    calls = [part["functionCall"] for part in parts(body) if isinstance(part, dict) and "functionCall" in part]
    assert [call["args"] for call in calls if isinstance(call, dict)] == [{"city": "Oslo"}]


def test_code_runs_before_the_text() -> None:
    kinds = [sorted(part) for part in parts(ask("hi", tools=[{"codeExecution": {}}])) if isinstance(part, dict)]
    assert kinds == [["executableCode", "thoughtSignature"], ["codeExecutionResult"], ["text"]]


def test_pages_of_the_prompt_are_reported_read() -> None:
    whole = said(ask("see https://example.com/a", tools=[{"urlContext": {}}]))
    page = {"retrievedUrl": "https://example.com/a", "urlRetrievalStatus": "URL_RETRIEVAL_STATUS_SUCCESS"}
    assert (whole.url_context, whole.tool_tokens) == ({"urlMetadata": [page]}, 96)


@pytest.mark.parametrize(
    ("model", "config", "kinds"),
    [
        ("gemini-3.1-flash-image", {}, ["text", "image/png"]),
        ("gemini-3.1-flash-image", {"responseModalities": ["IMAGE"]}, ["image/png"]),
        ("gemini-3.1-flash-image", {"responseModalities": ["TEXT"]}, ["text"]),
        ("gemini-3.8-flash-tts", {"responseModalities": ["AUDIO"]}, ["audio/L16;codec=pcm;rate=24000"]),
    ],
)
def test_media_models_give_media(model: str, config: Object, kinds: list[str]) -> None:
    blobs = [
        part.get("inlineData", "text")
        for part in parts(ask("hi", generationConfig=config), model)
        if isinstance(part, dict)
    ]
    assert [blob["mimeType"] if isinstance(blob, dict) else blob for blob in blobs] == kinds
