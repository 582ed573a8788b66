"""Projects that may serve now, in the order in which they should."""

from __future__ import annotations

from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gemini_balance.core.pool.windows import Ledger

Ranked = tuple[float, int, "Ledger"]
SLACK = 64  # outdated places a heap may hold before it is tidied


class Ranks:
    """By load, and where limits count tokens by token room too. A ledger's `place` names the entry that is valid."""

    def __init__(self, *, by_tokens: bool) -> None:
        self.by_tokens = by_tokens
        self._ready: list[Ranked] = []
        self._roomy: list[Ranked] = []

    def add(self, number: int, load: float, ledger: Ledger, most: int) -> None:
        """`number` is the ledger's new place; of `most` ledgers one can be valid each."""
        ledger.place = number
        heappush(self._ready, (load, number, ledger))
        if self.by_tokens:
            heappush(self._roomy, (-ledger.token_room, number, ledger))
        for heap in (self._ready, self._roomy):
            if len(heap) > 2 * most + SLACK:
                heap[:] = [ranked for ranked in heap if _valid(ranked)]
                heapify(heap)

    def least_loaded(self) -> Ranked | None:
        return _top(self._ready)

    def take(self, tokens: int) -> Ledger | None:
        """The least loaded, or where it lacks the tokens whoever has most room for them; out of the ranks."""
        best = _top(self._ready)
        if best is not None and not best[2].fits(tokens):
            best = _top(self._roomy)
        if best is None or not best[2].fits(tokens):
            return None
        best[2].place = 0
        return best[2]

    def all(self) -> Iterator[Ledger]:
        return (ranked[2] for ranked in self._ready if _valid(ranked))


def _valid(ranked: Ranked) -> bool:
    return ranked[2].place == ranked[1]


def _top(heap: list[Ranked]) -> Ranked | None:
    while heap and not _valid(heap[0]):
        heappop(heap)
    return heap[0] if heap else None
