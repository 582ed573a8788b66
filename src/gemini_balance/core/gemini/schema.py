"""Gemini's wire types, as far as we read or write them. Unknown fields are skipped, never refused.

Source: apis of generativelanguage v1beta as recorded and published; every field may be absent in a reply.
"""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType


class Wire(msgspec.Struct, omit_defaults=True, rename="camel", gc=False):
    """camelCase on the wire; what is unset is not sent."""


class PartialArg(Wire):
    """A piece of one argument; none of the values means null."""

    json_path: str = ""
    string_value: str | None = None
    number_value: int | float | None = None
    bool_value: bool | None = None


class FunctionCall(Wire):
    """`args` is left as it came. (msgspec refuses every object for `Raw | None`; unset is what it understands.)"""

    name: str = ""
    args: msgspec.Raw | UnsetType = UNSET
    id: str | None = None
    partial_args: list[PartialArg] | None = None
    will_continue: bool | None = None


class FunctionResponse(Wire):
    """`response` must be an object; `id` goes along only where Google gave the call one."""

    name: str = ""
    response: msgspec.Raw | UnsetType = UNSET
    id: str | None = None


class Blob(Wire):
    mime_type: str = ""
    data: str = ""


class ExecutableCode(Wire):
    code: str = ""
    language: str = ""
    id: str | None = None


class CodeExecutionResult(Wire):
    outcome: str = ""
    output: str = ""
    id: str | None = None


class FileData(Wire):
    file_uri: str = ""
    mime_type: str = ""


class Part(Wire):
    text: str | None = None
    thought: bool | None = None
    thought_signature: str | None = None
    function_call: FunctionCall | None = None
    function_response: FunctionResponse | None = None
    inline_data: Blob | None = None
    executable_code: ExecutableCode | None = None
    code_execution_result: CodeExecutionResult | None = None
    file_data: FileData | None = None


class Content(Wire):
    role: str | None = None
    parts: list[Part] = []


class TokenLogprob(Wire):
    token: str = ""
    log_probability: float = 0.0


class TopCandidates(Wire):
    candidates: list[TokenLogprob] = []


class LogprobsResult(Wire):
    chosen_candidates: list[TokenLogprob] = []
    top_candidates: list[TopCandidates] = []


class Candidate(Wire):
    content: Content | None = None
    finish_reason: str | None = None
    finish_message: str | None = None
    index: int = 0
    logprobs_result: LogprobsResult | None = None
    continuation_token: str | None = None
    # Handed on as they came, and looked into once per answer: core/gemini/grounding.py.
    grounding_metadata: msgspec.Raw | UnsetType = UNSET
    url_context_metadata: msgspec.Raw | UnsetType = UNSET
    citation_metadata: msgspec.Raw | UnsetType = UNSET


class PromptFeedback(Wire):
    block_reason: str | None = None
    block_reason_message: str | None = None


class ModalityTokens(Wire):
    modality: str = ""
    token_count: int = 0


class UsageMetadata(Wire):
    """The details are left as they came: every event of a stream has them, and only the last ones count."""

    prompt_token_count: int = 0
    cached_content_token_count: int = 0
    candidates_token_count: int = 0
    thoughts_token_count: int = 0
    tool_use_prompt_token_count: int = 0
    total_token_count: int = 0
    service_tier: str | None = None
    prompt_tokens_details: msgspec.Raw | UnsetType = UNSET
    candidates_tokens_details: msgspec.Raw | UnsetType = UNSET
    tool_use_prompt_tokens_details: msgspec.Raw | UnsetType = UNSET


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


decode_reply = msgspec.json.Decoder(GenerateContentResponse, strict=False).decode
decode_details = msgspec.json.Decoder(list[ModalityTokens], strict=False).decode
