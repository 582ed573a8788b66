"""What we ask of Gemini, when a dialect translates to it. Native bodies are never modelled."""

from __future__ import annotations

from typing import Any

import msgspec

from gemini_balance.core.gemini.schema import Content, Wire


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
    thinking_config: dict[str, Any] | None = None


class GenerateContentRequest(Wire):
    contents: list[Content] = msgspec.field(default_factory=list)
    system_instruction: Content | None = None
    generation_config: GenerationConfig | None = None
    tools: list[dict[str, Any]] | None = None
