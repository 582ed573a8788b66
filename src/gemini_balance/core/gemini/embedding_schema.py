"""batchEmbedContents, as far as we write it and read it."""

from __future__ import annotations

import msgspec

from gemini_balance.core.gemini.schema import Content, Wire

METHOD = "batchEmbedContents"
MOST_IN_BATCH = 100
"""Google's limit: "at most 100 requests can be in one batch"."""
NOT_NORMALISED = "gemini-embedding-001"
"""Normalises its whole length only (recorded: norm 0.57 at 768); gemini-embedding-2 normalises every length."""


class EmbedContentRequest(Wire):
    model: str
    content: Content
    output_dimensionality: int | None = None
    task_type: str | None = None
    title: str | None = None


class BatchEmbedContentsRequest(Wire):
    requests: list[EmbedContentRequest]


class ContentEmbedding(Wire):
    values: list[float] = msgspec.field(default_factory=list)


class EmbeddingUsage(Wire):
    """Only the models from gemini-embedding-2 on tell it."""

    prompt_token_count: int = 0


class BatchEmbedContentsResponse(Wire):
    embeddings: list[ContentEmbedding] = msgspec.field(default_factory=list)
    usage_metadata: EmbeddingUsage | None = None


decode_embeddings = msgspec.json.Decoder(BatchEmbedContentsResponse, strict=False).decode
