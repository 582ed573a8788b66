"""What Google refuses in a well-formed request, rule by rule."""

import msgspec
import pytest

from gemini_balance.simulator.errors import GoogleError
from gemini_balance.simulator.json_types import Json, Object
from gemini_balance.simulator.models import BY_NAME
from gemini_balance.simulator.signatures import sign
from gemini_balance.simulator.validate import read_count, read_generate
from tests.unit.simulator.client import ask

OLD, NEW = "gemini-2.5-flash", "gemini-3.6-flash"
COUNT = (
    "Please ensure that the number of function response parts is equal to the number of function call parts of the "
    "function call turn."
)
NAME = (
    "Invalid function name. Must start with a letter or an underscore. Must be alphanumeric (a-z, A-Z, 0-9), "
    "underscores (_), dots (.), colons (:), or dashes (-), with a maximum length of 128."
)
PLACE = "* GenerateContentRequest."
FUNCTION = f"{PLACE}tools[0].function_declarations[0]"


def refusal(body: Object, model: str = NEW, *, streamed: bool = False) -> str:
    """Google's sentence, or nothing when the request is taken."""
    try:
        read_generate(msgspec.json.encode(body), BY_NAME[model], streamed=streamed)
    except GoogleError as error:
        return error.problem.message
    return ""


def config(**fields: Json) -> Object:
    return ask("hi", generationConfig=fields)


def declare(*functions: Object, **fields: Json) -> Object:
    return ask("hi", tools=[{"functionDeclarations": list(functions)}], **fields)


def call(name: str, signature: str | None = None) -> Json:
    part: Object = {"functionCall": {"name": name, "args": {}}}
    return part | {"thoughtSignature": signature} if signature else part


def response(name: str) -> Json:
    return {"functionResponse": {"name": name, "response": {"output": 1}}}


def talk(*turns: tuple[str, list[Json]]) -> Object:
    return {"contents": [{"role": role, "parts": parts} for role, parts in turns]}


USER: tuple[str, list[Json]] = ("user", [{"text": "hi"}])
F: Object = {"name": "f"}
MANY: list[Object] = [{"name": f"f{n}"} for n in range(513)]

