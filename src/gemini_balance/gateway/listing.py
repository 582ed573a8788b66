"""Lists of what a caller owns, put together from the lists of all keys that have something of it."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import msgspec

from gemini_balance.core.errors import BadRequest
from gemini_balance.core.pool import KeyId
from gemini_balance.core.wire.codec import encode

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence, Set

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


@dataclass(slots=True)
class _Reading:
    """One key's list, as far as it was read. `known`: how many of the caller's it has, as far as we know."""

    place: Place
    known: int
    found: list[Found] = field(default_factory=list)
    done: bool = False

    @property
    def most(self) -> int:
        """Items that it can come to."""
        return len(self.found) if self.done else max(len(self.found), self.known)


class _Item(msgspec.Struct):
    name: str = ""
    id: str = ""


_objects = msgspec.json.Decoder(dict[str, msgspec.Raw])
_items = msgspec.json.Decoder(list[msgspec.Raw])
_item = msgspec.json.Decoder(_Item)
_text = msgspec.json.Decoder(str)
_place = msgspec.json.Decoder(tuple[str, str, int])
Ask: TypeAlias = "Callable[[Sequence[Place], int], Awaitable[list[bytes]]]"
Owned: TypeAlias = "Mapping[KeyId, Set[str]]"


async def merged(owned: Owned, size: int, token: str, collection: str, ask: Ask) -> bytes:
    """A page of everything `owned`. `ask` gets the pages at several places. Raises BadRequest for a token not ours.

    No page but that of an empty list is empty: Google's own libraries fail on one. So a next page is only promised
    once its first item was seen.
    """
    readings = [_Reading(place, len(owned[place.key])) for place in _places_from(token, sorted(owned))]
    await _read_on(readings, size + 1, owned, collection, ask)
    found = list(_in_order(readings))
    reply: dict[str, object] = {found[0].field: [one.item for one in found[:size]]} if found else {}
    return encode(reply | ({NEXT: _token_of(found[size].place)} if len(found) > size else {}))


async def _read_on(readings: list[_Reading], wanted: int, owned: Owned, collection: str, ask: Ask) -> None:
    """Until so many items are found, or all; the keys that it takes in any case are asked side by side."""
    at_once, left = AT_ONCE.get(collection, ELSE_AT_ONCE), MOST_PAGES
    while needed := _needed(readings, wanted)[:left]:
        left -= len(needed)
        for reading, page in zip(needed, await ask([one.place for one in needed], at_once), strict=True):
            place = reading.place
            called, items, token = _read(page)
            mine = (at for at, item in enumerate(items) if _named(item, collection) in owned[place.key])
            reading.found += [Found(place._replace(skip=at), called, items[at]) for at in mine if at >= place.skip]
            reading.place, reading.done = Place(place.key, token), not token


def _needed(readings: list[_Reading], wanted: int) -> list[_Reading]:
    """Whose next page is asked for however many items the earlier ones turn out to have."""
    needed, before = [], 0
    for reading in readings:
        if not reading.done and before + len(reading.found) < wanted:
            needed.append(reading)
        before += reading.most
    return needed


def _in_order(readings: list[_Reading]) -> Iterator[Found]:
    """All that was found before the first gap."""
    for reading in readings:
        yield from reading.found
        if not reading.done:
            return


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


def _places_from(token: str, keys: list[KeyId]) -> list[Place]:
    """Where to read on: in the list that the token tells of, and in those of all keys after it."""
    first = _place_of(token) if token else None
    if first is None:
        return [Place(key) for key in keys]
    return [first if key == first.key else Place(key) for key in keys if key >= first.key]


def _place_of(token: str) -> Place:
    try:
        key, inner, skip = _place.decode(urlsafe_b64decode(token.encode()))
    except (ValueError, msgspec.DecodeError) as error:
        raise BadRequest("The pageToken is not one that this gateway gave.") from error
    return Place(KeyId(key), inner, skip)


def _token_of(place: Place) -> str:
    return urlsafe_b64encode(encode(place)).decode()
