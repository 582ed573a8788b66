"""Lists over several keys."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import json

from gemini_balance.core.errors import BadRequest
from gemini_balance.core.pool import KeyId
from gemini_balance.gateway.listing import Place, merged, page_size

MOST = 3  # items of a page of Google's
pytestmark = pytest.mark.anyio


class Google:
    """Each key's own files, of which some are other callers'."""

    def __init__(self, files: dict[str, list[str]]) -> None:
        self.files = files
        self.asked: list[list[tuple[str, str]]] = []  # keys and tokens, by what was asked side by side

    async def pages(self, places: Sequence[Place], size: int) -> list[bytes]:
        self.asked.append([(place.key, place.token) for place in places])
        return [self._page(place.key, size, place.token) for place in places]

    def _page(self, key: KeyId, size: int, token: str) -> bytes:
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
        reply = json.decode(await merged(owned, size, token, "files", google.pages))
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
    assert (await merged({}, 10, "", "files", google.pages), google.asked) == (b"{}", [])


async def test_items_pass_byte_for_byte() -> None:
    async def pages(places: Sequence[Place], size: int) -> list[bytes]:
        return [b'{"operations": [{ "name":"batches/b" , "x":1.50}]}']

    assert await merged({KeyId("k"): {"batches/b"}}, 10, "", "batches", pages) == (
        b'{"operations":[{ "name":"batches/b" , "x":1.50}]}'
    )


@pytest.mark.parametrize("token", ["x", "AAAA", "é", "W10="])
async def test_a_page_token_that_is_not_ours_is_refused(token: str) -> None:
    with pytest.raises(BadRequest, match="pageToken"):
        await merged({KeyId("k"): {"files/a"}}, 10, token, "files", Google({"k": []}).pages)


@pytest.mark.parametrize(("asked", "size"), [("", 50), ("7", 7), ("0", 1), ("-1", 50), ("x", 50), ("99999", 1000)])
def test_a_page_has_a_size_within_reason(asked: str, size: int) -> None:
    assert page_size(asked) == size


def files_of(*counts: int) -> dict[str, list[str]]:
    return {f"k{key}": [f"files/{key}-{at}" for at in range(count)] for key, count in enumerate(counts)}


def all_of(files: dict[str, list[str]]) -> dict[KeyId, set[str]]:
    return {KeyId(key): set(names) for key, names in files.items()}


@pytest.mark.parametrize(
    ("counts", "size", "asked"),
    [
        ((2, 2, 2, 2), 3, [["k0", "k1"]]),  # with the one that tells whether there are more
        ((2, 2, 2, 2), 4, [["k0", "k1", "k2"]]),
        ((2, 2, 2, 2), 50, [["k0", "k1", "k2", "k3"]]),
        ((4, 1, 1), 50, [["k0", "k1", "k2"], ["k0"]]),  # a key's pages come one after the other
        ((1, 7), 5, [["k0", "k1"], ["k1"]]),
        ((7, 1), 1, [["k0"]]),
    ],
)
async def test_keys_are_asked_side_by_side_and_none_that_the_page_may_not_need(
    counts: tuple[int, ...], size: int, asked: list[list[str]]
) -> None:
    files = files_of(*counts)
    google = Google(files)
    await merged(all_of(files), size, "", "files", google.pages)
    assert [[key for key, _ in together] for together in google.asked] == asked


async def test_when_a_key_has_less_than_is_known_the_next_is_asked() -> None:
    owned = all_of(files_of(3, 3, 3))
    google = Google(files_of(0, 3, 3))
    reply = json.decode(await merged(owned, 2, "", "files", google.pages))
    assert [item["name"] for item in reply["files"]] == ["files/1-0", "files/1-1"]
    assert google.asked == [[("k0", "")], [("k1", "")]]


@given(st.lists(st.tuples(st.integers(0, 8), st.integers(1, 8)), min_size=1, max_size=5), st.integers(1, 9))
async def test_no_page_is_asked_that_one_after_the_other_would_not_be(counts: list[tuple[int, int]], size: int) -> None:
    files = files_of(*(there for there, _ in counts))
    google = Google(files)
    owned = {KeyId(f"k{key}"): {f"files/{key}-{at}" for at in range(known)} for key, (_, known) in enumerate(counts)}
    await merged(owned, size, "", "files", google.pages)
    one_by_one, seen = set[tuple[str, str]](), 0
    for key, names in files.items():
        for begin in range(0, max(len(names), 1), MOST):
            if seen <= size:
                one_by_one.add((key, str(begin or "")))
                seen += len(owned[KeyId(key)].intersection(names[begin : begin + MOST]))
    assert {asked for together in google.asked for asked in together} == one_by_one
