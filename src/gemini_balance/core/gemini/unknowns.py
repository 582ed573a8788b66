"""Answers of Google's that no row of ours names, counted by shape so that an operator can see and report them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from gemini_balance.core.gemini.error_body import page_in
from gemini_balance.core.outcome import Cause
from gemini_balance.core.redaction import redact

if TYPE_CHECKING:
    from gemini_balance.core.outcome import Outcome

UNNAMED = frozenset({Cause.UNKNOWN, Cause.KEY_REFUSED})
MOST_SHAPES = 100
LONGEST_WORD = 100
LONGEST_MESSAGE = 200

_TAG = re.compile(r"<[^<>]*>")

Shape = tuple[int, str, str]


class Unknown(msgspec.Struct, frozen=True, gc=False):
    """One shape: how often it came, and the words of the first."""

    status: int
    error_status: str
    reason: str
    count: int
    message: str


class Unknowns:
    """Remembers at most `MOST_SHAPES`; what comes after them is only counted, in `beyond`."""

    __slots__ = ("_seen", "beyond")

    def __init__(self) -> None:
        self._seen: dict[Shape, Unknown] = {}
        self.beyond = 0

    def note(self, outcome: Outcome) -> None:
        """Take note of an outcome if it is one that nothing names; any outcome may be handed in."""
        if outcome.cause not in UNNAMED:
            return
        shape = (outcome.status, _brief(outcome.error_status), _brief(outcome.reason))
        known = self._seen.get(shape)
        if known is not None:
            self._seen[shape] = msgspec.structs.replace(known, count=known.count + 1)
        elif len(self._seen) < MOST_SHAPES:
            self._seen[shape] = Unknown(*shape, count=1, message=_words(outcome))
        else:
            self.beyond += 1

    def seen(self) -> list[Unknown]:
        """The most frequent first."""
        return sorted(self._seen.values(), key=lambda unknown: -unknown.count)


def _brief(word: str) -> str:
    """Google repeats keys in its messages."""
    return redact(word)[:LONGEST_WORD]


def _words(outcome: Outcome) -> str:
    """Redacted before it is cut, so that no half of a key is left at the end."""
    return redact(outcome.message or _readable(page_in(outcome.body)))[:LONGEST_MESSAGE]


def _readable(page: str) -> str:
    """A page without its style sheet, which is longer than all it says, and without its tags."""
    return " ".join(_TAG.sub(" ", page.rpartition("</style>")[2]).split())
