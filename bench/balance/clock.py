"""The simulated time: what is to happen, and when."""

from collections.abc import Callable
from heapq import heappop, heappush
from itertools import count
from typing import Any

START = 1_795_370_400.0  # 2026-11-22 18:00 UTC; any moment would do
DAY_ENDS = START + 14 * 3_600.0  # the next midnight in Los Angeles


class Clock:
    """A queue of happenings. Those of the same moment keep the order in which they were named."""

    def __init__(self) -> None:
        self.now = START
        self._coming: list[tuple[float, int, Callable[[Any], None], Any]] = []
        self._order = count()

    def at(self, when: float, do: Callable[[Any], None], what: object = None) -> None:
        """Let `do(what)` happen then, or at once if that moment has gone by."""
        heappush(self._coming, (max(when, self.now), next(self._order), do, what))

    def run(self, until: float) -> None:
        """Let everything happen that is due up to then."""
        coming = self._coming
        while coming and coming[0][0] <= until:
            self.now, _, do, what = heappop(coming)
            do(what)