REFUSED: list[tuple[str, str, Object, str]] = [
    ("empty contents", NEW, {}, f"{PLACE}contents: contents is not specified\n"),
    (
        "no parts",
        NEW,
        {"contents": [{"role": "user"}]},
        f"{PLACE}contents[0].parts: contents.parts must not be empty.\n",
    ),
    (
        "a part of nothing",
        NEW,
        talk(("user", [{}])),
        f"{PLACE}contents[0].parts[0].data: required oneof field 'data' must have one initialized field\n",
    ),
    (
        "a nameless response",
        NEW,
        talk(USER, ("model", [call("f", sign("f"))]), ("user", [response("")])),
        f"{PLACE}contents[2].parts[0].function_response.name: Name cannot be empty.\n",
    ),
    (
        "a system role",
        NEW,
        talk(("system", [{"text": "be kind"}]), USER),
        "Role 'system' is not supported. Please use a valid role: SYSTEM, SYSTEM_1, USER, ASSISTANT, DEVELOPER, "
        "CONTEXT, USER_CONTEXT, MODEL, USER.",
    ),
    ("fewer responses", OLD, talk(USER, ("model", [call("f"), call("g")]), ("user", [response("f")])), COUNT),
    ("responses apart", OLD, talk(USER, ("model", [call("f")]), ("user", [response("f"), response("g")])), COUNT),
    ("an unanswered call", OLD, talk(USER, ("model", [call("f")]), USER), COUNT),
    ("a call at the end", OLD, talk(USER, ("model", [call("f")])), COUNT),
    (
        "a response to nothing",
        OLD,
        talk(USER, ("user", [response("f")])),
        "Please ensure that function response turn comes immediately after a function call turn.",
    ),
    (
        "an unsigned call",
        NEW,
        talk(USER, ("model", [call("get_weather")]), ("user", [response("get_weather")])),
        "Function call is missing a thought_signature in functionCall parts. This is required for tools to work "
        "correctly, and missing thought_signature may lead to degraded model performance. Additional data, function "
        "call `default_api:get_weather` , position 2. Please refer to "
        "https://ai.google.dev/gemini-api/docs/thought-signatures for more details.",
    ),
    (
        "another call's signature",
        NEW,
        talk(USER, ("model", [call("f", sign("g"))]), ("user", [response("f")])),
        "Corrupted thought signature.",
    ),
    ("a bad name", NEW, declare({"name": "9 lives"}), f"{FUNCTION}.name: {NAME}\n"),
    ("a name too long", NEW, declare({"name": "f" * 129}), f"{FUNCTION}.name: {NAME}\n"),
    ("a name twice", NEW, declare(F, F), "Duplicate function declaration found: f"),
    (
        "both kinds of parameters",
        NEW,
        declare({"name": "f", "parameters": {"type": "OBJECT"}, "parametersJsonSchema": {}}),
        f"{FUNCTION}.parameters_json_schema: only one of parameters and parameters_json_schema may be set.\n",
    ),
    (
        "an array of nothing",
        NEW,
        declare({"name": "f", "parameters": {"type": "object", "properties": {"a": {"type": "array"}}}}),
        f"{FUNCTION}.parameters.properties[a].items: missing field.\n",
    ),
    (
        "a required stranger",
        NEW,
        declare({"name": "f", "parameters": {"type": "object", "properties": {"a": {}}, "required": ["b"]}}),
        f"{FUNCTION}.parameters.required[0]: property is not defined\n",
    ),
    (
        "names allowed in AUTO",
        NEW,
        declare(F, toolConfig={"functionCallingConfig": {"mode": "AUTO", "allowedFunctionNames": ["f"]}}),
        "Please set allowed_function_names only when function calling mode is ANY.",
    ),
    (
        "an undeclared name allowed",
        NEW,
        declare(F, toolConfig={"functionCallingConfig": {"mode": "ANY", "allowedFunctionNames": ["g"]}}),
        f"{PLACE}tool_config.function_calling_config.allowed_function_names[0]: function g is not declared in tools.\n",
    ),
    (
        "ANY without functions",
        NEW,
        ask("hi", toolConfig={"functionCallingConfig": {"mode": "ANY"}}),
        "Function calling config is set without function_declarations.",
    ),
    (
        "functions and search before 3",
        OLD,
        ask("hi", tools=[{"functionDeclarations": [F]}, {"googleSearch": {}}]),
        "Tool use with function calling is unsupported",
    ),
    (
        "functions and JSON before 3",
        OLD,
        declare(F, generationConfig={"responseMimeType": "application/json"}),
        "Function calling with a response mime type: 'application/json' is unsupported",
    ),
    (
        "search and JSON before 3",
        OLD,
        ask("hi", tools=[{"googleSearch": {}}], generationConfig={"responseMimeType": "application/json"}),
        "Tool use with a response mime type: 'application/json' is unsupported",
    ),
    (
        "circulation before 3",
        OLD,
        ask("hi", toolConfig={"includeServerSideToolInvocations": True}),
        "Tool call context circulation is not enabled for models/gemini-2.5-flash",
    ),
    (
        "a hot temperature",
        NEW,
        config(temperature=5),
        f"{PLACE}generation_config.temperature: temperature must be in the range [0.0, 2.0].\n",
    ),
    (
        "topP of 2",
        NEW,
        config(topP=2),
        f"{PLACE}generation_config.top_p: top_p must be in the range [0.0, 1.0].\n",
    ),
    (
        "six stops",
        NEW,
        config(stopSequences=list("abcdef")),
        f"{PLACE}generation_config.stop_sequences: the number of stop_sequences must not exceed 5.\n",
    ),
    (
        "an empty stop",
        NEW,
        config(stopSequences=[""]),
        f"{PLACE}generation_config.stop_sequences: stop_sequence must not be empty.\n",
    ),
    (
        "a strange size",
        "gemini-3.1-flash-image",
        config(imageConfig={"imageSize": "8K"}),
        f"{PLACE}generation_config.image_config.image_size: image_size must be one of '512', '1K', '2K', or '4K'.\n",
    ),
    (
        "an empty choice",
        NEW,
        declare({"name": "f", "parameters": {"type": "string", "enum": ["a", ""]}}),
        f"{FUNCTION}.parameters.enum[1]: cannot be empty\n",
    ),
    (
        "too many functions",
        NEW,
        declare(*MANY),
        "At most 512 functions can be specified; got 513.",
    ),
    (
        "a strange mime type",
        NEW,
        config(responseMimeType="image/png"),
        f"{PLACE}generation_config.response_mime_type: allowed mimetypes are `text/plain`, `application/json`, "
        "`application/xml`, `application/yaml` and `text/x.enum`.\n",
    ),
    (
        "two schemas",
        NEW,
        config(responseMimeType="application/json", responseSchema={"type": "STRING"}, responseJsonSchema={}),
        f"{PLACE}generation_config.response_json_schema: only one of response_schema and response_json_schema may be "
        "set.\n",
    ),
    (
        "a schema for plain text",
        NEW,
        config(responseJsonSchema={}),
        "Response schema is only supported with response mime type `application/json` or `text/x.enum`",
    ),
    (
        "a strange ratio",
        "gemini-3.1-flash-image",
        config(imageConfig={"aspectRatio": "3:7"}),
        f"{PLACE}generation_config.image_config.aspect_ratio: aspect_ratio must be one of '1:1', '1:4', '1:8', '2:3', "
        "'3:2', '3:4', '4:1', '4:3', '4:5', '5:4', '8:1', '9:16', '16:9', or '21:9'.\n",
    ),
    ("pictures from words", NEW, config(responseModalities=["TEXT", "IMAGE"]), "This model only supports text output."),
    (
        "words from a voice",
        "gemini-3.8-flash-tts",
        ask("hi"),
        "The requested combination of response modalities (TEXT) is not supported by the model. "
        "models/gemini-3.8-flash-tts accepts the following combination of response modalities:\n* AUDIO\n",
    ),
    (
        "budget and level",
        NEW,
        config(thinkingConfig={"thinkingBudget": 1, "thinkingLevel": "LOW"}),
        "You can only set only one of thinking budget and thinking level.",
    ),
    (
        "a level before 3",
        OLD,
        config(thinkingConfig={"thinkingLevel": "LOW"}),
        "Thinking level is not supported for this model.",
    ),
    (
        "minimal on 3.8",
        "gemini-3.8-flash",
        config(thinkingConfig={"thinkingLevel": "minimal"}),
        "Thinking level MINIMAL is not supported for this model. Please retry with other thinking level.",
    ),
    (
        "minimal on argon",
        "gemini-4-argon",
        config(thinkingConfig={"thinkingLevel": "MINIMAL"}),
        "Thinking level MINIMAL is not supported for this model. Please retry with other thinking level.",
    ),
    (
        "no thinking on pro",
        "gemini-2.5-pro",
        config(thinkingConfig={"thinkingBudget": 0}),
        "Budget 0 is invalid. This model only works in thinking mode.",
    ),
    (
        "too little on pro",
        "gemini-2.5-pro",
        config(thinkingConfig={"thinkingBudget": 5}),
        "The thinking budget 5 is invalid. Please choose a value between 128 and 32768.",
    ),
    (
        "thinking where there is none",
        "gemini-2.5-flash-image",
        config(thinkingConfig={"thinkingBudget": 5}),
        "Thinking is not enabled for models/gemini-2.5-flash-image",
    ),
    (
        "more than argon gives at once",
        "gemini-4-argon",
        config(maxOutputTokens=32_769),
        "Unable to submit request because it has a maxOutputTokens value of 32769 but the supported range is from 1 "
        "(inclusive) to 32769 (exclusive). Update the value and try again.",
    ),
]


