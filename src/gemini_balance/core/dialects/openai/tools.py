"""Tools and the choice among them, in Gemini's terms."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec
from msgspec import UNSET

from gemini_balance.core.dialects.openai.names import Names
from gemini_balance.core.dialects.openai.request_schema import ChosenTool, Function, ToolChoice
from gemini_balance.core.errors import BadRequest
from gemini_balance.core.gemini.json_schema import scrub
from gemini_balance.core.gemini.request_schema import (
    FUNCTIONS,
    FunctionCallingConfig,
    FunctionDeclaration,
    ToolConfig,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from msgspec import UnsetType

    from gemini_balance.core.dialects.openai.request_schema import ChatRequest, Tool
    from gemini_balance.core.gemini import request_schema as hub

# What other services call the tools that Google runs itself; a version's date may follow the name.
BUILT_IN = {
    "web_search": "googleSearch",
    "google_search": "googleSearch",
    "googleSearch": "googleSearch",
    "browser_search": "googleSearch",
    "code_interpreter": "codeExecution",
    "code_execution": "codeExecution",
    "codeExecution": "codeExecution",
    "url_context": "urlContext",
    "urlContext": "urlContext",
    "google_maps": "googleMaps",
    "googleMaps": "googleMaps",
}
OWN_KEYS = ("google_search", "code_execution", "url_context", "google_maps")
MODES = {"none": "NONE", "auto": "AUTO", "required": "ANY", "any": "ANY"}
EMPTY = (b"null", b"{}")


@dataclass(slots=True)
class Toolbox:
    """What a call brings along: tools in Gemini's form, and how the model shall choose."""

    tools: list[hub.Tool] = field(default_factory=list)
    config: ToolConfig | None = None
    strict: bool = False
    names: Names = field(default_factory=Names)


def toolbox(chat: ChatRequest, dropped: list[str]) -> Toolbox:
    box = Toolbox()
    if chat.tools or chat.functions:
        declared = _declared(chat, box, dropped)
        if declared:
            box.tools.insert(0, {FUNCTIONS: list(declared.values())})
        box.config = _config(chat, declared, box)
    elif chat.tool_choice and chat.tool_choice not in ("none", "auto"):
        raise BadRequest("`tool_choice` asks for a tool, but `tools` holds none.", param="tool_choice")
    if chat.web_search_options is not None and {"googleSearch": {}} not in box.tools:
        box.tools.append({"googleSearch": {}})
    return box


def _declared(chat: ChatRequest, box: Toolbox, dropped: list[str]) -> dict[str, FunctionDeclaration]:
    declared: dict[str, FunctionDeclaration] = {}
    for place, function in _functions(chat, box):
        name = box.names.sent(function.name, f"{place}.name")
        if name in declared:  # Google refuses the second; the first is what answers at OpenAI
            dropped.append(place.replace("[", "/").replace("].", "/"))
            continue
        declared[name] = FunctionDeclaration(
            name, function.description or None, _parameters(function.parameters, f"{place}.parameters", dropped)
        )
        box.strict = box.strict or function.strict is True
    return declared


def _functions(chat: ChatRequest, box: Toolbox) -> Iterator[tuple[str, Function]]:
    """Every function with its place; tools that Google runs go into the box on the way."""
    for number, tool in enumerate(chat.tools or ()):
        place = f"tools[{number}]"
        if tool.function is not None and tool.type in ("function", None):
            yield f"{place}.function", tool.function
        elif tool.type == "function":
            if tool.name is None:
                raise BadRequest("This tool has no `function`.", param=f"{place}.function")
            yield place, Function(tool.name, tool.description, tool.parameters, tool.strict)
        else:
            built_in = _built_in(tool, place)
            if built_in not in box.tools:
                box.tools.append(built_in)
    for number, function in enumerate(chat.functions or ()):
        yield f"functions[{number}]", function


def _built_in(tool: Tool, place: str) -> hub.Tool:
    if tool.type is not None:
        name = next((google for kind, google in BUILT_IN.items() if tool.type.startswith(kind)), None)
        if name is None:
            raise BadRequest(f"Tools of type {tool.type[:40]!r} can't be carried to Gemini.", param=f"{place}.type")
        return {name: {}}
    for key in OWN_KEYS:
        for spelled in (key, f"{key}_camel"):
            held: msgspec.Raw | UnsetType = getattr(tool, spelled)
            if held is not UNSET:
                return {BUILT_IN[key]: {} if bytes(held) == b"null" else held}
    raise BadRequest("This tool has neither a type nor a `function`.", param=f"{place}.type")


def _parameters(raw: msgspec.Raw | UnsetType, place: str, dropped: list[str]) -> msgspec.Raw | UnsetType:
    """Omitted where nothing can be passed: Google refuses an object without properties."""
    if raw is UNSET or bytes(raw) in EMPTY:
        return UNSET
    try:
        scrubbed = scrub(bytes(raw))
    except BadRequest as error:
        raise BadRequest(error.message, param=place) from error
    if scrubbed.schema.get("type", "object") != "object":
        raise BadRequest("The parameters of a function must be of type object.", param=place)
    if scrubbed.dropped:
        pointer = place.replace("[", "/").replace("].", "/").replace(".", "/")
        dropped += [f"{pointer}/{lost}" for lost in scrubbed.dropped]
    return UNSET if scrubbed.empty else scrubbed.raw


def _config(chat: ChatRequest, declared: Mapping[str, FunctionDeclaration], box: Toolbox) -> ToolConfig | None:
    choice, place = (
        (chat.tool_choice, "tool_choice") if chat.tool_choice is not None else (chat.function_call, "function_call")
    )
    if choice is None or not declared:
        return None
    mode, names = _chosen(choice, place)
    allowed = [box.names.sent(name, place) for name in names] or None
    for name, sent in zip(names, allowed or (), strict=True):
        if sent not in declared:
            raise BadRequest(f"{place} names {name[:80]!r}, which `tools` doesn't declare.", param=place)
    return ToolConfig(FunctionCallingConfig(mode, allowed))


def _chosen(choice: str | ToolChoice, place: str) -> tuple[str, list[str]]:
    """The mode, and the names that are allowed; no names: all."""
    if isinstance(choice, str):
        return _mode(choice, place), []
    if choice.type == "allowed_tools":
        allowed = choice.allowed_tools
        mode, tools = (allowed.mode, allowed.tools) if allowed else (choice.mode, choice.tools)
        names = [_name(tool) for tool in tools if tool.type == "function"]
        wanted = _mode(mode, f"{place}.allowed_tools.mode")
        return ("VALIDATED" if wanted == "AUTO" and names else wanted), names
    if choice.type != "function" or not _name(choice):
        raise BadRequest(
            f"A {place} of type {choice.type[:40]!r} can't be carried; it must name a function.", param=place
        )
    return "ANY", [_name(choice)]


def _mode(word: str, place: str) -> str:
    if word not in MODES:
        raise BadRequest(f"{place} must be none, auto, required or name a function, not {word[:40]!r}.", param=place)
    return MODES[word]


def _name(choice: ToolChoice | ChosenTool) -> str:
    return choice.function.name if choice.function is not None else choice.name
