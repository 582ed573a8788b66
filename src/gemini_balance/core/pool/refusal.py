"""A refusal that the refused key's own use does not explain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gemini_balance.core.pool.key import Key

TOLD_FRACTION = 0.02  # seconds by which Google's rounding may move a moment


@dataclass(frozen=True, slots=True)
class Refusal:
    """A key was refused below its limit, and when Google said there is room again."""

    key: Key
    at: float
    earliest: float
    latest: float
    travel: float

    def agrees(self, other: Refusal) -> bool:
        """Do both name the same moment?"""
        return self.earliest <= other.latest + TOLD_FRACTION and other.earliest <= self.latest + TOLD_FRACTION
