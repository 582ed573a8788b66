"""A key with what its owner says of it."""

from __future__ import annotations

import hashlib
import re
from urllib.parse import urlsplit

import msgspec

from gemini_balance.core.call import GEMINI_API, VERTEX_EXPRESS
from gemini_balance.core.errors import BadRequest
from gemini_balance.core.pool import KeyId, KeySpec, project_of
from gemini_balance.core.redaction import tail_of

HEAVIEST = 1000
LONGEST = 500  # characters of a name
LONGEST_NOTES = 10_000
PROXIES = ("http", "socks4", "socks5")
_PRINTABLE = re.compile(r"[!-~]+")
_NAME = re.compile(r"[^\s,;|]+")  # of tags and models: what separates them in a table is not in them
_PREFIXES = {GEMINI_API: "key", VERTEX_EXPRESS: "vertex"}


class UnusableKey(BadRequest):
    """No such key can be kept; the message says why, without the key."""

    code = "invalid_key"


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be kept of one key. A `paid` one serves only what is for paid keys."""

    key: str
    label: str = ""
    project: str = ""
    tags: frozenset[str] = frozenset()
    notes: str = ""
    weight: int = 1
    models: frozenset[str] = frozenset()
    proxy: str = ""
    paid: bool = False
    upstream: str = GEMINI_API

    def __repr__(self) -> str:
        return f"Entry({masked(self.key)!r})"

    @property
    def id(self) -> KeyId:
        return key_id(self.key, self.upstream)

    @property
    def plain(self) -> bool:
        """Is there nothing to tell of it but itself?"""
        return self == Entry(key=self.key, upstream=self.upstream)


def key_id(secret: str, upstream: str = GEMINI_API) -> KeyId:
    """Stable over restarts, and of no help to whoever reads it in a log."""
    return KeyId(f"{_PREFIXES[upstream]}-{hashlib.sha256(secret.encode()).hexdigest()[:10]}")


def spec_of(entry: Entry, name: KeyId | None = None, *, off: bool = False) -> KeySpec:
    """As the pool takes it. `name`: its id, where its secret was replaced. Raises ValueError for what no header can
    carry."""
    project = project_of(entry.project, paid=entry.paid)
    told = entry.weight, entry.models, entry.paid, entry.tags, entry.label, entry.proxy
    return KeySpec(name or entry.id, entry.key, project, *told, off)


def masked(secret: str) -> str:
    """Its last characters tell it apart; of a short one they would tell too much."""
    return f"…{tail_of(secret)}"


def checked(entry: Entry) -> Entry:
    """The same. Raises UnusableKey."""
    if not _PRINTABLE.fullmatch(entry.key):
        raise UnusableKey("A key is printable characters without spaces.")
    if not 1 <= entry.weight <= HEAVIEST:
        raise UnusableKey(f"A weight is a whole number from 1 to {HEAVIEST}.")
    if entry.upstream not in _PREFIXES:
        raise UnusableKey(f"An upstream is one of: {', '.join(_PREFIXES)}.")
    for name in (*entry.tags, *entry.models):
        if len(name) > LONGEST or not _NAME.fullmatch(name):
            raise UnusableKey("A tag or a model is one word without commas, semicolons and bars.")
    if max(len(entry.label), len(entry.project)) > LONGEST or len(entry.notes) > LONGEST_NOTES:
        raise UnusableKey(f"A label or a project has up to {LONGEST} characters, notes up to {LONGEST_NOTES:,}.")
    if entry.proxy:
        _check_proxy(entry.proxy)
    return entry


def _check_proxy(proxy: str) -> None:
    """It may hold a password: no error repeats it."""
    try:
        parts = urlsplit(proxy)
        whole = parts.scheme in PROXIES and bool(parts.hostname) and parts.port is not None
    except ValueError:
        whole = False
    if not whole or not _PRINTABLE.fullmatch(proxy):
        raise UnusableKey(f"A proxy is written like http://user:password@host:port; it may begin with {_either()}.")


def _either() -> str:
    return " or ".join(f"{scheme}://" for scheme in PROXIES)
