"""What an operator changes of keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from gemini_balance.core.keys import Entry, checked, masked, spec_of
from gemini_balance.core.keys.export import hidden_password
from gemini_balance.gateway.stores import KeptKey, Off, Tier

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gemini_balance.core.pool import KeySpec

UNSET = msgspec.UNSET
KEPT = ("label", "project", "notes", "weight", "models", "proxy", "tier")  # that an edit replaces
PUBLIC = ("label", "project", "tags", "notes", "weight", "models", "proxy", "tier", "off", "shown")


class KeyEdit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is not set stays as it is. `add_tags` and `remove_tags` leave other tags alone."""

    label: str | msgspec.UnsetType = UNSET
    project: str | msgspec.UnsetType = UNSET
    tags: frozenset[str] | msgspec.UnsetType = UNSET
    add_tags: frozenset[str] = frozenset()
    remove_tags: frozenset[str] = frozenset()
    notes: str | msgspec.UnsetType = UNSET
    weight: int | msgspec.UnsetType = UNSET
    models: frozenset[str] | msgspec.UnsetType = UNSET
    proxy: str | msgspec.UnsetType = UNSET
    tier: Tier | msgspec.UnsetType = UNSET

    def applied(self, key: KeptKey) -> KeptKey:
        """Raises UnusableKey."""
        told = {name: value for name in KEPT if (value := getattr(self, name)) is not UNSET}
        tags = key.tags if isinstance(self.tags, msgspec.UnsetType) else self.tags
        edited = replace(key, **told, tags=(tags | self.add_tags) - self.remove_tags)
        checked(entry_of(edited))
        return edited


def entry_of(key: KeptKey) -> Entry:
    """As it is written out."""
    return Entry(
        key=key.secret,
        label=key.label,
        project=key.project,
        tags=key.tags,
        notes=key.notes,
        weight=key.weight,
        models=key.models,
        proxy=key.proxy,
        paid=key.tier is Tier.PAID,
        upstream=key.upstream,
    )


def switched(key: KeptKey, off: Off, now: float) -> KeptKey:
    return replace(key, off=off, off_since=now if off else 0.0)


def deleted(key: KeptKey, now: float) -> KeptKey:
    """Its id stays, so that no list brings it back; its secret and all that was said of it go."""
    return KeptKey(
        id=key.id,
        secret="",
        upstream=key.upstream,
        origin=key.origin,
        off=Off.DELETED,
        off_since=now,
        created=key.created,
    )


def told(key: KeptKey, names: Iterable[str] = PUBLIC) -> str:
    """For the history, as JSON: nothing secret is in it."""
    return msgspec.json.encode({name: _told(key, name) for name in names}, order="deterministic").decode()


def differing(before: KeptKey, after: KeptKey) -> list[str]:
    """Names of what is told of it that changed."""
    names = [name for name in PUBLIC if name != "shown" and getattr(before, name) != getattr(after, name)]
    return [*names, "shown"] if after.secret not in ("", before.secret) else names


def served(key: KeptKey) -> KeySpec:
    """As the pool takes it."""
    return spec_of(entry_of(key), key.id, off=bool(key.off))


def _told(key: KeptKey, name: str) -> object:
    match name:
        case "proxy":
            return hidden_password(key.proxy)
        case "shown":
            return masked(key.secret)
        case _:
            return getattr(key, name)
