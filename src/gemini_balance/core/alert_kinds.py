"""What alerts are about."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class Kind(StrEnum):
    """One row for each thing that an operator may want to be told."""

    KEY_DEAD = "key_dead"
    POOL_LOW = "pool_low"
    POOL_DEAD = "pool_dead"
    QUOTA_EXHAUSTED = "quota_exhausted"
    MODEL_OVERLOADED = "model_overloaded"
    JOURNAL_LOSING = "journal_losing"
    UNKNOWN_ANSWERS = "unknown_answers"
    DATABASE_AWAY = "database_away"
    TEST = "test"


def known_kinds(names: Iterable[str]) -> None:
    """Raises ValueError for a name that is none."""
    unknown = [name for name in names if name not in set(Kind)]
    if unknown:
        raise ValueError(f"{unknown[0][:100]!r} is no kind of alert; there are {', '.join(Kind)}")


def web_address(address: str) -> None:
    """Raises ValueError for what is neither empty nor an address of the web."""
    if address and not address.startswith(("https://", "http://")):
        raise ValueError("an address begins with https:// or http://")
