"""Gemini's wire types, as far as we read or write them. Unknown fields are skipped, never refused.

Source: apis of generativelanguage v1beta as recorded and published; every field may be absent in a reply.
"""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType


class _Wire(msgspec.Struct, omit_defaults=True, rename="camel", gc=False):
    """camelCase on the wire; what is unset is not sent."""


class FunctionCall(_Wire):
    """`args` is left as it came. (msgspec refuses every object for `Raw | None`; unset is what it understands.)"""

    name: str = ""
    args: msgspec.Raw | UnsetType = UNSET
    id: str | None = None


class Blob(_Wire):
    mime_type: str = ""
    data: str = ""


class Part(_Wire):
    text: str | None = None
    thought: bool | None = None
    thought_signature: str | None = None
    function_call: FunctionCall | None = None
    inline_data: Blob | None = None
    executable_code: msgspec.Raw | UnsetType = UNSET
    code_execution_result: msgspec.Raw | UnsetType = UNSET
    file_data: msgspec.Raw | UnsetType = UNSET


class Content(_Wire):
    role: str | None = None
    parts: list[Part] = []


class WebChunk(_Wire):
    uri: str = ""
    title: str = ""


class GroundingChunk(_Wire):
    web: WebChunk | None = None


class Segment(_Wire):
    start_index: int = 0
    end_index: int = 0


class GroundingSupport(_Wire):
    segment: Segment | None = None
    grounding_chunk_indices: list[int] = []


class GroundingMetadata(_Wire):
    grounding_chunks: list[GroundingChunk] = []
    grounding_supports: list[GroundingSupport] = []


class Candidate(_Wire):
    content: Content | None = None
    finish_reason: str | None = None
    finish_message: str | None = None
    index: int = 0
    grounding_metadata: GroundingMetadata | None = None


class PromptFeedback(_Wire):
    block_reason: str | None = None
    block_reason_message: str | None = None


class UsageMetadata(_Wire):
    prompt_token_count: int = 0
    cached_content_token_count: int = 0
    candidates_token_count: int = 0
    thoughts_token_count: int = 0
    tool_use_prompt_token_count: int = 0
    total_token_count: int = 0


class ErrorDetail(_Wire):
    """One entry of `error.details`; the fields of every kind we read, told apart by `type`."""

    type: str = msgspec.field(name="@type", default="")
    reason: str = ""
    metadata: dict[str, str] = {}
    violations: list[dict[str, Any]] = []  # QuotaFailure: ids, dimensions and values as Google names them
    retry_delay: str = ""


class ErrorStatus(_Wire):
    code: int = 0
    message: str = ""
    status: str = ""
    details: list[ErrorDetail] = []


class GenerateContentResponse(_Wire):
    candidates: list[Candidate] | None = None
    prompt_feedback: PromptFeedback | None = None
    usage_metadata: UsageMetadata | None = None
    model_version: str | None = None
    response_id: str | None = None
    error: ErrorStatus | None = None


class GenerationConfig(_Wire):
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


class GenerateContentRequest(_Wire):
    contents: list[Content] = []
    system_instruction: Content | None = None
    generation_config: GenerationConfig | None = None
    tools: list[dict[str, Any]] | None = None


class ModelInfo(_Wire):
    """One entry of the upstream's model list."""

    name: str = ""
    supported_generation_methods: list[str] = []
    input_token_limit: int = 0
    output_token_limit: int = 0


class ModelPage(_Wire):
    models: list[ModelInfo] = []
    next_page_token: str = ""


decode_reply = msgspec.json.Decoder(GenerateContentResponse, strict=False).decode
decode_models = msgspec.json.Decoder(ModelPage, strict=False).decode
