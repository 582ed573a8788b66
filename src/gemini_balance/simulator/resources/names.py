"""Names and times as Google writes them."""

import random
import re
from datetime import UTC, datetime

_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
_SLUG_LENGTH = 27
_FILE_ID = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
_UPLOAD_LETTERS = _LETTERS + _LETTERS[:26].upper() + "-_"


class Namer:
    """Makes names up, the same ones for the same seed."""

    def __init__(self, seed: int) -> None:
        self._dice = random.Random(seed)  # noqa: S311  # repeatable on purpose, guards nothing

    def plain(self, length: int = 12) -> str:
        """Small letters and digits, as files and caches are called."""
        return "".join(self._dice.choices(_LETTERS, k=length))

    def slug(self, display_name: str) -> str:
        """The letters of the display name, and twelve random ones: stores, corpora and tuned models."""
        letters = "".join(letter for letter in display_name.lower() if letter in _LETTERS)
        return f"{letters[:_SLUG_LENGTH] or self.plain()}-{self.plain()}"

    def upload_id(self) -> str:
        """A resumable upload's id."""
        return "AJ5rDh" + "".join(self._dice.choices(_UPLOAD_LETTERS, k=80))


def is_file_id(text: str) -> bool:
    """Whether a caller may call a file so."""
    return _FILE_ID.fullmatch(text) is not None


def is_slug(text: str) -> bool:
    """Whether a store or a document can be called so."""
    return bool(text) and all(letter in _LETTERS + "-" for letter in text)


def micros(moment: float) -> str:
    """When something happened."""
    return _written(moment, "%Y-%m-%dT%H:%M:%S.%fZ")


def nanos(moment: float) -> str:
    """When something ends: Google writes these with nine digits."""
    return _written(moment, "%Y-%m-%dT%H:%M:%S.%f000Z")


def seconds(moment: float) -> str:
    """When something happened, in the interactions."""
    return _written(moment, "%Y-%m-%dT%H:%M:%SZ")


def _written(moment: float, pattern: str) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime(pattern)


def moment_of(text: str) -> float | None:
    """The time that a caller wrote, or None."""
    try:
        return datetime.fromisoformat(text).timestamp()
    except ValueError:
        return None
