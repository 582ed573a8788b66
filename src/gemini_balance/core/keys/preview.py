"""What would become of keys that were read, before anything is kept."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

from gemini_balance.core.keys.entry import Entry, UnusableKey, checked, masked
from gemini_balance.core.keys.shapes import Doubt, doubt_about
from gemini_balance.core.pool import KeyId  # noqa: TC001  (msgspec asks for the types of the fields)

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

    from gemini_balance.core.keys.reading import Reading

WHY = {
    Doubt.TOO_SHORT: "It is too short for a key: a part of it may be missing.",
    Doubt.SPACES: "It has spaces or line ends in it: perhaps two keys, or a broken one.",
    Doubt.UNPRINTABLE: "It has characters that no key has.",
    Doubt.MASKED: "Some of its characters are hidden: this is how a key is shown, not the key.",
    Doubt.PLACEHOLDER: "It stands where a key should be put.",
    Doubt.UNKNOWN_SHAPE: "Google's keys look different, as far as we know; it is taken all the same.",
}
HOPELESS = frozenset({Doubt.SPACES, Doubt.UNPRINTABLE, Doubt.MASKED, Doubt.UNUSABLE})


class Standing(StrEnum):
    """What a key that was read is to those that are kept."""

    NEW = "new"
    DUPLICATE = "duplicate"  # of one above it
    KEPT = "kept"  # already
    SUSPICIOUS = "suspicious"


class Item(msgspec.Struct, frozen=True):
    """One of what was read. `entry` is None where it could not be made out."""

    shown: str
    standing: Standing
    doubt: Doubt | None = None
    why: str = ""
    entry: Entry | None = None
    holder: KeyId | None = None  # the key that has it already, or had it

    @property
    def key(self) -> KeyId | None:
        """The id of the key that it is, or would be."""
        return self.holder or (self.entry.id if self.entry is not None else None)


class Preview(msgspec.Struct, frozen=True):
    """In the order of the text. `tokens`: how many client tokens there are beside the keys; they are left alone."""

    items: tuple[Item, ...]
    tokens: int = 0

    def of(self, standing: Standing) -> list[Item]:
        return [item for item in self.items if item.standing is standing]

    def taken(self, *, suspicious: bool = False) -> list[Entry]:
        """What an import keeps; `suspicious`: also what looks like no key, if it can be sent at all."""
        return [item.entry for item in self.items if item.entry is not None and _takes(item, suspicious=suspicious)]


def previewed(reading: Reading, kept: Mapping[KeyId, KeyId]) -> Preview:
    """`kept`: whose a secret is already, by the id that a key with that secret gets."""
    seen: set[KeyId] = set()
    items: list[Item] = []
    for entry in reading.entries:
        item = _item(entry, kept, seen)
        items.append(item)
        if item.doubt not in HOPELESS:
            seen.add(entry.id)
    return Preview((*items, *unread_items(reading)), len(reading.tokens))


def unread_items(reading: Reading) -> list[Item]:
    """What was meant for keys, and could not be made out."""
    return [Item(shown, Standing.SUSPICIOUS, Doubt.UNUSABLE, why) for shown, why in reading.unread]


def _item(entry: Entry, kept: Mapping[KeyId, KeyId], seen: Container[KeyId]) -> Item:
    shown, doubt = masked(entry.key), doubt_about(entry.key)
    why = WHY[doubt] if doubt is not None else ""
    if doubt is None or doubt not in HOPELESS:
        try:
            checked(entry)
        except UnusableKey as error:
            doubt, why = Doubt.UNUSABLE, str(error)
    if doubt not in HOPELESS and entry.id in seen:
        return Item(shown, Standing.DUPLICATE, entry=entry)
    if doubt not in HOPELESS and entry.id in kept:
        return Item(shown, Standing.KEPT, entry=entry, holder=kept[entry.id])
    standing = Standing.NEW if doubt in (None, Doubt.UNKNOWN_SHAPE) else Standing.SUSPICIOUS
    return Item(shown, standing, doubt, why, entry)


def _takes(item: Item, *, suspicious: bool) -> bool:
    doubtful = item.standing is Standing.SUSPICIOUS and item.doubt not in HOPELESS
    return item.standing is Standing.NEW or (suspicious and doubtful)
