"""Media that a call names by their addresses become parts of its request, or an error that says which and why."""

from __future__ import annotations

import asyncio
import base64
import json
from dataclasses import dataclass, field

import pytest

from gemini_balance.core.call import Media
from gemini_balance.core.errors import BadRequest
from gemini_balance.core.gemini.schema import Blob, Part
from gemini_balance.core.wire.codec import encode
from gemini_balance.core.wire.lean import Pieces, whole
from gemini_balance.gateway.ports import Fetched, MediaFailed
from gemini_balance.gateway.prepare import AT_ONCE, SLICE, prepare

pytestmark = pytest.mark.anyio
PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)
PLENTY = 40_000_000


@dataclass
class Shelf:
    """Implements `MediaFetcher`: what lies there under an address; None never comes."""

    items: dict[str, Fetched | MediaFailed | None]
    asked: list[str] = field(default_factory=list)
    under_way: int = 0
    most: int = 0

    async def fetch(self, url: str) -> Fetched:
        self.asked.append(url)
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        try:
            return await self._found(self.items[url])
        finally:
            self.under_way -= 1

    async def _found(self, item: Fetched | MediaFailed | None) -> Fetched:
        await asyncio.sleep(0 if item else 60)
        if isinstance(item, MediaFailed):
            raise item
        assert item is not None
        return item


async def prepared(item: Fetched, limit: int = PLENTY) -> Blob | None:
    part = Part()
    await prepare([Media("https://a.example/x", part)], Shelf({"https://a.example/x": item}), limit)
    return part.inline_data


async def test_a_part_is_filled_with_what_its_address_holds() -> None:
    assert await prepared(Fetched("image/png", PNG)) == Blob("image/png", base64.b64encode(PNG).decode())


@pytest.mark.parametrize("size", [0, 1, 2, SLICE - 1, SLICE, SLICE + 1, 3 * SLICE + 2])
async def test_base64_in_slices_is_base64(size: int) -> None:
    data = PNG + bytes(range(256)) * (size // 256) + bytes(size % 256)
    blob = await prepared(Fetched("", data))
    assert blob is not None
    assert base64.b64decode(blob.data, validate=True) == data


async def test_long_base64_is_put_aside_with_marks_in_its_place() -> None:
    data, parts, aside = PNG + bytes(2 * SLICE), [Part(), Part()], [b"other"]
    items = {"https://a.example/x": Fetched("image/png", data), "https://a.example/y": Fetched("image/png", PNG)}
    media = [Media(url, part) for url, part in zip(items, parts, strict=True)]
    await prepare(media, Shelf({**items}), PLENTY, pieces := Pieces(aside))
    assert pieces[0] == b"other"
    assert [len(part.inline_data.data) < 200 for part in parts if part.inline_data] == [True, True]
    body = json.loads(whole(encode(parts), pieces))
    assert [base64.b64decode(part["inlineData"]["data"], validate=True) for part in body] == [data, PNG]


@pytest.mark.parametrize(
    ("told", "data", "kind"),
    [
        ("image/jpeg; charset=binary", b"\xff\xd8\xff\xe0", "image/jpeg"),
        ("IMAGE/JPG", b"?", "image/jpeg"),
        ("application/octet-stream", PNG, "image/png"),
        ("", PNG, "image/png"),
        ("text/html", PNG, "image/png"),
        ("application/pdf", b"%PDF-1.7", "application/pdf"),
        ("video/mp4", b"\x00\x00\x00\x18ftypmp42", "video/mp4"),
    ],
)
async def test_the_media_type_is_the_servers_or_told_by_the_bytes(told: str, data: bytes, kind: str) -> None:
    blob = await prepared(Fetched(told, data))
    assert blob is not None
    assert blob.mime_type == kind


@pytest.mark.parametrize(
    ("told", "data"),
    [("text/html", b"<html>"), ("", b"what?"), ("image/svg+xml", b"<svg/>"), ("application/json", b"{}")],
)
async def test_what_is_no_media_is_refused(told: str, data: bytes) -> None:
    with pytest.raises(BadRequest, match=r"a\.example can't be used: it is no image"):
        await prepared(Fetched(told, data))


async def test_an_error_names_host_and_reason_but_no_secret_of_the_address() -> None:
    url = "https://user:pass@cdn.example/path?signature=secret"
    with pytest.raises(BadRequest) as failed:
        await prepare([Media(url, Part())], Shelf({url: MediaFailed("its server answered with status 404")}), PLENTY)
    assert failed.value.message == "The media at cdn.example can't be used: its server answered with status 404."
    assert (failed.value.param, failed.value.status) == ("messages", 400)


@pytest.mark.parametrize("url", ["https://", "https://[", ""])
async def test_an_address_without_a_host_is_an_error_too(url: str) -> None:
    with pytest.raises(BadRequest, match="an address"):
        await prepare([Media(url, Part())], Shelf({url: MediaFailed("no")}), PLENTY)


async def test_an_image_that_a_conversation_repeats_is_fetched_once() -> None:
    shelf, parts = Shelf({"https://a.example/x": Fetched("image/png", PNG)}), [Part() for _ in range(3)]
    await prepare([Media("https://a.example/x", part) for part in parts], shelf, PLENTY)
    assert len(shelf.asked) == 1
    assert all(part.inline_data for part in parts)


async def test_a_call_fetches_its_media_at_the_same_time_but_leaves_room_for_others() -> None:
    urls = [f"https://a.example/{number}" for number in range(20)]
    shelf = Shelf(dict.fromkeys(urls, Fetched("image/png", PNG)))
    await prepare([Media(url, Part()) for url in urls], shelf, PLENTY)
    assert (len(shelf.asked), shelf.most) == (20, AT_ONCE)


async def test_the_first_failure_ends_the_other_fetches() -> None:
    shelf = Shelf({"https://a.example/x": None, "https://b.example/x": MediaFailed("gone")})
    with pytest.raises(BadRequest, match=r"b\.example"):
        await prepare([Media(url, Part()) for url in shelf.items], shelf, PLENTY)
    assert shelf.under_way == 0


async def test_all_media_together_have_a_limit() -> None:
    shelf = Shelf({f"https://a.example/{number}": Fetched("image/png", PNG) for number in range(3)})
    with pytest.raises(BadRequest, match=r"together are larger than 0\.000\d+ MB"):
        await prepare([Media(url, Part()) for url in shelf.items], shelf, 2 * len(PNG))


async def test_a_caller_that_leaves_ends_the_fetches() -> None:
    shelf = Shelf({"https://a.example/x": None})
    task = asyncio.create_task(prepare([Media("https://a.example/x", Part())], shelf, PLENTY))
    await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.wait([task])
    assert (task.cancelled(), shelf.under_way) == (True, 0)
