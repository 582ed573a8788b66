"""Embeddings: OpenAI's request as batches for Google, and Google's vectors as OpenAI's reply."""

from __future__ import annotations

import math
import struct
from base64 import b64encode
from typing import TYPE_CHECKING

import msgspec
from msgspec import UNSET, UnsetType

from gemini_balance.core.dialects.openai.body import read
from gemini_balance.core.errors import BadRequest, UpstreamFailed
from gemini_balance.core.gemini.embedding_schema import (
    MOST_IN_BATCH,
    NOT_NORMALISED,
    BatchEmbedContentsRequest,
    EmbedContentRequest,
    decode_embeddings,
)
from gemini_balance.core.gemini.schema import Content, Part
from gemini_balance.core.wire.codec import encode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from gemini_balance.core.gemini.embedding_schema import BatchEmbedContentsResponse

MOST_INPUTS = 2048  # OpenAI's
MOST_DIMENSIONS = 3072
BYTES_PER_TOKEN = 4
FORMATS = ("float", "base64")
SIZES = {
    "text-embedding-004": 768,
    "embedding-001": 768,
    "text-embedding-3-small": 1_536,
    "text-embedding-3-large": 3_072,
    "text-embedding-ada-002": 1_536,
}
"""What callers of these have stored, or have made room for: what answers for them shall give as many numbers."""


class EmbeddingRequest(msgspec.Struct, frozen=True):
    """The request body; `task_type` and `title` are Google's own."""

    model: str
    input: str | list[str | int | list[int]]
    encoding_format: str | None = None
    dimensions: int | None = None
    task_type: str | None = None
    title: str | None = None


class Asked(msgspec.Struct, frozen=True):
    """A request that was read: the texts in order, and what else was asked for."""

    model: str
    texts: tuple[str, ...]
    base64: bool = False
    dimensions: int | None = None
    task_type: str | None = None
    title: str | None = None


class Embedding(msgspec.Struct):
    index: int
    embedding: list[float] | str
    object: str = "embedding"


class EmbeddingUsage(msgspec.Struct):
    prompt_tokens: int
    total_tokens: int


class EmbeddingList(msgspec.Struct):
    object: str
    data: list[Embedding]
    model: str
    usage: EmbeddingUsage | UnsetType = UNSET


_decode = msgspec.json.Decoder(EmbeddingRequest).decode


def decode(body: bytes, text_of: Callable[[list[int]], str] | None = None) -> Asked:
    """`text_of` decodes tokens, where a tokenizer for them is at hand. Raises BadRequest."""
    asked = read(_decode, body, "an embeddings request")
    form = asked.encoding_format or "float"
    if form not in FORMATS:
        raise BadRequest(f"`encoding_format` must be float or base64, not {form[:40]!r}.", param="encoding_format")
    if asked.dimensions is not None and not 1 <= asked.dimensions <= MOST_DIMENSIONS:
        raise BadRequest(f"`dimensions` must be between 1 and {MOST_DIMENSIONS}.", param="dimensions")
    texts = tuple(_texts(asked.input, text_of))
    return Asked(asked.model, texts, form == "base64", asked.dimensions, asked.task_type, asked.title)


def _texts(given: str | Sequence[str | int | list[int]], text_of: Callable[[list[int]], str] | None) -> Iterator[str]:
    inputs: list[str | int | list[int]] = [given] if isinstance(given, str) else list(given)
    if not inputs:
        raise BadRequest("`input` is empty; send at least one text.", param="input")
    if all(isinstance(one, int) for one in inputs):
        inputs = [[one for one in inputs if isinstance(one, int)]]
    if len(inputs) > MOST_INPUTS:
        raise BadRequest(f"`input` has {len(inputs)} texts; {MOST_INPUTS} fit into one request.", param="input")
    for at, one in enumerate(inputs):
        yield _text(one, text_of, "input" if isinstance(given, str) else f"input[{at}]")


def _text(one: str | int | list[int], text_of: Callable[[list[int]], str] | None, place: str) -> str:
    if isinstance(one, int):
        raise BadRequest("`input` must be all texts or all tokens.", param=place)
    if isinstance(one, list) and text_of is None:
        raise BadRequest(
            "`input` holds tokens of OpenAI's, which mean nothing to Gemini. Send the text itself "
            "(LangChain: check_embedding_ctx_length=False).",
            param=place,
        )
    text = one if isinstance(one, str) else text_of(one) if text_of else ""
    if not text:
        raise BadRequest("A text in `input` is empty.", param=place)
    return text


def size(asked: Asked, model: str) -> int | None:
    """How many numbers a vector shall have; None for as many as `model`, which serves the call, gives by itself."""
    if asked.dimensions is None and model != asked.model:
        return SIZES.get(asked.model.removeprefix("models/"))
    return asked.dimensions


def bodies(asked: Asked, model: str) -> list[bytes]:
    """The body of each batchEmbedContents call that is needed; they may run side by side."""
    wanted = size(asked, model)
    return [
        encode(
            BatchEmbedContentsRequest(
                [
                    EmbedContentRequest(
                        f"models/{model}", Content(parts=[Part(text=text)]), wanted, asked.task_type, asked.title
                    )
                    for text in texts
                ]
            )
        )
        for texts in _batches(asked.texts)
    ]


def _batches(texts: tuple[str, ...]) -> list[tuple[str, ...]]:
    return [texts[at : at + MOST_IN_BATCH] for at in range(0, len(texts), MOST_IN_BATCH)]


def answer(asked: Asked, model: str, replies: Sequence[bytes]) -> bytes:
    """OpenAI's reply, of Google's replies in the order of `bodies`. Raises UpstreamFailed where one doesn't fit."""
    read_replies = [_read(reply) for reply in replies]
    vectors = [one.values for reply in read_replies for one in reply.embeddings]
    if len(vectors) != len(asked.texts):
        raise UpstreamFailed(f"Google sent {len(vectors)} embeddings for {len(asked.texts)} texts.")
    if model.startswith(NOT_NORMALISED) and size(asked, model) is not None:
        vectors = [normalised(vector) for vector in vectors]
    tokens = sum(map(_tokens, read_replies, _batches(asked.texts)))
    data = [Embedding(at, packed(one) if asked.base64 else one) for at, one in enumerate(vectors)]
    return encode(EmbeddingList("list", data, asked.model, EmbeddingUsage(tokens, tokens)))


def _read(reply: bytes) -> BatchEmbedContentsResponse:
    try:
        return decode_embeddings(reply)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise UpstreamFailed("Google's answer is not a list of embeddings.") from error


def _tokens(reply: BatchEmbedContentsResponse, texts: Sequence[str]) -> int:
    """As counted; only the newer models tell, for others it is an estimate."""
    if reply.usage_metadata is not None and reply.usage_metadata.prompt_token_count:
        return reply.usage_metadata.prompt_token_count
    return estimated_tokens(texts)


def estimated_tokens(texts: Sequence[str]) -> int:
    """What is told where Google tells nothing."""
    return sum(-(-len(text.encode()) // BYTES_PER_TOKEN) for text in texts)


def normalised(vector: list[float]) -> list[float]:
    """The same direction with length 1."""
    norm = math.sqrt(math.fsum(value * value for value in vector))
    return [value / norm for value in vector] if norm else vector


def packed(vector: list[float]) -> str:
    """Little-endian float32 in base64: what OpenAI's libraries ask for by themselves."""
    return b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()
