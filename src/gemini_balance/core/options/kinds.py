"""The types that options have, and how each is written as text and as JSON."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias, get_args

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
Budgets: TypeAlias = tuple[tuple[str, int], ...]
"""A thinking budget for each of some models."""
Safety: TypeAlias = tuple[tuple[str, str], ...]
"""Harm categories, each with the threshold from which an answer is blocked."""
TRUE = frozenset({"1", "true", "yes", "on"})
FALSE = frozenset({"0", "false", "no", "off"})
# What makes a request ours: its key, its address, its framing, and answers that we can read.
RESERVED = frozenset(
    (
        *("host", "x-goog-api-key", "authorization", "accept-encoding", "expect", "te", "trailer"),
        *("content-type", "content-length", "content-encoding", "transfer-encoding"),
        *("connection", "keep-alive", "upgrade", "sec-websocket-key", "sec-websocket-version"),
        *("sec-websocket-accept", "sec-websocket-extensions", "sec-websocket-protocol"),
    )
)
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile(r"[\x20-\x7e]*")


LARGEST = 2**53  # a larger whole number is none any more for many who read JSON
Units = Annotated[int, msgspec.Meta(ge=1, le=LARGEST)]
Tokens = Annotated[int, msgspec.Meta(ge=-LARGEST, le=LARGEST)]


class Quota(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """What the operator says a project may use of a model: requests and tokens a minute, requests a day."""

    rpm: Units | None = None
    tpm: Units | None = None
    rpd: Units | None = None


Quotas: TypeAlias = tuple[tuple[str, Quota], ...]
"""Limits by model, or by project/model."""


class HeaderLine(msgspec.Struct, frozen=True, gc=False):
    """One header of a request."""

    name: str
    value: str


HeaderLines: TypeAlias = tuple[HeaderLine, ...]


class _Setting(msgspec.Struct):
    category: str
    threshold: str


@dataclass(frozen=True, slots=True)
class Kind:
    """How values of one type are written. `expected` ends the sentence "… is not …".

    `json` is the type that msgspec takes from JSON, `taken` makes the value of that, `given` is the way back;
    `read` takes text, and None: as JSON. All of them raise ValueError for what is no such value.
    """

    expected: str
    json: Any  # a type
    taken: Callable[[Any], object]
    given: Callable[[Any], object]
    read: Callable[[str], object] | None = None

    def from_json(self, value: object) -> object:
        return self._writable(self.taken(msgspec.convert(value, self.json)))

    def from_text(self, text: str) -> object:
        if self.read is not None:
            return self._writable(self.read(text))
        return self._writable(self.taken(msgspec.json.decode(text, type=self.json))) if text else ()

    def _writable(self, value: object) -> object:
        """Half of a character beyond the first 65,536 can be held, and not be written."""
        msgspec.json.encode(self.given(value))
        return value


def kind_of(type_: object) -> Kind:
    """Of one of the types below, or of a Literal of words."""
    return KINDS.get(type_) or _words(get_args(type_))


def names_in(text: str) -> tuple[str, ...]:
    """A JSON list of strings, or names separated by commas or line ends. Raises ValueError."""
    if text.startswith("["):
        try:
            return tuple(msgspec.json.decode(text, type=list[str]))
        except msgspec.DecodeError as error:
            raise ValueError(f"not a JSON list of strings: {error}") from error
    return tuple(name for part in text.replace("\n", ",").split(",") if (name := part.strip()))


def _words(words: tuple[str, ...]) -> Kind:
    def word(text: str) -> str:
        if text.lower() not in words:
            raise ValueError(text)
        return text.lower()

    expected = ", ".join(one for one in words if one) + " or empty" if "" in words else " or ".join(words)
    return Kind(expected, str, word, str, word)


def _flag(text: str) -> bool:
    if text.lower() not in TRUE | FALSE:
        raise ValueError(text)
    return text.lower() in TRUE


def _pairs(value: dict[str, object]) -> tuple[tuple[str, object], ...]:
    return tuple(value.items())


def _safety(value: list[_Setting]) -> Safety:
    return tuple((one.category, one.threshold) for one in value)


def _headers(value: dict[str, str]) -> HeaderLines:
    for name, said in value.items():
        if not _TOKEN.fullmatch(name) or not _VALUE.fullmatch(said) or name.lower() in RESERVED:
            raise ValueError(name)
    if len({name.lower() for name in value}) < len(value):
        raise ValueError("one name, spelled in two ways")
    return tuple(HeaderLine(name, said.strip()) for name, said in value.items())


KINDS: dict[object, Kind] = {
    bool: Kind("true or false", bool, bool, bool, _flag),
    int: Kind("a whole number", int, int, int, int),
    float: Kind("a number", float, float, float, float),
    str: Kind("text", str, str.strip, str, str),
    tuple[str, ...]: Kind("a JSON list of strings", list[str], tuple, list, names_in),
    Budgets: Kind("a JSON object of whole numbers", dict[str, Tokens], _pairs, dict),
    Quotas: Kind(
        "a JSON object of objects with rpm, tpm or rpd",
        dict[str, Quota],
        _pairs,
        lambda value: {name: msgspec.to_builtins(quota) for name, quota in value},
    ),
    Safety: Kind(
        "a JSON list of objects with category and threshold",
        list[_Setting],
        _safety,
        lambda value: [{"category": category, "threshold": threshold} for category, threshold in value],
    ),
    HeaderLines: Kind(
        "a JSON object of headers that HTTP can carry and that are not ours to set",
        dict[str, str],
        _headers,
        lambda value: {line.name: line.value for line in value},
    ),
}
Switch = Literal["", "on", "off"]
"""On, off, or as it comes."""
