"""What a conversation must look like: roles, parts, function calls, their answers and their signatures."""

from collections.abc import Iterator

from gemini_balance.simulator.models import Model
from gemini_balance.simulator.schema import Content, GenerateContentRequest, Part
from gemini_balance.simulator.signatures import is_valid

ROLES = ("", "user", "model")
NEEDS_SIGNATURES = 3.0

_ROLE = (
    "Role '{role}' is not supported. Please use a valid role: SYSTEM, SYSTEM_1, USER, ASSISTANT, DEVELOPER, CONTEXT, "
    "USER_CONTEXT, MODEL, USER."
)
_COUNT = (
    "Please ensure that the number of function response parts is equal to the number of function call parts of the "
    "function call turn."
)
_ORDER = "Please ensure that function response turn comes immediately after a function call turn."
_UNSIGNED = (
    "Function call is missing a thought_signature in functionCall parts. This is required for tools to work "
    "correctly, and missing thought_signature may lead to degraded model performance. Additional data, function call "
    "`default_api:{name}` , position {position}. Please refer to "
    "https://ai.google.dev/gemini-api/docs/thought-signatures for more details."
)
_CORRUPTED = "Corrupted thought signature."


def missing_parts(request: GenerateContentRequest) -> Iterator[str]:
    """Field errors of contents, each as Google's validator prints one line."""
    if not request.contents:
        yield "* GenerateContentRequest.contents: contents is not specified\n"
    for index, content in enumerate(request.contents):
        place = f"* GenerateContentRequest.contents[{index}].parts"
        if not content.parts:
            yield f"{place}: contents.parts must not be empty.\n"
        for number, part in enumerate(content.parts):
            yield from _missing_in_part(part, f"{place}[{number}]")


def _missing_in_part(part: Part, place: str) -> Iterator[str]:
    if all(getattr(part, name) is None for name in Part.ONEOF) and not part.thought_signature:
        yield f"{place}.data: required oneof field 'data' must have one initialized field\n"
    for name in ("function_call", "function_response"):
        named = getattr(part, name)
        if named is not None and not named.name:
            yield f"{place}.{name}.name: Name cannot be empty.\n"


def wrong_role(request: GenerateContentRequest, model: Model) -> str | None:
    """Only user and model speak in contents."""
    strange = (content.role for content in request.contents if content.role not in ROLES)
    return next((_ROLE.format(role=role) for role in strange), None)


def unpaired_calls(request: GenerateContentRequest, model: Model) -> str | None:
    """The turn after function calls answers each of them, and no other turn answers any."""
    expected = 0
    for content in request.contents:
        given = sum(part.function_response is not None for part in content.parts)
        if content.role == "model":
            # Neighbouring model contents are one turn, and server-side MCP answers calls within it: 6 recordings.
            expected += sum(part.function_call is not None for part in content.parts) - given
        elif given != expected:
            return _COUNT if expected else _ORDER
        else:
            expected = 0
    return _COUNT if expected else None


def unsigned_call(request: GenerateContentRequest, model: Model) -> str | None:
    """From Gemini 3 on, the first call of every step of the current turn carries the signature it came with."""
    if model.generation < NEEDS_SIGNATURES:
        return None
    start = _turn_start(request.contents)
    for position, content in enumerate(request.contents[start:], start + 1):
        problem = _signature_problem(content, position)
        if problem:
            return problem
    return None


def _turn_start(contents: list[Content]) -> int:
    """Where the current turn begins: at the last user content that says something of its own."""
    spoken = (
        index
        for index in range(len(contents) - 1, -1, -1)
        if contents[index].role != "model" and not any(part.function_response for part in contents[index].parts)
    )
    return next(spoken, 0)


def _signature_problem(content: Content, position: int) -> str | None:
    calls = [part for part in content.parts if part.function_call is not None]
    if not calls or content.role != "model":
        return None
    first = calls[0]
    assert first.function_call is not None
    if not first.thought_signature:
        return _UNSIGNED.format(name=first.function_call.name, position=position)
    return None if all(_is_genuine(part) for part in calls) else _CORRUPTED


def _is_genuine(part: Part) -> bool:
    assert part.function_call is not None
    return not part.thought_signature or is_valid(part.thought_signature, part.function_call.name)
