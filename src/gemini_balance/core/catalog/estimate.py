"""What a request will be charged for, guessed before it is sent; the answer's usage corrects it."""

from __future__ import annotations

import msgspec

from gemini_balance.core.gemini.embedding_schema import MOST_IN_BATCH
from gemini_balance.core.wire.lean import long_runs

BYTES = 4  # of text a token, as Google itself puts it
LONG = 8_192  # bytes without a quote: text as long as that has spaces or escapes near its beginning
LOOK = 256  # bytes that tell whether it is media
MEDIA_TOKENS = 258  # of a small image, and of a page of a document
CACHED_FROM = 1_024 * BYTES
"""Google caches a conversation's beginning by itself from 1,024 tokens on: what is shorter is cheap anywhere."""


class _Batch(msgspec.Struct):
    requests: list[msgspec.Raw] = []


_batch = msgspec.json.Decoder(_Batch).decode


def units_in(batch: bytes) -> int:
    """Requests that a body of batchEmbedContents counts as: one for each item; 1 where Google will find no batch in it.

    Google takes no more than a hundred.
    """
    try:
        return min(max(1, len(_batch(batch).requests)), MOST_IN_BATCH)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return 1


def tokens_in(body: bytes) -> int:
    """Of the input, at least 1. Media in base64 are not counted as the text that they look like."""
    if len(body) <= LONG:
        return max(1, len(body) // BYTES)
    media = [end - start for start, end in long_runs(body, LONG) if _is_media(body[start : start + LOOK])]
    return max(1, (len(body) - sum(media)) // BYTES + MEDIA_TOKENS * len(media))


def beginning_of(body: bytes) -> int:
    """Tells conversations apart that are long enough to be worth keeping with one key; 0 for others."""
    return hash(body[:CACHED_FROM]) if len(body) > CACHED_FROM else 0


def _is_media(beginning: bytes) -> bool:
    return beginning.isascii() and b" " not in beginning and b"\\" not in beginning
