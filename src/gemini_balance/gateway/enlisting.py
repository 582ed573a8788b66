"""What the environment's list of keys means for those that are kept: done once, at the start."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from msgspec.structs import replace

from gemini_balance.core.call import GEMINI_API
from gemini_balance.core.keys import key_id
from gemini_balance.gateway.stores import KeptKey, Off, Origin, Tier

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from gemini_balance.core.keys import Entry
    from gemini_balance.core.pool import KeyId


APART = 1e-6  # seconds between those that come together: they stay in their order


@dataclass(frozen=True, slots=True)
class Enlisted:
    """What is to be kept. `paid`: those that the environment calls paid, and were not."""

    new: Sequence[KeptKey]
    back: Sequence[KeptKey]
    unlisted: Sequence[KeptKey]
    paid: Sequence[KeptKey]

    @property
    def all(self) -> list[KeptKey]:
        """Each once, as it is in the end."""
        return list({key.id: key for key in (*self.new, *self.back, *self.unlisted, *self.paid)}.values())

    @property
    def counts(self) -> dict[str, int]:
        """How many there are of each that there are some of."""
        told = {"new": self.new, "back": self.back, "unlisted": self.unlisted, "paid": self.paid}
        return {name: len(keys) for name, keys in told.items() if keys}

    def __str__(self) -> str:
        told = ((self.new, "new"), (self.back, "listed again"), (self.unlisted, "not listed any more, and off"))
        return ", ".join(f"{len(keys)} {word}" for keys, word in (*told, (self.paid, "for paid calls now")) if keys)


def enlisted(kept: Mapping[KeyId, KeptKey], listed: Iterable[Entry], now: float) -> Enlisted:
    """One that the operator deleted stays so; what else he said of a key goes before what its entry says."""
    of = holders(kept.values())
    entries = {of.get(entry.id, entry.id): entry for entry in listed}
    unknown = (entry for name, entry in entries.items() if name not in kept)
    new = [kept_of(entry, Origin.ENVIRONMENT, now + n * APART) for n, entry in enumerate(unknown)]
    known = [kept[name] for name in entries if name in kept]
    back = [replace(key, off=Off.NO, off_since=0.0) for key in known if key.off is Off.UNLISTED]
    returned = {key.id: key for key in back}
    paid = [
        replace(returned.get(key.id, key), tier=Tier.PAID)
        for key in known
        if entries[key.id].paid and key.tier is Tier.FREE and key.off is not Off.DELETED
    ]
    gone = [
        replace(key, off=Off.UNLISTED, off_since=now)
        for name, key in kept.items()
        if name not in entries and key.origin is Origin.ENVIRONMENT and key.off is Off.NO
    ]
    return Enlisted(new, back, gone, paid)


def holders(kept: Iterable[KeptKey]) -> dict[KeyId, KeyId]:
    """Whose a secret is, or was when its key was new, by the id that a key with that secret gets. Deleted ones have
    none."""
    there = [key for key in kept if key.off is not Off.DELETED]
    return {key.id: key.id for key in there} | {key_id(key.secret, key.upstream): key.id for key in there}


def kept_of(entry: Entry, origin: Origin, now: float) -> KeptKey:
    return KeptKey(
        id=entry.id,
        secret=entry.key,
        upstream=entry.upstream or GEMINI_API,
        label=entry.label,
        project=entry.project,
        tags=entry.tags,
        notes=entry.notes,
        weight=entry.weight,
        models=entry.models,
        proxy=entry.proxy,
        tier=Tier.PAID if entry.paid else Tier.FREE,
        origin=origin,
        created=now,
    )
