"""What keys look like, and what only looks like one."""

from __future__ import annotations

import re
from enum import StrEnum

GOOGLE, GOOGLE_LENGTH = "AIza", 39  # "AIza" and 35 characters, as Google has made them for years
EXPRESS, EXPRESS_LENGTH = "AQ.", 20  # today's auth keys are of no one length; all are longer than that
SHORTEST = 16  # characters of a key of another shape
_MASK = re.compile(r"[*…•]|\.\.")
_PLACEHOLDER = re.compile(r"(?i)(.)\1{6}|your[-_. ]?|<.*>|example|placeholder|changeme|api[-_]?key")
_HEADER = re.compile(r"[!-~]+")
# A key, or what is left of one that was masked.
_FOUND = re.compile(r"(?<!\w)(?:AIza[\w*…•-]*(?:\.\.+[\w*…•-]*)?|AQ\.[\w*…•.-]*)", re.ASCII)
_OTHER = re.compile(r"[A-Za-z0-9_.*…•+/=~:-]+")


class Doubt(StrEnum):
    """Why something that was given as a key may be none. Only the last one is taken for one all the same."""

    TOO_SHORT = "too_short"
    SPACES = "spaces"
    UNPRINTABLE = "unprintable"
    MASKED = "masked"
    PLACEHOLDER = "placeholder"
    UNUSABLE = "unusable"  # what is said of it can't be
    UNKNOWN_SHAPE = "unknown_shape"


def doubt_about(key: str) -> Doubt | None:
    """None for what looks like a key of Google's."""
    if any(character.isspace() for character in key):
        return Doubt.SPACES
    if _MASK.search(key):
        return Doubt.MASKED
    if not _HEADER.fullmatch(key):
        return Doubt.UNPRINTABLE
    if _PLACEHOLDER.search(key):
        return Doubt.PLACEHOLDER
    if len(key) < _least(key):
        return Doubt.TOO_SHORT
    known = len(key) == GOOGLE_LENGTH if key.startswith(GOOGLE) else key.startswith(EXPRESS)
    return None if known else Doubt.UNKNOWN_SHAPE


def found_in(prose: str) -> list[str]:
    """What has the shape of a key of Google's, wherever it stands."""
    return [match[0].rstrip(".") if not _MASK.search(match[0]) else match[0] for match in _FOUND.finditer(prose)]


def may_be_a_key(word: str) -> bool:
    """A word that stands alone, of a shape we don't know: no word of a language, and no address."""
    return (
        len(word) >= SHORTEST
        and "://" not in word
        and _OTHER.fullmatch(word) is not None
        and (any(map(str.isdigit, word)) or "*" in word or "…" in word)
    )


def _least(key: str) -> int:
    if key.startswith(GOOGLE):
        return GOOGLE_LENGTH
    return EXPRESS_LENGTH if key.startswith(EXPRESS) else SHORTEST
