"""Lists of what a caller owns, put together from the lists of all keys that have something of it."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import msgspec

from gemini_balance.core.errors import BadRequest
from gemini_balance.core.pool import KeyId
from gemini_balance.core.wire.codec import encode

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Set

USUAL = 50  # items of a page, where the caller doesn't say
AT_ONCE = {"fileSearchStores": 20, "corpora": 20}  # items of one of Google's pages: the most that it gives
ELSE_AT_ONCE = 100
MOST_PAGES = 1000  # of Google's for one of ours: each key has at least one, and many may hold nothing of the caller's
NEXT = "nextPageToken"


class Place(NamedTuple):
    """Where a list goes on: in which key's list, at which token of Google's, and how many items after that."""

    key: KeyId
    token: str = ""
    skip: int = 0


class Found(NamedTuple):
    """An item of the caller's, and where it stands. `field` is what Google calls the list."""

    place: Place
    field: str
    item: msgspec.Raw


class _Item(msgspec.Struct):
    name: str = ""
    id: str = ""


_objects = msgspec.json.Decoder(dict[str, msgspec.Raw])
_items = msgspec.json.Decoder(list[msgspec.Raw])
_item = msgspec.json.Decoder(_Item)
_text = msgspec.json.Decoder(str)
_place = msgspec.json.Decoder(tuple[str, str, int])
Ask: TypeAlias = "Callable[[KeyId, int, str], Awaitable[bytes]]"
Owned: TypeAlias = "Mapping[KeyId, Set[str]]"


async def merged(owned: Owned, size: int, token: str, collection: str, ask: Ask) -> bytes:
    """A page of everything `owned`. `ask` gets one page of one key's list. Raises BadRequest for a token not ours.

    No page but that of an empty list is empty: Google's own libraries fail on one. So a next page is only promised
    once its first item was seen.
    """
    listed: list[msgspec.Raw] = []
    field, going_on = "", None
    async for found in _items_from(_place_of(token, sorted(owned)), owned, collection, ask):
        if len(listed) == size:
            going_on = found.place
            break
        field = field or found.field
        listed.append(found.item)
    reply: dict[str, object] = {field: listed} if listed else {}
    return encode(reply | ({NEXT: _token_of(going_on)} if going_on is not None else {}))


async def _items_from(place: Place | None, owned: Owned, collection: str, ask: Ask) -> AsyncIterator[Found]:
    """What is the caller's, from that place on."""
    at_once = AT_ONCE.get(collection, ELSE_AT_ONCE)
    for _ in range(MOST_PAGES):
        if place is None:
            return
        field, items, token = _read(await ask(place.key, at_once, place.token))
        for at, item in enumerate(items):
            if at >= place.skip and _named(item, collection) in owned[place.key]:
                yield Found(place._replace(skip=at), field, item)
        place = Place(place.key, token) if token else _after(place.key, sorted(owned))


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


def _after(key: KeyId, keys: list[KeyId]) -> Place | None:
    return next((Place(other) for other in keys if other > key), None)


def _place_of(token: str, keys: list[KeyId]) -> Place | None:
    if not token:
        return Place(keys[0]) if keys else None
    try:
        key, inner, skip = _place.decode(urlsafe_b64decode(token.encode()))
    except (ValueError, msgspec.DecodeError) as error:
        raise BadRequest("The pageToken is not one that this gateway gave.") from error
    return Place(KeyId(key), inner, skip) if key in keys else _after(KeyId(key), keys)


def _token_of(place: Place) -> str:
    return urlsafe_b64encode(encode(place)).decode()
