"""Addresses of pictures: who may see one, how long, and what becomes of an upload that fails."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

import pytest

from gemini_balance.core.options import Options
from gemini_balance.gateway.album import OTHER, Album, Shown
from gemini_balance.gateway.ports import CannotKeep, UploadFailed
from gemini_balance.storage.memory import MemoryPictures
from tests.unit.gateway.stage import Hands

pytestmark = pytest.mark.anyio
OURS = "https://balance.example"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(24)
BEGINNINGS = {
    "image/png": PNG,
    "image/jpeg": b"\xff\xd8\xff\xe0" + bytes(24),
    "image/webp": b"RIFF\0\0\0\0WEBP" + bytes(24),
    "image/gif": b"GIF89a" + bytes(24),
}


@dataclass
class FixedHost:
    """Takes everything, or nothing."""

    answer: str = ""

    async def upload(self, name: str, kind: str, data: bytes) -> str:
        if not self.answer:
            raise UploadFailed("it is closed")
        return f"{self.answer}/{name}?{kind}"


HOUR = Options(image_url_hours=1.0)


def album(host: FixedHost | None = None) -> Album:
    return Album(MemoryPictures(b"k" * 32), Hands(), host)


def parts(address: str) -> tuple[str, str, str]:
    query = dict(parse_qsl(urlsplit(address).query))
    return urlsplit(address).path.rpartition("/")[2], query["until"], query["signature"]


@pytest.mark.parametrize(("kind", "data"), BEGINNINGS.items(), ids=BEGINNINGS)
async def test_a_picture_is_found_at_its_address_until_that_expires(kind: str, data: bytes) -> None:
    one, clock = album(), Hands()
    one.clock = clock
    address = await one.address(data, OURS, HOUR)
    assert address.startswith(f"{OURS}/pictures/")
    assert await one.find(*parts(address)) == Shown(kind, data, 3600)
    clock.time += 3600
    assert await one.find(*parts(address)) is None


@pytest.mark.parametrize("change", [0, 1, 2], ids=["name", "until", "signature"])
async def test_an_address_that_was_changed_leads_nowhere(change: int) -> None:
    one = album()
    told = list(parts(await one.address(PNG, OURS, HOUR)))
    told[change] = ("0" if told[change][0] != "0" else "1") + told[change][1:]
    assert await one.find(told[0], told[1], told[2]) is None


@pytest.mark.parametrize("signature", ["", "é", "x" * 10_000])
async def test_a_signature_of_any_kind_may_be_tried(signature: str) -> None:
    assert await album().find("a.png", "soon", signature) is None


async def test_what_browsers_might_run_is_a_file_to_them() -> None:
    one = album()
    page = b"<script>alert(1)</script>"
    assert await one.find(*parts(await one.address(page, OURS, HOUR))) == Shown(OTHER, page, 3600)


async def test_a_host_that_takes_it_is_where_the_picture_is() -> None:
    address = await album(FixedHost("https://host.example")).address(PNG, OURS, HOUR)
    assert address.startswith("https://host.example/")
    assert address.endswith(".png?image/png")


async def test_an_upload_that_fails_loses_no_picture() -> None:
    one = album(FixedHost())
    found = await one.find(*parts(await one.address(PNG, OURS, HOUR)))
    assert found is not None
    assert found.data == PNG


async def test_what_can_not_be_kept_is_told() -> None:
    with pytest.raises(CannotKeep):
        await album().address(PNG, OURS, Options(image_store_mb=0))
