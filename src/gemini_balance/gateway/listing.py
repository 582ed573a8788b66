"""Lists of what a caller owns, put together from the lists of all keys that have something of it."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from gemini_balance.core.errors import BadRequest
from gemini_balance.core.pool import KeyId
from gemini_balance.core.wire.codec import encode

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Set

USUAL = 50  # items of a page, where the caller doesn't say
MOST_PAGES = 40  # of Google's for one of ours: with a filter, many may hold nothing of the caller's
NEXT = "nextPageToken"


class Page(NamedTuple):
    """Where a list goes on: which key's list, and Google's own token in that."""

    key: KeyId
    token: str


class _Item(msgspec.Struct):
    name: str = ""
    id: str = ""


_objects = msgspec.json.Decoder(dict[str, msgspec.Raw])
_items = msgspec.json.Decoder(list[msgspec.Raw])
_item = msgspec.json.Decoder(_Item)
_text = msgspec.json.Decoder(str)
_page = msgspec.json.Decoder(tuple[str, str])


async def merged(
    owned: Mapping[KeyId, Set[str]],
    size: int,
    token: str,
    collection: str,
    ask: Callable[[KeyId, int, str], Awaitable[bytes]],
) -> bytes:
    """A page of everything `owned`. `ask` gets one page of one key's list. Raises BadRequest for a token not ours.

    A page is only ever empty at the end of the list: client libraries fail on one in the middle.
    """
    page: Page | None = _page_of(token, sorted(owned))
    found: list[msgspec.Raw] = []
    field = ""
    for _ in range(MOST_PAGES):
        if page is None or len(found) >= size:
            break
        name, items, going_on = _read(await ask(page.key, size - len(found), page.token))
        field = field or name
        found += [item for item in items if _named(item, collection) in owned[page.key]]
        page = Page(page.key, going_on) if going_on else _after(page.key, sorted(owned))
    listed: dict[str, object] = {field: found} if found else {}
    return encode(listed | ({NEXT: _token_of(page)} if page is not None else {}))


def page_size(asked: str) -> int:
    """What a query's `pageSize` says, within reason."""
    return min(max(int(asked), 1), 1000) if asked.isascii() and asked.isdigit() and len(asked) < 9 else USUAL


def _read(reply: bytes) -> tuple[str, list[msgspec.Raw], str]:
    """The name of the list in a page, its items, and the token of the next page."""
    fields = _objects.decode(reply)
    lists = [(name, value) for name, value in fields.items() if bytes(value).lstrip().startswith(b"[")]
    name, items = lists[0] if lists else ("", msgspec.Raw(b"[]"))
    return name, _items.decode(items), _text.decode(fields[NEXT]) if NEXT in fields else ""


def _named(item: msgspec.Raw, collection: str) -> str:
    found = _item.decode(item)
    return found.name or f"{collection}/{found.id}"


def _after(key: KeyId, keys: list[KeyId]) -> Page | None:
    return next((Page(other, "") for other in keys if other > key), None)


def _page_of(token: str, keys: list[KeyId]) -> Page | None:
    if not token:
        return Page(keys[0], "") if keys else None
    try:
        key, inner = _page.decode(urlsafe_b64decode(token.encode()))
    except (ValueError, msgspec.DecodeError) as error:
        raise BadRequest("The pageToken is not one that this gateway gave.") from error
    return Page(KeyId(key), inner) if key in keys else _after(KeyId(key), keys)


def _token_of(page: Page) -> str:
    return urlsafe_b64encode(encode(page)).decode()
