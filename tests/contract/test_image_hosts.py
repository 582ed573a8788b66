"""What every image host is sent, and what is made of its answers, over sockets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gemini_balance.core.wire import multipart
from gemini_balance.gateway.ports import UploadFailed
from gemini_balance.upstreams.image_hosts.forms import ImgBed, PicGo, SmMs
from tests.e2e.image_host import Seen, image_host

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gemini_balance.gateway.ports import ImageHost

pytestmark = pytest.mark.anyio
PNG = b"\x89PNG\r\n\x1a\n" + bytes(24)


@pytest.fixture(scope="module")
def seen() -> Iterator[Seen]:
    yield from image_host()


def host(name: str, url: str) -> ImageHost:
    hosts: dict[str, ImageHost] = {"smms": SmMs("token", url), "picgo": PicGo("token", url)}
    return hosts.get(name) or ImgBed(url, "code", "cats")


@pytest.mark.parametrize(
    ("name", "path", "address"),
    [
        ("smms", "/smms", "https://host.example/smms.png"),
        ("smms", "/smms-again", "https://host.example/first.png"),
        ("picgo", "/picgo", "https://host.example/picgo.png"),
        ("imgbed", "/upload", "{}/file/bed.png"),
        ("imgbed", "/whole", "https://cdn.example/bed.png"),
    ],
)
async def test_a_picture_that_is_taken_has_an_address(seen: Seen, name: str, path: str, address: str) -> None:
    assert await host(name, seen.url + path).upload("cat.png", "image/png", PNG) == address.format(seen.url)


@pytest.mark.parametrize(
    ("name", "path", "why"),
    [
        ("smms", "/smms-full", "frequency limit"),
        ("picgo", "/closed", "127.0.0.1 answered with status 503"),
        ("picgo", "/odd", "tells no address"),
        ("picgo", "/upload", "not what such a host answers"),
        ("imgbed", "/none", "tells no address"),
        ("imgbed", "/picgo", "not what such a host answers"),
    ],
)
async def test_a_picture_that_is_not_taken_is_told_why(seen: Seen, name: str, path: str, why: str) -> None:
    with pytest.raises(UploadFailed, match=why) as failed:
        await host(name, seen.url + path).upload("cat.png", "image/png", PNG)
    assert "token" not in str(failed.value)
    assert "code" not in str(failed.value)


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/upload", "ftp://host.example", "nowhere"])
async def test_a_host_that_is_not_there_is_told(url: str) -> None:
    with pytest.raises(UploadFailed):
        await PicGo("token", url).upload("cat.png", "image/png", PNG)


@pytest.mark.parametrize(
    ("name", "field", "header"),
    [
        ("smms", "smfile", ("authorization", "Basic token")),
        ("picgo", "source", ("x-api-key", "token")),
        ("imgbed", "file", ("accept", "application/json")),
    ],
)
async def test_the_picture_is_a_file_in_a_form(seen: Seen, name: str, field: str, header: tuple[str, str]) -> None:
    with pytest.raises(UploadFailed):
        await host(name, f"{seen.url}/closed").upload("cat.png", "image/png", PNG)
    path, headers, body = seen.uploads[-1]
    assert headers[header[0]] == header[1]
    assert multipart.fields(headers["content-type"], body) == [multipart.Field(field, PNG, "cat.png", "image/png")]
    if name == "imgbed":
        assert path == "/closed?authCode=code&uploadNameType=origin&uploadFolder=cats"
