"""Projects that may serve now, in the order in which they should."""

from __future__ import annotations

from heapq import heapify, heappop, heappush
from math import inf, log2
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gemini_balance.core.pool.windows import Ledger

Ranked = tuple[float, int, "Ledger"]
SLACK = 64  # outdated places the heaps may hold before they are tidied
STEPS = 4  # shelves for each doubling of the token room
TOP = 200  # the shelf of unlimited room


class Ranks:
    """By load, and where limits count tokens on shelves of like token room, too.

    A ledger's `place` names the entry that is valid.
    """

    def __init__(self, *, by_tokens: bool) -> None:
        self.by_tokens = by_tokens
        self._ready: list[Ranked] = []
        self._shelves: dict[int, list[Ranked]] = {}
        self._filled = 0  # a bit for each shelf that may hold somebody
        self._shelved = 0  # entries on all shelves

    def add(self, number: int, load: float, ledger: Ledger, most: int) -> None:
        """`number` is the ledger's new place; of `most` ledgers one can be valid each."""
        ledger.place = number
        heappush(self._ready, (load, number, ledger))
        if len(self._ready) > 2 * most + SLACK:
            _tidy(self._ready)
        if self.by_tokens:
            self._shelve(number, ledger)
            if self._shelved > 2 * most + SLACK:
                self._tidy_shelves()

    def least_loaded(self) -> Ranked | None:
        return _top(self._ready)

    def take(self, tokens: int) -> Ledger | None:
        """The least loaded; where tokens are scarce whoever has just room enough for these; out of the ranks."""
        best = self._choose(tokens)
        if best is not None:
            best.place = 0
        return best

    def widest(self) -> float:
        """The most tokens that a call may need to be taken by anybody; negative where nobody is ready."""
        if not self.by_tokens:
            return inf if _top(self._ready) else -1.0
        while self._filled:
            shelf = self._filled.bit_length() - 1
            if (top := self._top_of(shelf)) is not None:
                return top.widest
        return -1.0

    def all(self) -> Iterator[Ledger]:
        return (ranked[2] for ranked in self._ready if _valid(ranked))

    def _choose(self, tokens: int) -> Ledger | None:
        top = _top(self._ready)
        if top is None:
            return None
        best = top[2]
        if best.fits(tokens) and not (self.by_tokens and best.scarce):
            return best
        return self._tightest(tokens) or (best if best.fits(tokens) else None)

    def _tightest(self, tokens: int) -> Ledger | None:
        """What many tokens fit in is kept for who needs them."""
        shelves = self._filled >> (first := _shelf_of(tokens)) << first
        while shelves:
            shelf = (shelves & -shelves).bit_length() - 1
            top = self._top_of(shelf)
            if top is not None and top.fits(tokens):
                return top
            shelves &= shelves - 1
        return self._whole(tokens)

    def _whole(self, tokens: int) -> Ledger | None:
        """Who has an empty window may try what is larger than it."""
        shelf = self._filled.bit_length() - 1
        top = self._top_of(shelf) if shelf >= 0 else None
        return top if top is not None and top.fits(tokens) else None

    def _shelve(self, number: int, ledger: Ledger) -> None:
        room = ledger.token_room
        shelf = _shelf_of(room)
        heappush(self._shelves.setdefault(shelf, []), (-room, number, ledger))
        self._filled |= 1 << shelf
        self._shelved += 1

    def _top_of(self, shelf: int) -> Ledger | None:
        """The roomiest on this shelf; an empty one is marked so."""
        heap = self._shelves[shelf]
        before = len(heap)
        top = _top(heap)
        self._shelved -= before - len(heap)
        if top is None:
            self._filled &= ~(1 << shelf)
            return None
        return top[2]

    def _tidy_shelves(self) -> None:
        for heap in self._shelves.values():
            _tidy(heap)
        self._shelved = sum(map(len, self._shelves.values()))


def _shelf_of(tokens: float) -> int:
    return TOP if tokens == inf else int(STEPS * log2(max(tokens, 1)))


def _valid(ranked: Ranked) -> bool:
    return ranked[2].place == ranked[1]


def _tidy(heap: list[Ranked]) -> None:
    heap[:] = [ranked for ranked in heap if _valid(ranked)]
    heapify(heap)


def _top(heap: list[Ranked]) -> Ranked | None:
    while heap and not _valid(heap[0]):
        heappop(heap)
    return heap[0] if heap else None