@pytest.mark.parametrize(("model", "body", "sentence"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_it_refuses(model: str, body: Object, sentence: str) -> None:
    assert refusal(body, model) == sentence


TAKEN: list[tuple[str, str, Object]] = [
    ("a plain text", NEW, ask("hi")),
    ("no role", NEW, {"contents": [{"parts": [{"text": "hi"}]}]}),
    ("a signed call", NEW, talk(USER, ("model", [call("f", sign("f")), call("g")]), ("user", [response("f")] * 2))),
    (
        "a raw sentinel",
        NEW,
        talk(USER, ("model", [call("f", "skip_thought_signature_validator")]), ("user", [response("f")])),
    ),
    (
        "a sentinel in base64",
        NEW,
        talk(
            USER,
            ("model", [call("f", "c2tpcF90aG91Z2h0X3NpZ25hdHVyZV92YWxpZGF0b3I=")]),
            ("user", [response("f")]),
        ),
    ),
    ("an unsigned call of an older turn", NEW, talk(USER, ("model", [call("f")]), ("user", [response("f")]), USER)),
    ("an unsigned call before 3", OLD, talk(USER, ("model", [call("f")]), ("user", [response("f")]))),
    (
        "calls in neighbouring contents",
        OLD,
        talk(USER, ("model", [call("f")]), ("model", [call("g")]), ("user", [response("f"), response("g")])),
    ),
    ("functions and search from 3 on", NEW, ask("hi", tools=[{"functionDeclarations": [F]}, {"googleSearch": {}}])),
    ("functions and JSON from 3 on", NEW, declare(F, generationConfig={"responseMimeType": "application/json"})),
    ("a dynamic budget", "gemini-2.5-pro", config(thinkingConfig={"thinkingBudget": -1})),
    ("a budget on 3", NEW, config(thinkingConfig={"thinkingBudget": 1024})),
    ("a picture", "gemini-3.1-flash-image", config(responseModalities=["image", "text"])),
    ("five stops", NEW, config(stopSequences=list("abcde"))),
    ("a schema", NEW, config(responseMimeType="application/json", responseSchema={"type": "object"})),
]


@pytest.mark.parametrize(("model", "body"), [row[1:] for row in TAKEN], ids=[row[0] for row in TAKEN])
def test_it_takes(model: str, body: Object) -> None:
    assert refusal(body, model) == ""


def test_argon_streams_more_than_it_answers_at_once() -> None:
    assert refusal(config(maxOutputTokens=65_536), "gemini-4-argon", streamed=True) == ""


def test_several_field_errors_come_together() -> None:
    body = config(temperature=5, topK=-1) | {"contents": []}
    assert refusal(body).splitlines() == [
        f"{PLACE}contents: contents is not specified",
        f"{PLACE}generation_config.temperature: temperature must be in the range [0.0, 2.0].",
        f"{PLACE}generation_config.top_k: top_k must be in the range [0, 2147483647].",
    ]


def test_counting_takes_contents_or_a_whole_request_but_not_both() -> None:
    model = BY_NAME[NEW]
    whole: Object = {"generateContentRequest": {"model": f"models/{NEW}", **ask("hi")}}
    assert (
        read_count(msgspec.json.encode(whole), model).contents
        == read_count(msgspec.json.encode(ask("hi")), model).contents
    )
    for body in ({}, whole | ask("hi")):
        with pytest.raises(GoogleError):
            read_count(msgspec.json.encode(body), model)
