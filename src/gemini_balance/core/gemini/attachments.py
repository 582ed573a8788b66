"""Media that are too large to be sent along: they are uploaded first, and the request names them as files.

Google takes 100 MB of a request's inline data, as Base64, and of a PDF 50 (its announcement of January 2026). A file
belongs to the key that uploaded it, so its address is known only once a key is: until then a word stands in its place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from gemini_balance.core.gemini.schema import FileData
from gemini_balance.core.wire.codec import encode
from gemini_balance.core.wire.lean import Pieces, spread

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gemini_balance.core.gemini.request_schema import GenerateContentRequest
    from gemini_balance.core.gemini.schema import Part

OF_A_PDF = 0.5  # of what all may have together
PDF = "application/pdf"


class Attachment(msgspec.Struct, frozen=True):
    """One file to be uploaded. `word` stands for its address in the request, `base64` is what it holds."""

    word: str
    kind: str
    base64: Pieces


class Attachments(msgspec.Struct, frozen=True):
    """All of a call. `client` is the id of the token whose files they become."""

    client: str
    items: tuple[Attachment, ...]


def taken_out(request: GenerateContentRequest, aside: Pieces, limit: int, secret: str) -> tuple[Attachment, ...]:
    """What is too large leaves the request, the largest first, until the rest is no more than `limit` bytes of Base64.

    `aside` is what marks in the request stand for. `secret` is something that no caller can have put into its request.
    """
    media = [(part, spread(part.inline_data.data.encode(), aside)) for part in _inline(request) if part.inline_data]
    sizes = [sum(map(len, pieces)) for _, pieces in media]
    left, found = sum(sizes), list[Attachment]()
    for at in sorted(range(len(media)), key=lambda at: -sizes[at]):
        part, pieces = media[at]
        kind = part.inline_data.mime_type if part.inline_data else ""
        if left <= limit and not (kind == PDF and sizes[at] > limit * OF_A_PDF):
            continue
        word = f"{secret}-{len(found)}-file"
        part.inline_data, part.file_data = None, FileData(word, kind)
        found.append(Attachment(word, kind, pieces))
        left -= sizes[at]
    return tuple(found)


def addressed(body: bytes, addresses: Mapping[str, str]) -> bytes:
    """The request with the files' addresses in the place of the words that stand for them."""
    for word, address in addresses.items():
        body = body.replace(encode(word), encode(address))
    return body


def _inline(request: GenerateContentRequest) -> Iterator[Part]:
    for content in request.contents:
        yield from (part for part in content.parts if part.inline_data is not None)
