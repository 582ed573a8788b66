"""Who waits for a key: in turn between client tokens, first come first served within one."""

from __future__ import annotations

from collections import Counter, OrderedDict, deque
from dataclasses import dataclass, field
from math import inf
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gemini_balance.core.outcome import Cause
    from gemini_balance.core.pool.demand import Demand

Line: TypeAlias = tuple[str, str]  # who waits, and for which key alone
STARVING = 12.0  # seconds after which nobody overtakes a call that needs more room than others


@dataclass(slots=True, eq=False)
class Ticket:
    """A place in the queue of one quota model."""

    demand: Demand
    since: float
    until: float = inf  # when its caller has no more patience
    gone: bool = False  # served, or given back
    queue: Queue | None = None  # where it waits


class Queue:
    """Tickets of one quota model. Pinned ones stand in lines of their own: they wait for their key, not for any."""

    def __init__(self) -> None:
        self._lines: OrderedDict[Line, deque[Ticket]] = OrderedDict()
        self._alive: Counter[Line] = Counter()
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def join(self, ticket: Ticket, *, ahead: bool) -> None:
        """`ahead`: it had its turn already, and its attempt failed."""
        ticket.queue, name = self, _line_of(ticket.demand)
        line = self._lines.setdefault(name, deque())
        self._alive[name] += 1
        if ahead:
            line.appendleft(ticket)
        else:
            line.append(ticket)
        self._count += 1

    def leave(self, ticket: Ticket) -> None:
        """Served or given back; it is taken out of its line when it comes to its head."""
        if not ticket.gone:
            ticket.gone = True
            self._count -= 1
            self._alive[_line_of(ticket.demand)] -= 1

    def heads(self) -> Iterator[tuple[Line, Ticket]]:
        """Whose turn it is, line by line, the one that waited longest for its turn first."""
        for name in list(self._lines):
            line = self._lines[name]
            while line and line[0].gone:
                line.popleft()
            if line:
                yield name, line[0]
            else:
                del self._lines[name], self._alive[name]

    def served(self, name: Line, ticket: Ticket) -> None:
        """This line had its turn."""
        self.leave(ticket)
        self._lines.move_to_end(name)

    def line(self, demand: Demand) -> int:
        """How many wait in the line that this call would join."""
        return self._alive[_line_of(demand)]

    def ahead_of(self, demand: Demand) -> int:
        """How many would be served before one who comes now: lines take turns, so of each as many as of its own."""
        turns = self._alive[_line_of(demand)] + 1
        if demand.pinned:
            return turns - 1
        return sum(min(count, turns) for (_, pinned), count in self._alive.items() if not pinned)

    def stands_before(self, demand: Demand) -> bool:
        """Does anybody wait for what this call would take? Who waits for one key stands in nobody else's way."""
        return bool(self._count) and self.ahead_of(demand) > 0

    def waiting(self) -> Iterator[Ticket]:
        """All that wait for any key, roughly in the order they will be served."""
        unpinned = (line for (_, pinned), line in self._lines.items() if not pinned)
        lines = [[ticket for ticket in line if not ticket.gone] for line in unpinned]
        for turn in range(max(map(len, lines), default=0)):
            yield from (line[turn] for line in lines if turn < len(line))


def _line_of(demand: Demand) -> Line:
    return demand.client, demand.pinned or ""


@dataclass(slots=True)
class Forecast:
    """The moments at which a caller's next calls will be granted, one after the other."""

    made: float
    line: int = 0  # how many of its calls waited when this was made
    times: list[float] = field(default_factory=list)
    barred: Cause | None = None  # a project was seen that may not use the model

    def of(self, position: int) -> float:
        return self.times[position] if position < len(self.times) else inf
