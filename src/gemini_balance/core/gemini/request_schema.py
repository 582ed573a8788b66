"""What we ask of Gemini, when a dialect translates to it. Native bodies are never modelled."""

from __future__ import annotations

from typing import Any, TypeAlias

import msgspec
from msgspec import UNSET, UnsetType

from gemini_balance.core.gemini.schema import Content, Wire

Tool: TypeAlias = dict[str, Any]
"""One entry of `tools`: functions, or one that Google runs itself, by its one key."""
FUNCTIONS = "functionDeclarations"


class ThinkingConfig(Wire):
    """A budget or a level, never both: Google refuses that."""

    include_thoughts: bool | None = None
    thinking_budget: int | None = None
    thinking_level: str | None = None


class GenerationConfig(Wire):
    """Only what the caller sent is set: no defaults are injected."""

    temperature: float | None = None
    top_p: float | None = None
    top_k: float | None = None
    candidate_count: int | None = None
    max_output_tokens: int | None = None
    stop_sequences: list[str] | None = None
    seed: int | None = None
    presence_penalty: float | None = None
    frequency_penalty: float | None = None
    response_logprobs: bool | None = None
    logprobs: int | None = None
    response_mime_type: str | None = None
    response_json_schema: msgspec.Raw | UnsetType = UNSET
    response_modalities: list[str] | None = None
    speech_config: dict[str, Any] | None = None
    image_config: dict[str, Any] | None = None
    media_resolution: str | None = None
    thinking_config: ThinkingConfig | None = None


class FunctionDeclaration(Wire):
    name: str = ""
    description: str | None = None
    parameters_json_schema: msgspec.Raw | UnsetType = UNSET


class FunctionCallingConfig(Wire):
    mode: str = ""
    allowed_function_names: list[str] | None = None


class ToolConfig(Wire):
    function_calling_config: FunctionCallingConfig | None = None
    include_server_side_tool_invocations: bool | None = None


class SafetySetting(Wire):
    category: str = ""
    threshold: str = ""


class GenerateContentRequest(Wire):
    contents: list[Content] = msgspec.field(default_factory=list)
    system_instruction: Content | None = None
    generation_config: GenerationConfig | None = None
    tools: list[Tool] | None = None
    tool_config: ToolConfig | None = None
    safety_settings: list[SafetySetting] | None = None
    cached_content: str | None = None
    service_tier: str | None = None
