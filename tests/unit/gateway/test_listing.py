"""Lists over several keys."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import json

from gemini_balance.core.errors import BadRequest
from gemini_balance.core.pool import KeyId
from gemini_balance.gateway.listing import merged, page_size

MOST = 3  # items of a page of Google's
pytestmark = pytest.mark.anyio


class Google:
    """Each key's own files, of which some are other callers'."""

    def __init__(self, files: dict[str, list[str]]) -> None:
        self.files = files
        self.asked = 0

    async def page(self, key: KeyId, size: int, token: str) -> bytes:
        self.asked += 1
        begin, size = int(token or 0), min(size, MOST)
        items = self.files[key][begin : begin + size]
        reply: dict[str, object] = {"files": [{"name": name, "sizeBytes": "1"} for name in items]} if items else {}
        if begin + size < len(self.files[key]):
            reply["nextPageToken"] = str(begin + size)
        return json.encode(reply)


async def all_pages(google: Google, owned: dict[KeyId, set[str]], size: int) -> list[list[str]]:
    pages: list[list[str]] = []
    token = ""
    while not pages or token:
        reply = json.decode(await merged(owned, size, token, "files", google.page))
        pages.append([item["name"] for item in reply.get("files", [])])
        token = reply.get("nextPageToken", "")
    return pages


@given(
    st.lists(st.lists(st.booleans(), max_size=12), max_size=4),
    st.integers(1, 6),
)
async def test_every_item_of_the_callers_comes_once_and_no_others(keys: list[list[bool]], size: int) -> None:
    files = {f"k{key}": [f"files/{key}-{at}" for at in range(len(mine))] for key, mine in enumerate(keys)}
    owned = {
        KeyId(f"k{key}"): {f"files/{key}-{at}" for at, own in enumerate(mine) if own} for key, mine in enumerate(keys)
    }
    pages = await all_pages(Google(files), {key: names for key, names in owned.items() if names}, size)
    names = [name for page in pages for name in page]
    assert sorted(names) == sorted(name for own in owned.values() for name in own)
    assert all(len(page) <= size for page in pages)
    assert all(pages) or pages == [[]]


async def test_who_has_nothing_gets_an_empty_list_and_google_is_not_asked() -> None:
    google = Google({})
    assert (await merged({}, 10, "", "files", google.page), google.asked) == (b"{}", 0)


async def test_items_pass_byte_for_byte() -> None:
    async def page(key: KeyId, size: int, token: str) -> bytes:
        return b'{"operations": [{ "name":"batches/b" , "x":1.50}]}'

    assert await merged({KeyId("k"): {"batches/b"}}, 10, "", "batches", page) == (
        b'{"operations":[{ "name":"batches/b" , "x":1.50}]}'
    )


@pytest.mark.parametrize("token", ["x", "AAAA", "é", "W10="])
async def test_a_page_token_that_is_not_ours_is_refused(token: str) -> None:
    with pytest.raises(BadRequest, match="pageToken"):
        await merged({KeyId("k"): {"files/a"}}, 10, token, "files", Google({"k": []}).page)


@pytest.mark.parametrize(("asked", "size"), [("", 50), ("7", 7), ("0", 1), ("-1", 50), ("x", 50), ("99999", 1000)])
def test_a_page_has_a_size_within_reason(asked: str, size: int) -> None:
    assert page_size(asked) == size
