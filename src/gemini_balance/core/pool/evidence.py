"""What speaks for a key to share the project of others, as the logarithm of how much likelier it makes that."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from gemini_balance.core.pool.key import domain_of
from gemini_balance.core.pool.windows import MINUTE

if TYPE_CHECKING:
    from gemini_balance.core.pool.key import Domain, Key

MOST = 50_000  # pairs that are remembered
NEVER = -5.0  # the weight of what could not be if two shared a project
LEAST = -20.0
LITTLE = 0.3  # what weighs less is not remembered
AGAIN = 2.0  # seconds within which two moments are the same one, a minute or more later


class Meeting(NamedTuple):
    """When they met last, and what that weighed."""

    moment: float
    weight: float


class Evidence:
    """By domain, about each key outside it. What a refused key tells of another, it tells the other's domain too."""

    def __init__(self) -> None:
        self._rows: defaultdict[Domain, dict[Key, float]] = defaultdict(dict)
        self._met: defaultdict[Domain, dict[Key, Meeting]] = defaultdict(dict)

    def about(self, domain: Domain) -> dict[Key, float]:
        return self._rows[domain]

    def clear(self, refused: Key, other: Key, weight: float = NEVER) -> None:
        """They hardly share a project. Who is not suspected need not be cleared."""
        mine, theirs = domain_of(refused), domain_of(other)
        for row, key in ((self._rows[mine], other), (self._rows[theirs], refused)):
            if mine is not theirs and key in row:
                row[key] = max(row[key] + weight, LEAST)

    def suspect(self, refused: Key, other: Key, weight: float, moment: float) -> None:
        """That both have to do with this moment makes it so much likelier. One coincidence counts once."""
        mine, theirs = domain_of(refused), domain_of(other)
        if mine is not theirs and weight > LITTLE:
            for domain, key in ((mine, other), (theirs, refused)):
                row = self._rows[domain]
                row[key] = row.get(key, 0.0) + self._news(domain, key, weight, moment)

    def _news(self, domain: Domain, key: Key, weight: float, moment: float) -> float:
        """What leaves a window is soon sent anew: a minute later all members of a group meet the same keys again."""
        known = self._met[domain].get(key)
        if known is None or MINUTE - AGAIN > (moment - known.moment) % MINUTE >= AGAIN:
            known = Meeting(moment, 0.0)
        self._met[domain][key] = Meeting(moment, max(weight, known.weight))
        return max(0.0, weight - known.weight)

    def unite(self, group: Domain, parts: list[Domain]) -> None:
        """Of what two parts know of one key only the stronger counts: it may come from the same moment."""
        rows = [self._rows.pop(part, {}) for part in parts]
        met = [self._met.pop(part, {}) for part in parts]
        for key in dict.fromkeys(key for row in rows for key in row if domain_of(key) is not group):
            known = [row[key] for row in rows if key in row]
            self._rows[group][key] = max(0.0, *known) + min(0.0, *known)
            self._met[group][key] = max(row[key] for row in met if key in row)

    def rename(self, old: Domain, new: Domain) -> None:
        self._rows[new], self._met[new] = self._rows.pop(old, {}), self._met.pop(old, {})

    def tidy(self) -> None:
        """Too much is known: the weaker half is forgotten."""
        if sum(map(len, self._rows.values())) > MOST:
            least = sorted(abs(weight) for row in self._rows.values() for weight in row.values())[MOST // 2]
            for domain, row in self._rows.items():
                for key in [key for key, weight in row.items() if abs(weight) <= least]:
                    del row[key], self._met[domain][key]
