"""Those who wait, as a forecast plays with them: the queue itself stays as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from gemini_balance.core.pool.queue import line_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gemini_balance.core.pool.queue import Line, Size, Ticket, Waiting

Place: TypeAlias = "tuple[Line, int]"


class PlayedLine:
    """Who waits in one line, to be played with."""

    __slots__ = ("batches", "fewest", "least", "tickets")

    def __init__(self, tickets: list[Ticket]) -> None:
        self.tickets = tickets
        self.least = min(ticket.tokens for ticket in tickets)
        self.fewest = min(ticket.demand.units for ticket in tickets)
        self.batches = any(ticket.demand.units > 1 for ticket in tickets)

    def find(self, tokens: float, units: float, at: float) -> int | None:
        """The place of the first that needs no more than these, and has patience until then."""
        if self.least > tokens or self.fewest > units:
            return None
        rows: set[Size] = set()
        for place, ticket in enumerate(self.tickets):
            if ticket.size in rows or ticket.until < at:
                continue
            if ticket.fits(tokens, units):
                return place
            rows.add(ticket.size)
        return None

    def remove(self, place: int) -> Ticket:
        ticket = self.tickets.pop(place)
        if ticket.tokens <= self.least:
            self.least = min((ticket.tokens for ticket in self.tickets), default=0)
        if self.batches and ticket.demand.units <= self.fewest:
            self.fewest = min((ticket.demand.units for ticket in self.tickets), default=1)
        return ticket


class PlayedLines:
    """All of them."""

    def __init__(self, lines: Iterable[tuple[Line, Waiting]]) -> None:
        self._lines = {name: PlayedLine(list(line.order.values())) for name, line in lines}
        self.count = sum(self.waiting().values())

    def waiting(self) -> dict[Line, int]:
        """How many in each, in turn."""
        return {name: len(line.tickets) for name, line in self._lines.items()}

    def add(self, ticket: Ticket) -> None:
        """At the head of its line where it had its turn before, else at the end."""
        name = line_of(ticket.demand)
        before = self._lines[name].tickets if name in self._lines else []
        self._lines[name] = PlayedLine([ticket, *before] if ticket.demand.again else [*before, ticket])
        self.count += 1

    def find(self, tokens: float, units: float, at: float, tags: frozenset[str]) -> Place | None:
        """Of the first in turn that fits, and may use keys with these."""
        for name, line in list(self._lines.items()):
            if name[2] and name[2].isdisjoint(tags):
                continue
            self._leave(line, at)
            if (place := line.find(tokens, units, at)) is not None:
                return name, place
            if not line.tickets:
                del self._lines[name]
        return None

    def passed(self, by: Place) -> Iterator[Ticket]:
        """Those whose turn was before this one's."""
        for name, line in self._lines.items():
            if name == by[0]:
                yield from line.tickets[: by[1]]
                return
            yield from line.tickets

    def take(self, place: Place) -> Ticket:
        """Its line has had its turn then."""
        name, number = place
        line = self._lines[name] = self._lines.pop(name)
        self.count -= 1
        return line.remove(number)

    def drop(self, ticket: Ticket) -> None:
        line = self._lines.get(line_of(ticket.demand))
        if line is not None and ticket in line.tickets:
            line.remove(line.tickets.index(ticket))
            self.count -= 1

    def _leave(self, line: PlayedLine, at: float) -> None:
        """Those at its head whose patience has ended."""
        while line.tickets and line.tickets[0].until < at:
            line.remove(0)
            self.count -= 1
