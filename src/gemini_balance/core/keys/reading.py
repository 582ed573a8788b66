"""Reading keys out of whatever was pasted: JSON, a table, lines of an environment, or any text that holds some."""

from __future__ import annotations

import csv
import re
from io import StringIO
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from gemini_balance.core.call import GEMINI_API
from gemini_balance.core.keys.entry import Entry, UnusableKey, masked
from gemini_balance.core.keys.environment import Kind, assignments, kind_of, listed
from gemini_balance.core.keys.fields import column, entry_of
from gemini_balance.core.keys.shapes import found_in, may_be_a_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

DELIMITERS = ",;\t|"
_PIECES = re.compile(r"[,;，；、\t]+")
_AROUND = " \t\"'`[](){}<>“”‘’「」"
KEYS = "keys"  # where JSON holds the list


class Unread(NamedTuple):
    """Something that was meant for a key."""

    shown: str
    why: str


class Reading(msgspec.Struct, frozen=True):
    """In the order of the text; what stands there twice is here twice. `tokens` are client tokens, not keys."""

    entries: tuple[Entry, ...] = ()
    unread: tuple[Unread, ...] = ()
    tokens: tuple[str, ...] = ()

    def __add__(self, other: Reading) -> Reading:
        both = zip(msgspec.structs.astuple(self), msgspec.structs.astuple(other), strict=True)
        return Reading(*(mine + theirs for mine, theirs in both))


def read(text: str, upstream: str = GEMINI_API) -> Reading:
    """`upstream`: what keys are for of which the text doesn't say so."""
    text = text.lstrip("\ufeff").strip()
    for way in (_json, _table, _environment):
        if (found := way(text, upstream)) is not None:
            return found
    return _prose(text, upstream)


def read_values(values: Mapping[str, str], upstream: str = GEMINI_API) -> Reading:
    """Values by the names that an environment gives them; other names are passed over."""
    found = Reading()
    for name, value in values.items():
        if (kind := kind_of(name)) is Kind.TOKENS:
            found += Reading(tokens=tuple(str(token) for token in listed(value)))
        elif kind is not None:
            given = {"tier": "paid"} if kind is Kind.PAID else {}
            found += _all(listed(value), kind.upstream or upstream, given)
    return found


def _json(text: str, upstream: str) -> Reading | None:
    if not text.startswith(("[", "{")):
        return None
    try:
        value = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return None
    if isinstance(value, dict) and isinstance(value.get(KEYS), list):
        value = value[KEYS]
    if isinstance(value, dict) and any(kind_of(name) for name in value):
        return read_values({name: _spelled(one) for name, one in value.items()}, upstream)
    return _all(value if isinstance(value, list) else [value], upstream)


def _table(text: str, upstream: str) -> Reading | None:
    first = text.partition("\n")[0]
    delimiter = max(DELIMITERS, key=first.count)
    try:
        rows = list(csv.reader(StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error:
        return None
    names = [column(name.strip()) for name in rows[0]] if rows else []
    if "key" not in names:
        return None
    full = (row for row in rows[1:] if any(map(str.strip, row)))
    return _all([{name: value for name, value in zip(names, row, strict=False) if name} for row in full], upstream)


def _environment(text: str, upstream: str) -> Reading | None:
    """Other lines are searched for what is plainly a key, since people write their own names."""
    found, rest = assignments(text)
    if not found:
        return None
    others = (line for line in rest.splitlines() if not line.lstrip().startswith("#"))
    keys = [key for line in others for key in found_in(line)]
    reading = Reading()
    for name, value in found:
        reading += read_values({name: value}, upstream)
    return reading + _all(keys, upstream)


def _prose(text: str, upstream: str) -> Reading:
    pieces = (piece for line in text.splitlines() for piece in _PIECES.split(line))
    return _all([key for piece in pieces for key in found_in(piece) or _alone(piece)], upstream)


def _alone(piece: str) -> list[str]:
    """Keys of a shape that we don't know, where nothing else stands."""
    words = [word.strip(_AROUND) for word in piece.split()]
    return words if all(map(may_be_a_key, words)) else []


def _all(values: Iterable[object], upstream: str, given: Mapping[str, object] | None = None) -> Reading:
    entries: list[Entry] = []
    unread: list[Unread] = []
    for value in values:
        fields = _fields(value)
        try:
            entries.append(entry_of({**(given or {}), **fields}, upstream))
        except UnusableKey as error:
            unread.append(Unread(masked(str(fields.get("key", ""))), str(error)))
    return Reading(tuple(entries), tuple(unread))


def _fields(value: object) -> dict[str, object]:
    if isinstance(value, dict):
        named = ((column(str(name)), one) for name, one in value.items())
        return {name: one for name, one in named if name is not None}
    return {"key": value}


def _spelled(value: object) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
