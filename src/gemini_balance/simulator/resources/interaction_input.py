"""What an interaction asks, as a request of generateContent: its input, its tools and its settings."""

import base64
from collections.abc import Callable, Iterator

import msgspec

from gemini_balance.simulator.errors import GoogleError, Problem
from gemini_balance.simulator.json_types import Json, Object
from gemini_balance.simulator.schema import GenerateContentRequest
from gemini_balance.simulator.shape import parse

FIELDS = frozenset(
    (
        "model",
        "agent",
        "agent_config",
        "background",
        "cached_content",
        "continuation_token",
        "environment",
        "generation_config",
        "input",
        "labels",
        "previous_interaction_id",
        "response_format",
        "response_mime_type",
        "response_modalities",
        "safety_settings",
        "service_tier",
        "store",
        "stream",
        "system_instruction",
        "tools",
        "webhook_config",
    )
)
# Calls that come back carry no signature of generateContent's: this word is taken in its stead.
UNSIGNED = base64.b64encode(b"skip_thought_signature_validator").decode()
MEDIA = ("image", "audio", "video", "document")
# An interaction's tool: the field of generateContent's.
BUILT_IN = {
    "google_search": "googleSearch",
    "code_execution": "codeExecution",
    "url_context": "urlContext",
    "google_maps": "googleMaps",
}
BUDGETS = {"minimal": 1_024, "low": 1_024, "medium": 8_192, "high": 24_576}
SETTINGS = {
    "temperature": "temperature",
    "top_p": "topP",
    "seed": "seed",
    "stop_sequences": "stopSequences",
    "max_output_tokens": "maxOutputTokens",
}


def refusal(message: str, code: int = 400, word: str = "invalid_request") -> GoogleError:
    """An error as the interactions say it."""
    return GoogleError(Problem(code, message, word, shape="words"))


def read_body(body: bytes) -> Object:
    """The fields of the request; raises GoogleError for what Google refuses about them."""
    try:
        told: Object = msgspec.json.decode(body or b"{}", type=dict)
    except msgspec.MsgspecError as error:
        raise refusal(f"Invalid JSON payload received. {error}") from None
    told = {name: value for name, value in told.items() if value is not None}
    unknown = next((name for name in told if name not in FIELDS), None)
    if unknown is not None:
        raise refusal(f"Unknown parameter '{unknown}'.")
    if bool(told.get("model")) == bool(told.get("agent")):
        raise refusal("Exactly one of 'model' and 'agent' must be given.")
    if not told.get("input"):
        raise refusal("'input' is required.")
    if told.get("background") and told.get("store") is False:
        raise refusal("'background' needs 'store'.")
    return told


def request_of(told: Object, contents: list[Json], *, knows_levels: bool) -> GenerateContentRequest:
    """The request with these contents; raises GoogleError for settings that can't be.

    Here thinking has levels for every model: one that knows none is given a budget (recorded on gemini-2.5-flash).
    """
    config = _config(told, knows_levels=knows_levels)
    body: Object = {"contents": contents, "tools": list(_tools(told)), "generationConfig": config}
    if told.get("system_instruction"):
        body["systemInstruction"] = {"parts": [{"text": told["system_instruction"]}]}
    if told.get("cached_content"):
        body["cachedContent"] = told["cached_content"]
    try:
        return parse(msgspec.json.encode(body), GenerateContentRequest)
    except GoogleError as error:
        raise refusal(error.problem.message) from None


def _config(told: Object, *, knows_levels: bool) -> Object:
    given = told.get("generation_config", {})
    if not isinstance(given, dict):
        raise refusal("'generation_config' must be an object.")
    config: Object = {field: given[name] for name, field in SETTINGS.items() if name in given}
    thinking: Object = {}
    if "thinking_level" in given:
        level = given["thinking_level"]
        thinking = {"thinkingLevel": level} if knows_levels else {"thinkingBudget": BUDGETS.get(str(level), -1)}
    if given.get("thinking_summaries", "none") != "none":
        thinking["includeThoughts"] = True
    return config | ({"thinkingConfig": thinking} if thinking else {})


