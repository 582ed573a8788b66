"""What speaks for a key to share the project of others, as the logarithm of how much likelier it makes that."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from gemini_balance.core.pool.key import domain_of
from gemini_balance.core.pool.windows import MINUTE

if TYPE_CHECKING:
    from gemini_balance.core.pool.key import Domain, Key

MOST = 50_000  # pairs that are remembered
NEVER = -5.0  # the weight of what could not be if two shared a project
LEAST = -20.0
AGAIN = 2.0  # seconds within which two moments are the same one, a minute or more later


class Evidence:
    """By domain, about each key outside it. What a refused key tells of another, it tells the other's domain too."""

    def __init__(self) -> None:
        self._rows: defaultdict[Domain, dict[Key, float]] = defaultdict(dict)
        self._met: dict[frozenset[Key], float] = {}

    def about(self, domain: Domain) -> dict[Key, float]:
        return self._rows[domain]

    def add(self, refused: Key, other: Key, weight: float) -> None:
        mine, theirs = domain_of(refused), domain_of(other)
        if mine is not theirs:
            for row, key in ((self._rows[mine], other), (self._rows[theirs], refused)):
                if weight > 0 or key in row:  # who is not suspected need not be cleared
                    row[key] = max(row.get(key, 0.0) + max(weight, NEVER), LEAST)

    def meet(self, one: Key, other: Key, moment: float) -> bool:
        """They named the same moment. Is it news? What leaves a window is soon sent anew, and meets again by itself."""
        pair = frozenset((one, other))
        before, self._met[pair] = self._met.get(pair), moment
        if before is None:
            return True
        off = (moment - before) % MINUTE
        return min(off, MINUTE - off) >= AGAIN

    def unite(self, group: Domain, parts: list[Domain]) -> None:
        """Of what two parts know of one key only the stronger counts: it may come from the same moment."""
        rows = [self._rows.pop(part, {}) for part in parts]
        for key in dict.fromkeys(key for row in rows for key in row):
            known = [row[key] for row in rows if key in row]
            if domain_of(key) is not group:
                self._rows[group][key] = max(0.0, *known) + min(0.0, *known)

    def rename(self, old: Domain, new: Domain) -> None:
        self._rows[new] = self._rows.pop(old, {})

    def tidy(self) -> None:
        if len(self._met) > MOST:
            self._met.clear()
        if sum(map(len, self._rows.values())) > MOST:
            self._rows.clear()
