"""A body becomes a request, or a complaint about every part of it that does not fit."""

import msgspec
import pytest

from gemini_balance.simulator.errors import GoogleError
from gemini_balance.simulator.json_types import Json, Object
from gemini_balance.simulator.schema import Content, GenerateContentRequest, Part
from gemini_balance.simulator.shape import parse

UNKNOWN = "Invalid JSON payload received. Unknown name"
TYPE = "type.googleapis.com/google.ai.generativelanguage.v1beta."


def complaint(body: Json) -> str:
    with pytest.raises(GoogleError) as refused:
        parse(body.encode() if isinstance(body, str) else msgspec.json.encode(body), GenerateContentRequest)
    return refused.value.problem.message


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({"store_it": 1}, f'{UNKNOWN} "store_it": Cannot find field.'),
        (
            {"contents": [{"parts": [{"text": "a", "x": 1}]}]},
            f"{UNKNOWN} \"x\" at 'contents[0].parts[0]': Cannot find field.",
        ),
        (
            {"tools": [{"functionDeclarations": [{"parameters": {"properties": {"a": {"anyOf": [{"const": 1}]}}}}]}]},
            f"{UNKNOWN} \"const\" at 'tools[0].function_declarations[0].parameters.properties[0].value.any_of[0]': "
            "Cannot find field.",
        ),
        (
            {"generationConfig": {"responseSchema": {"additionalProperties": False}}},
            f"{UNKNOWN} \"additionalProperties\" at 'generation_config.response_schema': Cannot find field.",
        ),
        (
            {"generationConfig": {"temperature": "warm"}},
            "Invalid value at 'generation_config.temperature' (TYPE_FLOAT), \"warm\"",
        ),
        (
            {"generationConfig": {"maxOutputTokens": 1.5}},
            "Invalid value at 'generation_config.max_output_tokens' (TYPE_INT32), 1.5",
        ),
        (
            {"generationConfig": {"stopSequences": "END"}},
            "Invalid value at 'generation_config.stop_sequences' (TYPE_STRING), \"END\"",
        ),
        ({"contents": "hi"}, f"Invalid value at 'contents' ({TYPE}Content), \"hi\""),
        (
            {"safetySettings": [{"category": "RUDE"}]},
            f"Invalid value at 'safety_settings[0].category' ({TYPE}HarmCategory), \"RUDE\"",
        ),
        (
            {"systemInstruction": [{"parts": []}]},
            f'{UNKNOWN} "system_instruction": Proto field is not repeating, cannot start list.',
        ),
        (
            {"contents": [{"parts": [{"inlineData": {"data": "a!"}}]}]},
            "Invalid value at 'contents[0].parts[0].inline_data.data' (TYPE_BYTES), Base64 decoding failed for \"a!\"",
        ),
        (
            {"contents": [{"parts": [{"text": "a", "inlineData": {}}]}]},
            "Invalid value at 'contents[0].parts[0]' (oneof), oneof field 'data' is already set. "
            "Cannot set 'inlineData'",
        ),
        (
            {"contents": [{"parts": [{"functionResponse": {"name": "f", "response": "sunny"}}]}]},
            "Invalid value at 'contents[0].parts[0].function_response.response' "
            '(type.googleapis.com/google.protobuf.Struct), "sunny"',
        ),
        ({"labels": ["a"]}, "Invalid value at 'labels' (TYPE_MESSAGE), [\"a\"]"),
        ([], 'Invalid JSON payload received. Unknown name "": Root element must be a message.'),
        ('{"contents"', "Invalid JSON payload received. Unexpected end of string. Expected a value.\n\n^"),
        ('{"contents" 1}', 'Invalid JSON payload received. Unexpected token.\n{"contents" 1}\n            ^'),
        ('{"a": NaN}', 'Invalid JSON payload received. Unexpected token.\n{"a": NaN}\n      ^'),
    ],
)
def test_it_says_in_googles_words_what_does_not_fit(body: Json, sentence: str) -> None:
    assert complaint(body) == sentence


def test_it_reports_everything_at_once_with_the_fields() -> None:
    with pytest.raises(GoogleError) as refused:
        parse(b'{"one": 1, "generationConfig": {"two": 2}}', GenerateContentRequest)
    first = f'{UNKNOWN} "one": Cannot find field.'
    second = f"{UNKNOWN} \"two\" at 'generation_config': Cannot find field."
    assert refused.value.problem.envelope() == {
        "error": {
            "code": 400,
            "message": f"{first}\n{second}",
            "status": "INVALID_ARGUMENT",
            "details": [
                {
                    "@type": "type.googleapis.com/google.rpc.BadRequest",
                    "fieldViolations": [
                        {"description": first},
                        {"field": "generation_config", "description": second},
                    ],
                }
            ],
        }
    }


@pytest.mark.parametrize(
    "body",
    [
        {"contents": [{"role": "user", "parts": [{"text": "hi"}]}]},
        {"contents": {"role": "user", "parts": {"text": "hi"}}},
        {"contents": [{"role": "user", "parts": [{"text": "hi", "inlineData": None}]}], "tools": None},
    ],
)
def test_one_object_stands_for_a_list_and_null_for_nothing(body: Object) -> None:
    content = Content(role="user", parts=[Part(text="hi")])
    assert parse(msgspec.json.encode(body), GenerateContentRequest) == GenerateContentRequest(contents=[content])


def test_both_spellings_and_lower_case_enums_mean_the_same() -> None:
    camel = {"toolConfig": {"functionCallingConfig": {"mode": "ANY", "allowedFunctionNames": ["f"]}}}
    snake = {"tool_config": {"function_calling_config": {"mode": "any", "allowed_function_names": ["f"]}}}
    read = [parse(msgspec.json.encode(body), GenerateContentRequest) for body in (camel, snake)]
    assert read[0] == read[1]


def test_free_values_are_not_looked_into() -> None:
    free = {"$ref": "#/x", "whatever": [1]}
    body = {
        "contents": [{"parts": [{"functionCall": {"name": "f", "args": free}}]}],
        "tools": [{"functionDeclarations": [{"name": "f", "parametersJsonSchema": free}]}],
        "generationConfig": {"_responseJsonSchema": free},
    }
    request = parse(msgspec.json.encode(body), GenerateContentRequest)
    assert request.generation_config is not None
    assert request.generation_config.response_json_schema == free
    assert request.tools[0].function_declarations[0].parameters_json_schema == free


def test_an_empty_body_is_an_empty_request() -> None:
    assert parse(b"", GenerateContentRequest) == GenerateContentRequest()
