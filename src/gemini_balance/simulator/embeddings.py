"""embedContent and batchEmbedContents: vectors that follow from the text alone.

The same text has the same vector everywhere; a shorter one is the beginning of the longest, as it is at Google. There
gemini-embedding-001 normalises only the whole length (recorded: norm 0.57 at 768), gemini-embedding-2 every length,
and only the latter tells what the input cost.
"""

import hashlib
import math
from functools import lru_cache

from msgspec import Struct

from gemini_balance.simulator.directives import Directives
from gemini_balance.simulator.embedding_schema import BatchEmbedContentsRequest, EmbedContentRequest
from gemini_balance.simulator.errors import GoogleError, invalid_argument
from gemini_balance.simulator.json_types import Json, Object
from gemini_balance.simulator.models import Model
from gemini_balance.simulator.schema import Content
from gemini_balance.simulator.shape import parse
from gemini_balance.simulator.tokens import count_contents

DIMENSIONS = 3072
MAX_BATCH = 100
QUOTA_WORDS = (
    ("generate_content", "embed_content"),
    ("generate_requests", "embed_content_requests"),
    ("GenerateContent", "EmbedContent"),
    ("GenerateRequests", "EmbedContentRequests"),
)
DIGITS = 9


class Embedding(Struct, frozen=True):
    """Contents to embed, all checked."""

    model: Model
    contents: tuple[EmbedContentRequest, ...]
    batch: bool

    @property
    def requests(self) -> int:
        """Every content of a batch counts: measured in github.com/garrytan/gbrain/pull/1922."""
        return len(self.contents)

    @property
    def quota_words(self) -> tuple[tuple[str, str], ...]:
        """Embeddings have quotas of their own names."""
        return QUOTA_WORDS

    @property
    def prompt(self) -> str:
        """The first text."""
        return _text(self.contents[0].content or Content()) if self.contents else ""

    @property
    def tokens(self) -> dict[str, int]:
        """Input tokens by modality."""
        return count_contents([one.content for one in self.contents if one.content is not None])

    def answer(self, wishes: Directives, text: str) -> Object:
        """The response. No directive changes a vector."""
        said: list[Json] = [{"values": self._values(one)} for one in self.contents]
        body: Object = {"embeddings": said} if self.batch else {"embedding": said[0]}
        return body | self._usage()

    def _values(self, one: EmbedContentRequest) -> list[Json]:
        return values(_text(one.content or Content()), one.output_dimensionality, self.model)

    def _usage(self) -> Object:
        if not self.model.embeds_media:
            return {}
        details: list[Json] = [{"modality": name, "tokenCount": count} for name, count in self.tokens.items()]
        return {"usageMetadata": {"promptTokenCount": sum(self.tokens.values()), "promptTokenDetails": details}}


def read_one(body: bytes, model: Model) -> Embedding:
    """The request of embedContent; raises GoogleError."""
    request = parse(body, EmbedContentRequest)
    lines = _wrong(request, model, "* EmbedContentRequest")
    if lines:
        raise GoogleError(invalid_argument("".join(lines)))
    return Embedding(model, (request,), batch=False)


def read_batch(body: bytes, model: Model) -> Embedding:
    """The requests of batchEmbedContents; raises GoogleError."""
    requests = parse(body, BatchEmbedContentsRequest).requests
    place = "* BatchEmbedContentsRequest.requests"
    lines = [line for n, one in enumerate(requests) for line in _wrong_of_batch(one, model, f"{place}[{n}]")]
    if len(requests) > MAX_BATCH:
        lines = [f"{place}: at most {MAX_BATCH} requests can be in one batch\n"]
    if not requests:
        lines = [f"{place}: requests is not specified\n"]
    if lines:
        raise GoogleError(invalid_argument("".join(lines)))
    return Embedding(model, tuple(requests), batch=True)


def _wrong_of_batch(request: EmbedContentRequest, model: Model, place: str) -> list[str]:
    if request.model == model.resource:
        return _wrong(request, model, place)
    said = "model is not specified" if not request.model else f"the model must be {model.resource}, as in the URL"
    return [f"{place}.model: {said}\n", *_wrong(request, model, place)]


def _wrong(request: EmbedContentRequest, model: Model, place: str) -> list[str]:
    lines = []
    if request.content is None or not request.content.parts:
        lines.append(f"{place}.content: contents is not specified\n")
    elif not model.embeds_media and any(part.text is None for part in request.content.parts):
        lines.append(f"{place}.content: {model.resource} only supports text.\n")
    elif all(part.text == "" for part in request.content.parts):
        lines.append(f"{place}.content: content contains an empty Part.\n")
    size = request.output_dimensionality
    if size is not None and not 1 <= size <= DIMENSIONS:
        lines.append(f"{place}.output_dimensionality: must be in the range [1, {DIMENSIONS}].\n")
    return lines


def values(text: str, dimensions: int | None, model: Model) -> list[Json]:
    """The vector that this model has for a text, in as many dimensions as are asked for."""
    cut = vector(text)[: dimensions or DIMENSIONS]
    norm = math.sqrt(sum(value * value for value in cut)) if model.embeds_media else 1.0
    return [round(value / norm, DIGITS) for value in cut]


@lru_cache(maxsize=512)
def vector(text: str) -> tuple[float, ...]:
    """A direction of length 1 for a text."""
    noise = hashlib.shake_256(text.encode()).digest(DIMENSIONS * 2)
    raw = [int.from_bytes(noise[n : n + 2]) - 32_767.5 for n in range(0, len(noise), 2)]
    norm = math.sqrt(sum(value * value for value in raw))
    return tuple(value / norm for value in raw)


def _text(content: Content) -> str:
    return "\n".join(part.text or (part.inline_data.data if part.inline_data else "") for part in content.parts)
