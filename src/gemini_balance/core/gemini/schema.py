"""Gemini's wire types, as far as we read or write them. Unknown fields are skipped, never refused.

Source: apis of generativelanguage v1beta as recorded and published; every field may be absent in a reply.
"""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType


class Wire(msgspec.Struct, omit_defaults=True, rename="camel", gc=False):
    """camelCase on the wire; what is unset is not sent."""


class FunctionCall(Wire):
    """`args` is left as it came. (msgspec refuses every object for `Raw | None`; unset is what it understands.)"""

    name: str = ""
    args: msgspec.Raw | UnsetType = UNSET
    id: str | None = None


class FunctionResponse(Wire):
    """`response` must be an object; `id` goes along only where Google gave the call one."""

    name: str = ""
    response: msgspec.Raw | UnsetType = UNSET
    id: str | None = None


class Blob(Wire):
    mime_type: str = ""
    data: str = ""


class Part(Wire):
    text: str | None = None
    thought: bool | None = None
    thought_signature: str | None = None
    function_call: FunctionCall | None = None
    function_response: FunctionResponse | None = None
    inline_data: Blob | None = None
    executable_code: msgspec.Raw | UnsetType = UNSET
    code_execution_result: msgspec.Raw | UnsetType = UNSET
    file_data: msgspec.Raw | UnsetType = UNSET


class Content(Wire):
    role: str | None = None
    parts: list[Part] = []


class WebChunk(Wire):
    uri: str = ""
    title: str = ""


class GroundingChunk(Wire):
    web: WebChunk | None = None


class Segment(Wire):
    start_index: int = 0
    end_index: int = 0


class GroundingSupport(Wire):
    segment: Segment | None = None
    grounding_chunk_indices: list[int] = []


class GroundingMetadata(Wire):
    grounding_chunks: list[GroundingChunk] = []
    grounding_supports: list[GroundingSupport] = []


class Candidate(Wire):
    content: Content | None = None
    finish_reason: str | None = None
    finish_message: str | None = None
    index: int = 0
    grounding_metadata: GroundingMetadata | None = None


class PromptFeedback(Wire):
    block_reason: str | None = None
    block_reason_message: str | None = None


class UsageMetadata(Wire):
    prompt_token_count: int = 0
    cached_content_token_count: int = 0
    candidates_token_count: int = 0
    thoughts_token_count: int = 0
    tool_use_prompt_token_count: int = 0
    total_token_count: int = 0


class ErrorDetail(Wire):
    """One entry of `error.details`; the fields of every kind we read, told apart by `type`."""

    type: str = msgspec.field(name="@type", default="")
    reason: str = ""
    metadata: dict[str, str] = {}
    violations: list[dict[str, Any]] = []  # QuotaFailure: ids, dimensions and values as Google names them
    retry_delay: str = ""


class ErrorStatus(Wire):
    code: int = 0
    message: str = ""
    status: str = ""
    details: list[ErrorDetail] = []


class GenerateContentResponse(Wire):
    candidates: list[Candidate] | None = None
    prompt_feedback: PromptFeedback | None = None
    usage_metadata: UsageMetadata | None = None
    model_version: str | None = None
    response_id: str | None = None
    error: ErrorStatus | None = None


class ModelInfo(Wire):
    """One entry of the upstream's model list."""

    name: str = ""
    supported_generation_methods: list[str] = []
    input_token_limit: int = 0
    output_token_limit: int = 0


class ModelPage(Wire):
    models: list[ModelInfo] = []
    next_page_token: str = ""


decode_reply = msgspec.json.Decoder(GenerateContentResponse, strict=False).decode
decode_models = msgspec.json.Decoder(ModelPage, strict=False).decode
