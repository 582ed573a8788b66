"""Keys written out, so that reading them gives the same again."""

from __future__ import annotations

import csv
from enum import StrEnum
from io import StringIO
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec
from msgspec.structs import replace

from gemini_balance.core.call import VERTEX_EXPRESS
from gemini_balance.core.keys.entry import Entry, masked
from gemini_balance.core.keys.environment import KEYS, VERTEX_KEYS
from gemini_balance.core.keys.fields import NAMES, fields_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

VERSION = 1
# Spelled so that neither a shell's quotes, nor what replaces names in values, nor a reader of escapes touches them.
_APART = {"'": r"\u0027", "$": r"\u0024", "\\\\": r"\u005c"}
_DEFAULTS = fields_of(Entry(key=""))


class Format(StrEnum):
    """`text` holds nothing but the keys, `env` what API_KEYS may hold."""

    TEXT = "text"
    CSV = "csv"
    JSON = "json"
    ENV = "env"


def written(entries: Sequence[Entry], form: Format, *, plain: bool) -> str:
    """`plain`: with the secrets; else each key is shown by its last characters only, and proxies without passwords."""
    shown = entries if plain else [_hidden(entry) for entry in entries]
    match form:
        case Format.TEXT:
            return "".join(f"{entry.key}\n" for entry in shown)
        case Format.CSV:
            return _csv(shown)
        case Format.JSON:
            document = {"version": VERSION, "keys": [fields_of(entry) for entry in shown]}
            return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"
        case Format.ENV:
            return _env(shown)


def hidden_password(proxy: str) -> str:
    """Who may see a key's settings need not see this."""
    parts = urlsplit(proxy)
    if "@" not in parts.netloc:
        return proxy
    user, _, host = parts.netloc.rpartition("@")
    return f"{parts.scheme}://{user.partition(':')[0]}:…@{host}"


def _hidden(entry: Entry) -> Entry:
    return replace(entry, key=masked(entry.key), proxy=hidden_password(entry.proxy))


def _csv(entries: Iterable[Entry]) -> str:
    out = StringIO(newline="")
    table = csv.writer(out, lineterminator="\r\n")
    table.writerow(NAMES)
    for entry in entries:
        table.writerow(" ".join(value) if isinstance(value, list) else value for value in fields_of(entry).values())
    return out.getvalue()


def _env(entries: Sequence[Entry]) -> str:
    express = [entry for entry in entries if entry.upstream == VERTEX_EXPRESS]
    others = [entry for entry in entries if entry.upstream != VERTEX_EXPRESS]
    return "".join(f"{name}='{_list(some)}'\n" for name, some in ((KEYS, others), (VERTEX_KEYS, express)) if some)


def _list(entries: Iterable[Entry]) -> str:
    text = msgspec.json.encode([_brief(entry) for entry in entries]).decode()
    for character, spelled in _APART.items():
        text = text.replace(character, spelled)
    return text


def _brief(entry: Entry) -> str | dict[str, object]:
    told = {name: value for name, value in fields_of(entry).items() if name != "upstream"}
    return entry.key if entry.plain else {name: value for name, value in told.items() if value != _DEFAULTS[name]}
