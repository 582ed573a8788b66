"""The oracle's queue: callers in turn, each one's calls as they came, but one too big for any room lets others pass."""

from collections import OrderedDict, deque
from math import log2

from bench.balance.desk import Case

STEPS = 4  # lanes for each doubling of the tokens

Place = tuple[float, Case]  # the rank at which it began to wait; another rank means that it has left since


class Queue:
    """One model's waiting calls. The oracle owes the callers the same fairness as we do (ADR 16)."""

    def __init__(self) -> None:
        self._lines: OrderedDict[str, Line] = OrderedDict()  # by caller; whose last turn is longest ago stands first

    def add(self, case: Case, *, first: bool = False) -> None:
        """At the end of its caller's line, or at its head."""
        self._lines.setdefault(case.call.client, Line()).add(case, first=first)

    def take(self, most: float) -> Case | None:
        """The next in turn with no more tokens than these."""
        for client, line in list(self._lines.items()):
            if (case := line.take(most)) is not None:
                self._lines.move_to_end(client)
                return case
            if not line:
                del self._lines[client]
        return None

    def __bool__(self) -> bool:
        return any(self._lines.values())


class Line:
    """One caller's, in lanes of like size."""

    def __init__(self) -> None:
        self._lanes: dict[int, deque[Place]] = {}

    def add(self, case: Case, *, first: bool = False) -> None:
        """Its rank says when it came."""
        lane = self._lanes.setdefault(int(STEPS * log2(case.call.tokens)), deque())
        if first:
            lane.appendleft((case.rank, case))
        else:
            lane.append((case.rank, case))

    def take(self, most: float) -> Case | None:
        """The first in line with no more tokens than these."""
        if most < 0:
            return None
        heads = [head for lane in list(self._lanes) if (head := self._head(lane)) and head[1].call.tokens <= most]
        if not heads:
            return None
        _, case = min(heads, key=_rank)
        self._lanes[int(STEPS * log2(case.call.tokens))].popleft()
        return case

    def __bool__(self) -> bool:
        return any(self._head(lane) for lane in list(self._lanes))

    def _head(self, lane: int) -> Place | None:
        """Those who left are dropped when they come to the front; an empty lane is, too."""
        places = self._lanes[lane]
        while places:
            rank, case = places[0]
            if case.waits and case.rank == rank:
                return places[0]
            places.popleft()
        del self._lanes[lane]
        return None


def _rank(place: Place) -> float:
    return place[0]
