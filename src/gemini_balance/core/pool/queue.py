"""Who waits for a key: in turn between client tokens, first come first served within one.

Where what is left doesn't do for a call, smaller ones that came later may have it.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from itertools import count, takewhile
from math import log2
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from gemini_balance.core.pool.key import NO_TAGS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gemini_balance.core.pool.demand import Demand

Line: TypeAlias = tuple[str, str, frozenset[str]]  # who waits, for which key alone, and for which tags
Row: TypeAlias = "OrderedDict[int, Ticket]"  # by number; dict.move_to_end puts one in front
Size: TypeAlias = tuple[int, int]  # of the tokens, and of the requests that it counts as
Counted = TypeVar("Counted", str, Size)
LONGEST = 10.0  # seconds that it waits for those in use, or half of its patience
STEPS = 4  # rows for each doubling of either


@dataclass(slots=True, eq=False)
class Ticket:
    """A place in the queue of one quota model."""

    demand: Demand
    since: float
    until: float = float("inf")  # when its caller has no more patience
    gone: bool = False  # served, or given back
    queue: Queue | None = None  # where it waits
    number: int = 0  # in the order in which they came; negative for who had its turn before
    tokens: int = 0  # that it is sure to fit in
    size: Size = (0, 0)  # those of the same stand in one row

    @property
    def settles(self) -> float:
        """From when on it takes a key of which nothing is known, however many of those came to nothing."""
        return self.since + min(LONGEST, (self.until - self.since) / 2)

    def fits(self, tokens: float, units: float) -> bool:
        return self.tokens <= tokens and self.demand.units <= units


@dataclass(slots=True, eq=False)
class Waiting:
    """One line: rows of calls that need about as much, so that nobody passes one of its like."""

    order: Row = field(default_factory=OrderedDict)
    rows: dict[Size, Row] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.order)

    def add(self, ticket: Ticket) -> None:
        ticket.size = size_of(ticket)
        for row in (self.order, self.rows.setdefault(ticket.size, OrderedDict())):
            row[ticket.number] = ticket
            if ticket.number < 0:
                row.move_to_end(ticket.number, last=False)

    def remove(self, ticket: Ticket) -> None:
        del self.order[ticket.number], self.rows[ticket.size][ticket.number]
        if not self.rows[ticket.size]:
            del self.rows[ticket.size]

    def first(self) -> Ticket:
        """Of those that wait here, of whom there must be one."""
        return next(iter(self.order.values()))

    def fitting(self, tokens: float, units: float) -> Ticket | None:
        """The first of those that need no more than these."""
        first = self.first()
        if first.fits(tokens, units):
            return first
        heads = (next(iter(row.values())) for row in self.rows.values())
        return min((head for head in heads if head.fits(tokens, units)), key=_number, default=None)


class Queue:
    """Tickets of one quota model. Pinned ones stand in lines of their own: they wait for their key, not for any."""

    def __init__(self) -> None:
        self.changes = 0  # so far
        self._lines: OrderedDict[Line, Waiting] = OrderedDict()
        self._pinned: OrderedDict[Line, Waiting] = OrderedDict()
        self._sizes: dict[Size, int] = {}  # rows of the lines that wait for any key → how many wait
        self._count = 0
        self._tags: dict[str, int] = {}  # how many wait for keys of these alone
        self._any = 0  # that wait for any key at all
        self._numbers = count(1)

    def __len__(self) -> int:
        return self._count

    def join(self, ticket: Ticket, *, ahead: bool) -> None:
        """`ahead`: it had its turn already, and its attempt failed."""
        number = next(self._numbers)
        ticket.queue, ticket.number = self, -number if ahead else number
        self._of(ticket.demand).setdefault(line_of(ticket.demand), Waiting()).add(ticket)
        self._changed(ticket, 1)

    def leave(self, ticket: Ticket) -> None:
        """Served or given back."""
        if ticket.gone:
            return
        ticket.gone = True
        lines, name = self._of(ticket.demand), line_of(ticket.demand)
        lines[name].remove(ticket)
        if not lines[name]:
            del lines[name]
        self._changed(ticket, -1)

    def lines(self) -> list[tuple[Line, Waiting]]:
        """Of those that wait for any key: whose turn it is, the one that waited longest for its turn first."""
        return list(self._lines.items())

    def first(self) -> list[Waiting]:
        """The one of these that has waited longest, rather one that takes any key; empty where nobody waits."""
        lines = [line for name, line in self._lines.items() if not name[2]] or list(self._lines.values())
        return lines[:1]

    def passed(self, by: Ticket) -> Iterator[Ticket]:
        """Those whose turn was before this one's, of lines that wait for any key."""
        name = line_of(by.demand)
        for one, line in self._lines.items():
            yield from takewhile(lambda ticket: ticket is not by, line.order.values())
            if one == name:
                break

    def pinned(self) -> list[Ticket]:
        """The first of each line that waits for one key."""
        return [line.first() for line in self._pinned.values()]

    def waiting(self, *, of_all: bool) -> list[Waiting]:
        """The lines of those who wait for one key; `of_all`: and for any."""
        return [*self._pinned.values(), *(self._lines.values() if of_all else ())]

    def served(self, ticket: Ticket) -> None:
        """Its line had its turn."""
        self.leave(ticket)
        lines, name = self._of(ticket.demand), line_of(ticket.demand)
        if name in lines:
            lines.move_to_end(name)

    def least(self) -> float:
        """No call that waits for any key needs fewer tokens."""
        return min((2.0 ** (size / STEPS) if size else 0.0 for size, _ in self._sizes), default=float("inf"))

    def line(self, demand: Demand) -> int:
        """How many wait in the line that this call would join."""
        line = self._of(demand).get(line_of(demand))
        return len(line) if line else 0

    def stands_before(self, demand: Demand) -> bool:
        """Does anybody wait for whatever this call would take? Who waits for one key stands in nobody else's way."""
        return self._count > 0 and bool(self.line(demand) or (self._any and not demand.pinned))

    def spares(self) -> frozenset[str]:
        """Keys with these tags are left to those who wait for them alone."""
        return frozenset(self._tags) if self._tags else NO_TAGS

    def _of(self, demand: Demand) -> OrderedDict[Line, Waiting]:
        return self._pinned if demand.pinned else self._lines

    def _changed(self, ticket: Ticket, more: int) -> None:
        self._count += more
        self.changes += 1
        if not ticket.demand.pinned:
            self._any += 0 if ticket.demand.tags else more
            for tag in ticket.demand.tags:
                _count(self._tags, tag, more)
            _count(self._sizes, ticket.size, more)


def line_of(demand: Demand) -> Line:
    return demand.client, demand.pinned or "", demand.tags


def _count(counts: dict[Counted, int], what: Counted, more: int) -> None:
    left = counts[what] = counts.get(what, 0) + more
    if not left:
        del counts[what]


def size_of(ticket: Ticket) -> Size:
    return int(STEPS * log2(max(ticket.tokens, 1))), int(STEPS * log2(ticket.demand.units))


def _number(ticket: Ticket) -> int:
    return ticket.number
