"""Making a call ready: media that it names by their addresses are fetched and become part of the request."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from collections import defaultdict
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from gemini_balance.core.errors import BadRequest
from gemini_balance.core.gemini.mime import best
from gemini_balance.core.gemini.schema import Blob
from gemini_balance.core.wire.lean import mark
from gemini_balance.gateway.ports import MediaFailed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gemini_balance.core.call import Media
    from gemini_balance.core.gemini.schema import Part
    from gemini_balance.core.wire.lean import Pieces
    from gemini_balance.gateway.ports import Fetched, MediaFetcher

AT_ONCE = 4  # of one call, so that one with a hundred images leaves room for others
SLICE = 3 * 128 * 1024  # bytes; Base64 of 20 MB in one go stops everybody for 50 ms, a slice for less than 1
FAMILIES = ("image/", "audio/", "video/", "application/pdf")
UNREADABLE = frozenset({"image/svg+xml"})  # a drawing's program; Gemini answers 400
FIRST_BYTES = 32  # tell what the rest is
NOT_MEDIA = "it is no image, audio, video or document that Gemini takes"


async def prepare(media: Sequence[Media], fetcher: MediaFetcher, limit: int, aside: Pieces | None = None) -> None:
    """Fill the parts of `media` with what their addresses hold. `limit`: bytes, for all together.

    What is long goes `aside`, with marks in its place, so that it is not copied into a string and out of it again.

    Raises BadRequest, which names the host and the reason, never the rest of an address: it may hold a secret.
    """
    try:
        async with asyncio.TaskGroup() as group:
            work = _Preparation(fetcher, limit, aside)
            for url, parts in _by_url(media).items():
                group.create_task(work.fill(url, parts))
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from None


class _Preparation:
    """The fetches of one call, and what they may still hold."""

    def __init__(self, fetcher: MediaFetcher, limit: int, aside: Pieces | None) -> None:
        self._fetcher = fetcher
        self._aside = aside
        self._limit = self._left = limit
        self._slots = asyncio.Semaphore(AT_ONCE)

    async def fill(self, url: str, parts: list[Part]) -> None:
        try:
            async with self._slots:
                blob = await self._blob(await self._fetcher.fetch(url))
        except MediaFailed as failed:
            message = f"The media at {_host(url)} can't be used: {failed.reason}."
            raise BadRequest(message, param="messages") from failed
        for part in parts:
            part.inline_data = blob

    async def _blob(self, fetched: Fetched) -> Blob:
        self._left -= len(fetched.data)
        if self._left < 0:
            raise MediaFailed(f"all media of the request together are larger than {self._limit / 1_000_000:g} MB")
        found = _media_type(fetched)
        if found is None:
            raise MediaFailed(NOT_MEDIA)
        pieces = await _base64(fetched.data)
        if self._aside is None or len(pieces) <= 1:
            return Blob(found, b"".join(pieces).decode("ascii"))
        first = len(self._aside)
        self._aside += pieces
        return Blob(found, b"".join(map(mark, range(first, len(self._aside)))).decode("ascii"))


def _by_url(media: Sequence[Media]) -> dict[str, list[Part]]:
    """Conversations repeat their images; each is fetched once."""
    parts: defaultdict[str, list[Part]] = defaultdict(list)
    for item in media:
        parts[item.url].append(item.part)
    return parts


def _media_type(fetched: Fetched) -> str | None:
    """None for what Gemini can't take: often an error page, sent with status 200."""
    found = best(fetched.content_type.partition(";")[0], fetched.data[:FIRST_BYTES])
    return found if found.startswith(FAMILIES) and found not in UNREADABLE else None


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or "an address without a host"
    except ValueError:
        return "an address that can't be understood"


async def _base64(data: bytes) -> list[bytes]:
    view, pieces = memoryview(data), list[bytes]()
    for start in range(0, len(data), SLICE):
        if start:
            await asyncio.sleep(0)
        pieces.append(b64encode(view[start : start + SLICE]))
    return pieces
