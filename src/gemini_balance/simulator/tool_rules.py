"""What Google refuses about tools: declarations, their schemas, and combinations that a model can't serve."""

import re
from collections import Counter
from collections.abc import Iterator

from gemini_balance.simulator.models import Model
from gemini_balance.simulator.schema import FunctionDeclaration, GenerateContentRequest, Schema, Tool

COMBINES_TOOLS = 3.0
MAX_DECLARATIONS = 512
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.:-]{0,127}")
_BAD_NAME = (
    "Invalid function name. Must start with a letter or an underscore. Must be alphanumeric (a-z, A-Z, 0-9), "
    "underscores (_), dots (.), colons (:), or dashes (-), with a maximum length of 128."
)
BUILT_IN = ("google_search", "google_search_retrieval", "code_execution", "url_context", "google_maps", "file_search")


def declarations(request: GenerateContentRequest) -> list[FunctionDeclaration]:
    """Every function that the request declares."""
    return [function for tool in request.tools for function in tool.function_declarations]


def has_built_in(request: GenerateContentRequest) -> bool:
    """Whether a tool that Google runs itself is switched on."""
    return any(_is_built_in(tool) for tool in request.tools)


def _is_built_in(tool: Tool) -> bool:
    return any(getattr(tool, name) is not None for name in BUILT_IN)


def wrong_declarations(request: GenerateContentRequest) -> Iterator[str]:
    """Field errors of the tools, each as Google's validator prints one line."""
    for number, tool in enumerate(request.tools):
        for index, function in enumerate(tool.function_declarations):
            place = f"* GenerateContentRequest.tools[{number}].function_declarations[{index}]"
            yield from _wrong_declaration(function, place)
    yield from _wrong_allowed_names(request)


def _wrong_declaration(function: FunctionDeclaration, place: str) -> Iterator[str]:
    if not _NAME.fullmatch(function.name):
        yield f"{place}.name: {_BAD_NAME}\n"
    if function.parameters is not None and function.parameters_json_schema is not None:
        yield f"{place}.parameters_json_schema: only one of parameters and parameters_json_schema may be set.\n"
    if function.response is not None and function.response_json_schema is not None:
        yield f"{place}.response_json_schema: only one of response and response_json_schema may be set.\n"
    if function.parameters is not None:
        yield from wrong_schema(function.parameters, f"{place}.parameters")


def wrong_schema(schema: Schema, place: str) -> Iterator[str]:
    """What the OpenAPI subset demands beyond its field names."""
    if schema.type == "ARRAY" and schema.items is None:
        yield f"{place}.items: missing field.\n"
    for index, name in enumerate(schema.required):
        if schema.properties and name not in schema.properties:
            yield f"{place}.required[{index}]: property is not defined\n"
    for index, value in enumerate(schema.enum):
        if not value:
            yield f"{place}.enum[{index}]: cannot be empty\n"
    for name, inner in schema.properties.items():
        yield from wrong_schema(inner, f"{place}.properties[{name}]")
    for index, inner in enumerate(schema.any_of):
        yield from wrong_schema(inner, f"{place}.any_of[{index}]")
    if schema.items is not None:
        yield from wrong_schema(schema.items, f"{place}.items")


def _wrong_allowed_names(request: GenerateContentRequest) -> Iterator[str]:
    config = request.tool_config and request.tool_config.function_calling_config
    known = {function.name for function in declarations(request)}
    for index, name in enumerate(config.allowed_function_names if config else ()):
        if name not in known:
            place = f"tool_config.function_calling_config.allowed_function_names[{index}]"
            yield f"* GenerateContentRequest.{place}: function {name} is not declared in tools.\n"


def duplicate_function(request: GenerateContentRequest, model: Model) -> str | None:
    """A name may be declared once."""
    names = Counter(function.name for function in declarations(request))
    return next((f"Duplicate function declaration found: {name}" for name, seen in names.items() if seen > 1), None)


def too_many_functions(request: GenerateContentRequest, model: Model) -> str | None:
    """There is a limit on declarations."""
    count = len(declarations(request))
    return f"At most {MAX_DECLARATIONS} functions can be specified; got {count}." if count > MAX_DECLARATIONS else None


def misplaced_allowed_names(request: GenerateContentRequest, model: Model) -> str | None:
    """Names are allowed one by one only where the mode forces or validates calls."""
    config = request.tool_config and request.tool_config.function_calling_config
    if not config or not config.allowed_function_names or config.mode in ("ANY", "VALIDATED"):
        return None
    return "Please set allowed_function_names only when function calling mode is ANY."


def mode_without_functions(request: GenerateContentRequest, model: Model) -> str | None:
    """A call can't be forced when nothing is declared."""
    config = request.tool_config and request.tool_config.function_calling_config
    if not config or config.mode not in ("ANY", "VALIDATED") or declarations(request) or has_built_in(request):
        return None
    if any(tool.mcp_servers for tool in request.tools):
        return None
    return "Function calling config is set without function_declarations."


def uncombinable_tools(request: GenerateContentRequest, model: Model) -> str | None:
    """Before Gemini 3, function calling, built-in tools and JSON answers exclude each other."""
    if model.generation >= COMBINES_TOOLS:
        return None
    functions, built_in = bool(declarations(request)), has_built_in(request)
    config = request.generation_config
    as_json = config is not None and config.response_mime_type == "application/json"
    sentences = (
        (functions and built_in, "Tool use with function calling is unsupported"),
        (functions and as_json, "Function calling with a response mime type: 'application/json' is unsupported"),
        (built_in and as_json, "Tool use with a response mime type: 'application/json' is unsupported"),
    )
    return next((sentence for refused, sentence in sentences if refused), None)


def unsupported_circulation(request: GenerateContentRequest, model: Model) -> str | None:
    """Server-side tool calls circulate from Gemini 3 on."""
    asked = request.tool_config is not None and request.tool_config.include_server_side_tool_invocations
    if asked and model.generation < COMBINES_TOOLS:
        return f"Tool call context circulation is not enabled for {model.resource}"
    return None
