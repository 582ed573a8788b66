"""Projects on shelves of like room, so that who has just enough for a call is found without looking at all."""

from __future__ import annotations

from heapq import heapify, heappop, heappush
from math import inf, log2
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gemini_balance.core.pool.windows import Ledger

Ranked = tuple[float, int, "Ledger"]
SLACK = 64  # outdated places the heaps may hold before they are tidied
STEPS = 4  # shelves for each doubling of the room
TOP = 200  # the shelf of unlimited room


class Shelves:
    """By one kind of room. A ledger's `place` names the entry that is valid."""

    def __init__(self, room: Callable[[Ledger], float]) -> None:
        self._room = room
        self._shelves: dict[int, list[Ranked]] = {}
        self._filled = 0  # a bit for each shelf that may hold somebody
        self._shelved = 0  # entries on all shelves

    def add(self, number: int, ledger: Ledger, most: int) -> None:
        """`number` is the ledger's new place; of `most` ledgers one can be valid each."""
        room = self._room(ledger)
        shelf = _shelf_of(room)
        heappush(self._shelves.setdefault(shelf, []), (-room, number, ledger))
        self._filled |= 1 << shelf
        self._shelved += 1
        if self._shelved > 2 * most + SLACK:
            for heap in self._shelves.values():
                tidy(heap)
            self._shelved = sum(map(len, self._shelves.values()))

    def roomiest(self) -> Ledger | None:
        """Of all; None where nobody is ready."""
        while self._filled:
            if (found := self._top_of(self._filled.bit_length() - 1)) is not None:
                return found
        return None

    def from_tightest(self, least: float) -> Iterator[Ledger]:
        """The roomiest of each shelf on which there may be as much room as this, the fullest shelf first."""
        shelves = self._filled >> (first := _shelf_of(least)) << first
        while shelves:
            if (found := self._top_of((shelves & -shelves).bit_length() - 1)) is not None:
                yield found
            shelves &= shelves - 1

    def _top_of(self, shelf: int) -> Ledger | None:
        """The roomiest on this shelf; an empty one is marked so."""
        heap = self._shelves[shelf]
        before = len(heap)
        found = top(heap)
        self._shelved -= before - len(heap)
        if found is None:
            self._filled &= ~(1 << shelf)
            return None
        return found[2]


def _shelf_of(room: float) -> int:
    return TOP if room == inf else int(STEPS * log2(max(room, 1)))


def valid(ranked: Ranked) -> bool:
    """Is it still where its ledger stands?"""
    return ranked[2].place == ranked[1]


def tidy(heap: list[Ranked]) -> None:
    """Drop what is outdated."""
    heap[:] = [ranked for ranked in heap if valid(ranked)]
    heapify(heap)


def top(heap: list[Ranked]) -> Ranked | None:
    """The first that is valid; what was outdated before it is dropped."""
    while heap and not valid(heap[0]):
        heappop(heap)
    return heap[0] if heap else None
