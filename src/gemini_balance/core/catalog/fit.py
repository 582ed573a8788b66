"""A request made fit for the model that will serve it: what its family takes, in the words it takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from msgspec import UNSET, structs

from gemini_balance.core.gemini import thinking
from gemini_balance.core.gemini.families import family_of
from gemini_balance.core.gemini.request_schema import (
    FUNCTIONS,
    FunctionCallingConfig,
    GenerationConfig,
    SafetySetting,
    ThinkingConfig,
    ToolConfig,
)
from gemini_balance.core.gemini.schema import Content, Part
from gemini_balance.core.gemini.signatures import SENTINEL

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gemini_balance.core.call import Wishes
    from gemini_balance.core.catalog.config import Config
    from gemini_balance.core.catalog.resolve import Resolved
    from gemini_balance.core.gemini.families import Family
    from gemini_balance.core.gemini.request_schema import GenerateContentRequest, Tool

SEARCH: Tool = {"googleSearch": {}}
JSON = "application/json"
FITS_SCHEMA = "Answer with one JSON value and nothing else. It must be valid against this JSON Schema:\n"
IS_JSON = "Answer with one JSON value and nothing else."
NOTHING = GenerationConfig()
VALIDATED = FunctionCallingConfig("VALIDATED")


@dataclass(slots=True)
class _Fitting:
    """The request on its way; the caller's own is never changed."""

    request: GenerateContentRequest
    config: GenerationConfig
    wishes: Wishes
    resolved: Resolved
    options: Config
    family: Family
    dropped: list[str]

    @property
    def functions(self) -> bool:
        tools = self.request.tools
        return bool(tools) and any(FUNCTIONS in tool for tool in tools or ())

    @property
    def built_in(self) -> bool:
        tools = self.request.tools
        return bool(tools) and any(FUNCTIONS not in tool for tool in tools or ())

    def change(self, **fields: object) -> None:
        self.request = structs.replace(self.request, **fields)


def fit(
    request: GenerateContentRequest, wishes: Wishes, resolved: Resolved, options: Config
) -> tuple[GenerateContentRequest, list[str]]:
    """The request for this model, and the paths of what it could not take."""
    config = structs.replace(request.generation_config) if request.generation_config else GenerationConfig()
    fitting = _Fitting(request, config, wishes, resolved, options, family_of(resolved.model), [])
    _add_built_in(fitting)
    if fitting.request.tools:
        for step in TOOL_STEPS:
            step(fitting)
    for step in STEPS:
        step(fitting)
    if wishes.unsigned:
        _sign(fitting)
    if options.safety:
        _keep_safe(fitting)
    fitting.change(generation_config=config if config != NOTHING else None)
    return fitting.request, fitting.dropped


def _add_built_in(one: _Fitting) -> None:
    """What a suffix asks for; what an option switches on only where nothing of the caller's stands in its way."""
    wanted = [SEARCH] if one.resolved.search else []
    if one.options.built_in and one.family.thinks and "TEXT" in one.family.outputs and _is_free(one):
        wanted += one.options.built_in
    if not wanted:
        return
    held = {key for tool in one.request.tools or () for key in tool}
    wanted = [tool for tool in wanted if not tool.keys() & held]
    if wanted:
        one.change(tools=[*(one.request.tools or ()), *wanted])


def _is_free(one: _Fitting) -> bool:
    """Of functions, and of a form that the answer must have."""
    return not one.functions and one.config.response_mime_type is None


def _part_tools(one: _Fitting) -> None:
    """Before Gemini 3 a request has functions or tools of Google's: the caller's own functions stay."""
    if not (one.functions and one.built_in):
        return
    if one.family.combines:
        config = one.request.tool_config or ToolConfig()
        one.change(tool_config=structs.replace(config, include_server_side_tool_invocations=True))
        return
    tools = one.request.tools or []
    one.dropped += [f"tools/{key}" for tool in tools if FUNCTIONS not in tool for key in tool]
    one.change(tools=[tool for tool in tools if FUNCTIONS in tool])


def _validate(one: _Fitting) -> None:
    """Strict functions are what mode VALIDATED is for; a call that is forced is valid anyway."""
    if not (one.wishes.strict and one.family.validates):
        return
    config = one.request.tool_config or ToolConfig()
    calling = config.function_calling_config
    if calling is None or calling.mode == "AUTO":
        one.change(tool_config=structs.replace(config, function_calling_config=VALIDATED))


