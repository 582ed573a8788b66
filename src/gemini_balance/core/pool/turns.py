"""What is scarce is divided between replicas, not raced for: the last units of a window belong to one at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zlib import crc32

from gemini_balance.core.pool.key import name_of

if TYPE_CHECKING:
    from gemini_balance.core.pool.key import Domain
    from gemini_balance.core.pool.windows import Ledger

TURN = 1.0  # seconds that a scarce window belongs to one replica
HANDOVER = 0.5  # of them in which what its predecessor did may not be known yet
SCARCE = 2  # units left for each replica, below which they are divided


@dataclass(frozen=True, slots=True)
class Turns:
    """Whose turn it is, by rendezvous: every replica comes to the same answer without asking."""

    me: str
    replicas: tuple[str, ...]

    def scarce(self, ledger: Ledger) -> bool:
        return ledger.room <= SCARCE * len(self.replicas)

    def mine(self, now: float, model: str, domain: Domain) -> bool:
        """Until a turn's facts can have arrived, it counts only for whoever had the one before as well."""
        turn, since = divmod(now, TURN)
        place = f"{name_of(domain)} {model}"
        mine = self._owner(place, int(turn)) == self.me
        return mine and (since >= HANDOVER or self._owner(place, int(turn) - 1) == self.me)

    def next(self, now: float) -> float:
        """When to look again."""
        turn, since = divmod(now, TURN)
        return turn * TURN + HANDOVER if since < HANDOVER else (turn + 1) * TURN

    def _owner(self, place: str, turn: int) -> str:
        return max(self.replicas, key=lambda replica: crc32(f"{replica} {place} {turn}".encode()))
