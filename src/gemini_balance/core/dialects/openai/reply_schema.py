"""OpenAI's answers: chat completions whole and in chunks, errors, models."""

from __future__ import annotations

from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

FinishReason = Literal["stop", "length", "tool_calls", "function_call", "content_filter"]
ServiceTier = Literal["default", "flex", "priority"]


class PromptDetails(msgspec.Struct, gc=False):
    cached_tokens: int = 0
    audio_tokens: int = 0


class CompletionDetails(msgspec.Struct, gc=False):
    reasoning_tokens: int = 0
    audio_tokens: int = 0
    accepted_prediction_tokens: int = 0
    rejected_prediction_tokens: int = 0


class Usage(msgspec.Struct, gc=False):
    prompt_tokens: int
    completion_tokens: int
    total_tokens: int
    prompt_tokens_details: PromptDetails
    completion_tokens_details: CompletionDetails


class UrlCitation(msgspec.Struct, gc=False):
    start_index: int
    end_index: int
    title: str
    url: str


class Annotation(msgspec.Struct, gc=False):
    url_citation: UrlCitation
    type: str = "url_citation"


class GoogleExtra(msgspec.Struct, gc=False):
    """What OpenAI's format has no field for, where Google's own OpenAI-compatible service has it."""

    thought_signature: str | UnsetType = UNSET
    grounding_metadata: msgspec.Raw | UnsetType = UNSET
    url_context_metadata: msgspec.Raw | UnsetType = UNSET
    citation_metadata: msgspec.Raw | UnsetType = UNSET


class Extra(msgspec.Struct, gc=False):
    google: GoogleExtra


class FunctionSaid(msgspec.Struct, gc=False):
    name: str | UnsetType = UNSET
    arguments: str = ""


class ToolCall(msgspec.Struct, gc=False):
    """With an index in a stream, without one in a whole answer."""

    index: int | UnsetType = UNSET
    id: str | UnsetType = UNSET
    type: str | UnsetType = UNSET
    function: FunctionSaid | UnsetType = UNSET
    extra_content: Extra | UnsetType = UNSET


class ImageUrl(msgspec.Struct, gc=False):
    url: str


class Image(msgspec.Struct, gc=False):
    """As OpenRouter has them. openai's library joins lists of a stream by `index`."""

    index: int
    image_url: ImageUrl
    type: str = "image_url"
    extra_content: Extra | UnsetType = UNSET


class Audio(msgspec.Struct, gc=False):
    """In a stream only the first has more than data."""

    id: str | UnsetType = UNSET
    data: str = ""
    expires_at: int | UnsetType = UNSET
    transcript: str | UnsetType = UNSET


class TopLogprob(msgspec.Struct, gc=False):
    token: str
    logprob: float
    bytes: list[int]


class Logprob(msgspec.Struct, gc=False):
    token: str
    logprob: float
    bytes: list[int]
    top_logprobs: list[TopLogprob]


class Logprobs(msgspec.Struct, gc=False):
    content: list[Logprob]
    refusal: None = None


class AnswerMessage(msgspec.Struct, gc=False):
    role: str
    content: str | None
    reasoning_content: str | UnsetType = UNSET
    tool_calls: list[ToolCall] | UnsetType = UNSET
    function_call: FunctionSaid | UnsetType = UNSET
    refusal: str | None = None
    annotations: list[Annotation] = []
    images: list[Image] | UnsetType = UNSET
    audio: Audio | UnsetType = UNSET
    extra_content: Extra | UnsetType = UNSET


class Choice(msgspec.Struct, gc=False):
    index: int
    message: AnswerMessage
    logprobs: Logprobs | None
    finish_reason: FinishReason


class Completion(msgspec.Struct, gc=False):
    id: str
    object: str
    created: int
    model: str
    choices: list[Choice]
    usage: Usage
    service_tier: ServiceTier | UnsetType = UNSET
    system_fingerprint: str | None = None


class Delta(msgspec.Struct, gc=False):
    role: str | UnsetType = UNSET
    content: str | UnsetType | None = UNSET
    reasoning_content: str | UnsetType = UNSET
    tool_calls: list[ToolCall] | UnsetType = UNSET
    function_call: FunctionSaid | UnsetType = UNSET
    refusal: str | UnsetType | None = UNSET
    annotations: list[Annotation] | UnsetType = UNSET
    images: list[Image] | UnsetType = UNSET
    audio: Audio | UnsetType = UNSET
    extra_content: Extra | UnsetType = UNSET


class ChunkChoice(msgspec.Struct, gc=False):
    index: int
    delta: Delta
    logprobs: Logprobs | None = None
    finish_reason: FinishReason | None = None


class Chunk(msgspec.Struct, gc=False):
    id: str
    object: str
    created: int
    model: str
    choices: list[ChunkChoice]
    service_tier: ServiceTier | UnsetType = UNSET
    system_fingerprint: str | None = None
    usage: Usage | UnsetType | None = UNSET


class ErrorInfo(msgspec.Struct, gc=False):
    message: str
    type: str
    param: str | None
    code: str


class ErrorBody(msgspec.Struct, gc=False):
    error: ErrorInfo


class Model(msgspec.Struct, gc=False):
    id: str
    object: str
    created: int
    owned_by: str = "google"


class ModelList(msgspec.Struct, gc=False):
    object: str
    data: list[Model]