def _say_format(one: _Fitting) -> None:
    """Before Gemini 3 a JSON answer excludes tools: what it shall look like becomes an instruction."""
    if one.config.response_mime_type != JSON or one.family.combines:
        return
    schema = one.config.response_json_schema
    text = IS_JSON if schema is UNSET else FITS_SCHEMA + bytes(schema).decode()
    before = one.request.system_instruction
    one.change(system_instruction=Content(parts=[*(before.parts if before else ()), Part(text=text)]))
    one.config.response_mime_type, one.config.response_json_schema = None, UNSET
    one.dropped.append("response_format (sent as an instruction)")


def _think(one: _Fitting) -> None:
    """The suffix, else the caller, else the operator; thoughts are asked for where they will be shown."""
    asked, effort = one.wishes.thinking, one.wishes.effort
    if one.resolved.non_thinking:
        asked, effort = None, "none"
    config = thinking.fitted(effort, asked, one.family)
    if config is None and (effort or (asked and (asked.thinking_level or asked.thinking_budget is not None))):
        one.dropped.append("reasoning_effort" if effort else "google/thinking_config")
    if config is None and not effort and asked is None and one.resolved.model in one.options.thinking_budgets:
        config = thinking.by_budget(one.options.thinking_budgets[one.resolved.model], one.family)
    include = asked.include_thoughts if asked else None
    if config is not None and config.thinking_budget == 0:
        include = None  # Google refuses to show thoughts that there won't be
    elif include is None and effort != "none" and one.options.show_thoughts:
        include = True
    if include is not None and one.family.thinks:
        config = structs.replace(config or ThinkingConfig(), include_thoughts=include)
    one.config.thinking_config = config


def _sample(one: _Fitting) -> None:
    if one.resolved.model in one.options.no_sampling_models:
        for name in SAMPLING:
            if getattr(one.config, name) is not None:
                setattr(one.config, name, None)
                one.dropped.append(name)
    most, limit = one.config.max_output_tokens, one.family.output_limit
    if most is not None and limit and most > limit:
        one.config.max_output_tokens = limit


def _speak(one: _Fitting) -> None:
    """Only kinds of output that the family has; a family without text must be asked for what it does have."""
    able, asked = one.family.outputs, one.config.response_modalities
    if one.resolved.image and asked is None:
        asked = ["TEXT", "IMAGE"]
    if able and "TEXT" not in able:
        asked = list(able)
    elif asked is not None and able:
        one.dropped += [f"modalities/{kind.lower()}" for kind in asked if kind not in able]
        asked = [kind for kind in asked if kind in able]
    one.config.response_modalities = asked if asked != ["TEXT"] else None
    if one.config.speech_config is not None and able and "AUDIO" not in able:
        one.config.speech_config = None
        one.dropped.append("audio")


def _sign(one: _Fitting) -> None:
    """A signature for each step that came back without: remembered, from the id, or the one that waives the check.

    Steps of earlier turns, too, although Google doesn't look at them: else the same history would be written
    differently in the next turn, and Google's cache of its beginning would be in vain.
    """
    if not one.family.signs:
        return
    contents = list(one.request.contents)
    for call in one.wishes.unsigned:
        parts = list(contents[call.content].parts)
        known = one.options.signatures.find(call.call_id) if call.call_id else None
        parts[call.part] = structs.replace(parts[call.part], thought_signature=known or call.embedded or SENTINEL)
        contents[call.content] = structs.replace(contents[call.content], parts=parts)
    one.change(contents=contents)


def _keep_safe(one: _Fitting) -> None:
    """The operator's settings, each replaced by the caller's for the same category."""
    settings: Mapping[str, str] = dict(one.options.safety) | {
        asked.category: asked.threshold for asked in one.request.safety_settings or ()
    }
    one.change(safety_settings=[SafetySetting(category, threshold) for category, threshold in settings.items()])


SAMPLING = ("temperature", "top_p", "top_k")
TOOL_STEPS: tuple[Callable[[_Fitting], None], ...] = (_part_tools, _validate, _say_format)
STEPS: tuple[Callable[[_Fitting], None], ...] = (_think, _sample, _speak)
