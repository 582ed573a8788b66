"""The keys that may serve one model, those ready now in a ring, those resting in a heap by their moment."""

from __future__ import annotations

from collections import deque
from heapq import heappop, heappush
from itertools import count
from typing import TYPE_CHECKING

from gemini_balance.core.pool.key import RETIRED, Health, Key

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Set

    from gemini_balance.core.pool.key import KeyId

PROBE_SECONDS = 1.0  # how soon to ask again for a key whose probe is still in flight
_ORDER = count()


class Lane:
    """Finding the next key costs O(1) while some are ready and O(log n) for each that wakes or goes to rest.

    A key's health is shared by all lanes, so the ring is put right when a key is met, not when it changes.
    """

    __slots__ = ("_probing", "_ready", "_resting", "_rests")

    def __init__(self, keys: Iterable[Key], rests: Mapping[str, float]) -> None:
        self._ready = deque(key for key in keys for _ in range(key.spec.weight))
        self._resting: list[tuple[float, int, Key]] = []
        self._rests = rests  # project → until, of this lane's model
        self._probing = False  # was a key in the way that one attempt is probing right now?

    def next(self, now: float, exclude: Set[KeyId]) -> Key | None:
        """The key whose turn it is, or None when none that is not excluded is ready."""
        self._wake(now)
        self._probing, passed = False, 0
        while passed < len(self._ready):
            key = self._ready[0]
            if (until := self._resting_until(key)) > now:
                self._ready.popleft()
                self._put_to_rest(key, until)
                continue
            self._ready.rotate(-1)
            if key.id not in exclude:
                if key.health is not Health.PROBING:
                    return key
                self._probing = True
            passed += 1
        return None

    def opens_at(self, now: float) -> float:
        """When the first resting key wakes, or a probe may have ended; infinity when none ever does by itself."""
        wakes = self._resting[0][0] if self.first_to_wake() else float("inf")
        return min(wakes, now + PROBE_SECONDS) if self._probing else wakes

    def first_to_wake(self) -> Key | None:
        while self._resting and self._resting[0][2].health in RETIRED:
            heappop(self._resting)  # retired while it rested; a reset builds the lanes anew
        return self._resting[0][2] if self._resting else None

    def _wake(self, now: float) -> None:
        while self._resting and self._resting[0][0] <= now:
            self._ready.append(heappop(self._resting)[2])

    def _put_to_rest(self, key: Key, until: float) -> None:
        if until < float("inf"):  # a retired key leaves the lane; a reset builds the lanes anew
            heappush(self._resting, (until, next(_ORDER), key))

    def _resting_until(self, key: Key) -> float:
        match key.health:
            case Health.INVALID | Health.DISABLED:
                return float("inf")
            case Health.COOLING:
                return max(key.until, self._rests.get(key.project, 0.0))
            case Health.READY | Health.PROBING:
                return self._rests.get(key.project, 0.0)