def _tools(told: Object) -> Iterator[Json]:
    tools = told.get("tools", [])
    if not isinstance(tools, list):
        raise refusal("'tools' must be a list.")
    for tool in tools:
        if not isinstance(tool, dict):
            raise refusal("A tool must be an object.")
        kind = str(tool.get("type", ""))
        if kind == "function":
            named: Object = {name: tool[name] for name in ("name", "description") if name in tool}
            yield {"functionDeclarations": [named | {"parametersJsonSchema": tool.get("parameters")}]}
        elif kind in BUILT_IN:
            yield {BUILT_IN[kind]: {}}


def contents_of(told: Json, before: list[Json]) -> list[Json]:
    """The contents of a conversation: those before, and what this input adds."""
    items = told if isinstance(told, list) else [told]
    turns = list(before)
    names = _call_names(turns)
    for item in items:
        role, part = _said(item, names)
        if part is None:
            continue
        last = turns[-1] if turns and len(turns) > len(before) else None
        if isinstance(last, dict) and last["role"] == role and isinstance(last["parts"], list):
            turns[-1] = {"role": role, "parts": [*last["parts"], *part]}
        else:
            turns.append({"role": role, "parts": part})
    return turns


def _call_names(turns: list[Json]) -> dict[str, str]:
    """The functions that were called, by the id of the call."""
    parts = (part for turn in turns if isinstance(turn, dict) for part in _listed(turn.get("parts")))
    calls = (part.get("functionCall") for part in parts if isinstance(part, dict))
    return {str(call.get("id", "")): str(call["name"]) for call in calls if isinstance(call, dict)}


def _listed(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []


def _said(item: Json, names: dict[str, str]) -> tuple[str, list[Json] | None]:
    """Who says an item of the input, and as which parts; None for what is not told on."""
    if isinstance(item, str):
        return "user", [{"text": item}]
    if not isinstance(item, dict):
        raise refusal("'input' must be a text, a content, or a list of contents or steps.")
    kind = str(item.get("type", ""))
    if kind not in STEPS:
        return "user", [_content(item)]
    role, read = STEPS[kind]
    if kind == "function_call":
        names[str(item.get("id", ""))] = str(item.get("name", ""))
    return role, read(item, names)


def _contents(item: Object, names: dict[str, str]) -> list[Json]:
    content = item.get("content")
    return [_content(one) for one in (content if isinstance(content, list) else [content])]


def _content(item: Json) -> Json:
    if isinstance(item, str):
        return {"text": item}
    kind = item.get("type") if isinstance(item, dict) else None
    if isinstance(item, dict) and kind == "text":
        return {"text": item.get("text", "")}
    if isinstance(item, dict) and kind in MEDIA:
        mime_type = item.get("mime_type", "")
        if "uri" in item:
            return {"fileData": {"fileUri": item["uri"], "mimeType": mime_type}}
        return {"inlineData": {"mimeType": mime_type, "data": item.get("data", "")}}
    raise refusal(f"Unknown content type '{kind}'.")


def _call(item: Object, names: dict[str, str]) -> list[Json]:
    call: Object = {"name": item.get("name", ""), "args": item.get("arguments") or {}}
    return [{"functionCall": call | {"id": item.get("id", "")}, "thoughtSignature": UNSIGNED}]


def _result(item: Object, names: dict[str, str]) -> list[Json]:
    call_id, result = str(item.get("call_id", "")), item.get("result")
    name = item.get("name") or names.get(call_id)
    if not name:
        raise refusal(f"No function call has the id '{call_id}'.")
    response: Object = result if isinstance(result, dict) else {"result": result}
    answered: Object = {"id": call_id, "name": name, "response": response}
    return [{"functionResponse": answered}]


def _nothing(item: Object, names: dict[str, str]) -> None:
    """Thoughts and what Google's own tools did are Google's to remember."""


STEPS: dict[str, tuple[str, Callable[[Object, dict[str, str]], list[Json] | None]]] = {
    "user_input": ("user", _contents),
    "model_output": ("model", _contents),
    "function_call": ("model", _call),
    "function_result": ("user", _result),
    **dict.fromkeys(("thought", "google_search_call", "google_search_result"), ("model", _nothing)),
    **dict.fromkeys(("code_execution_call", "code_execution_result"), ("model", _nothing)),
    **dict.fromkeys(("url_context_call", "url_context_result"), ("model", _nothing)),
}
