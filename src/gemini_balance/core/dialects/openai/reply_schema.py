"""OpenAI's answers: chat completions whole and in chunks, errors, models."""

from __future__ import annotations

from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

FinishReason = Literal["stop", "length", "tool_calls", "content_filter"]


class PromptDetails(msgspec.Struct, gc=False):
    cached_tokens: int = 0


class CompletionDetails(msgspec.Struct, gc=False):
    reasoning_tokens: int = 0


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


class AnswerMessage(msgspec.Struct, gc=False):
    role: str
    content: str | None
    refusal: str | None = None
    reasoning_content: str | UnsetType = UNSET
    annotations: list[Annotation] | UnsetType = UNSET


class Choice(msgspec.Struct, gc=False):
    index: int
    message: AnswerMessage
    logprobs: None
    finish_reason: str


class Completion(msgspec.Struct, gc=False):
    id: str
    object: str
    created: int
    model: str
    choices: list[Choice]
    usage: Usage
    system_fingerprint: str | None = None


class Delta(msgspec.Struct, gc=False):
    role: str | UnsetType = UNSET
    content: str | UnsetType = UNSET
    refusal: str | UnsetType | None = UNSET
    reasoning_content: str | UnsetType = UNSET
    annotations: list[Annotation] | UnsetType = UNSET


class ChunkChoice(msgspec.Struct, gc=False):
    index: int
    delta: Delta
    logprobs: None = None
    finish_reason: str | None = None


class Chunk(msgspec.Struct, gc=False):
    id: str
    object: str
    created: int
    model: str
    choices: list[ChunkChoice]
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
