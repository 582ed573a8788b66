"""The whole judgement of a request: its shape, then every rule, in Google's order and words."""

from collections.abc import Callable

from gemini_balance.simulator import config_rules, history, speech, tool_rules
from gemini_balance.simulator.errors import GoogleError, invalid_argument
from gemini_balance.simulator.models import Model
from gemini_balance.simulator.schema import CountTokensRequest, GenerateContentRequest
from gemini_balance.simulator.shape import parse

# The first sentence among these ends the request.
RULES: tuple[Callable[[GenerateContentRequest, Model], str | None], ...] = (
    history.wrong_role,
    history.unpaired_calls,
    history.unsigned_call,
    tool_rules.too_many_functions,
    tool_rules.duplicate_function,
    tool_rules.misplaced_allowed_names,
    tool_rules.mode_without_functions,
    tool_rules.uncombinable_tools,
    tool_rules.unsupported_circulation,
    config_rules.schema_without_json,
    config_rules.wrong_modalities,
    config_rules.wrong_thinking,
    speech.wrong_voice,
)


def read_generate(body: bytes, model: Model, *, streamed: bool) -> GenerateContentRequest:
    """The request that `body` spells, if Google would take it; raises GoogleError otherwise."""
    request = parse(body, GenerateContentRequest)
    check_generate(request, model, streamed=streamed)
    return request


def check_generate(request: GenerateContentRequest, model: Model, *, streamed: bool) -> None:
    """Raise what Google would say against a well-formed request."""
    lines = [
        *history.missing_parts(request),
        *tool_rules.wrong_declarations(request),
        *config_rules.wrong_config(request),
    ]
    if lines:
        raise GoogleError(invalid_argument("".join(lines)))
    sentence = next((found for rule in RULES if (found := rule(request, model))), None)
    sentence = sentence or config_rules.too_long_output(request, model, streamed)
    if sentence:
        raise GoogleError(invalid_argument(sentence))


def read_count(body: bytes, model: Model) -> GenerateContentRequest:
    """What countTokens shall count: contents, or a whole generateContentRequest, never both."""
    request = parse(body, CountTokensRequest)
    whole = request.generate_content_request
    if whole is not None and request.contents:
        raise GoogleError(
            invalid_argument(
                "* CountTokensRequest.generate_content_request: only one of contents and generate_content_request "
                "may be set.\n"
            )
        )
    if whole is not None:
        return whole
    if not request.contents:
        raise GoogleError(invalid_argument("* CountTokensRequest.contents: contents is not specified\n"))
    return GenerateContentRequest(contents=request.contents)
