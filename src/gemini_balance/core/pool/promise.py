"""The moments at which rooms appear, and whose they are: what a caller can be told."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from gemini_balance.core.outcome import Cause
    from gemini_balance.core.pool.queue import Line

FRESH = 0.2  # seconds that a forecast is believed at most where things change, and ...
STEP_LASTS = 1e-3  # ... for each step that it took, so that forecasts take a hundredth of the time at most
SHORT = 50  # steps of a forecast that is made anew whenever something has changed


class Room(NamedTuple):
    """What appears, and whose line takes it; None: nobody's."""

    at: float
    tokens: float  # that a call may need to fit
    places: float  # that were not there before
    line: Line | None
    most: float = inf  # requests that a call may count as to fit
    tags: frozenset[str] = frozenset()  # of the keys that it is with


@dataclass(slots=True)
class Forecast:
    """Rooms in their order, until one was found that is big enough."""

    made: float
    changes: int  # of the lane when it was made
    tokens: int  # it was made for
    events: int = 0  # looked at
    rooms: list[Room] = field(default_factory=list)
    turns: list[Line] = field(default_factory=list)  # when it was made
    waiting: dict[Line, int] = field(default_factory=dict)  # how many
    own: float = inf  # when the one is granted for whose sake it was made
    barred: Cause | None = None  # a project was seen that may not use the model
    units: int = 1  # it was made for
    tags: frozenset[str] = frozenset()  # it was made for

    def believed(self, now: float, changes: int) -> bool:
        if changes == self.changes:
            return True
        steps = self.events + len(self.rooms)
        return steps > SHORT and now - self.made <= min(FRESH, steps * STEP_LASTS)

    def of(self, line: Line, tokens: int, behind: int = 0, units: int = 1, *, ahead: bool = False) -> float:
        """When a call is granted before which so many joined its line since, or that stands ahead of all in it.

        Its line stands before those that have had a turn since its own last one; where one of these takes a room,
        nobody in its line could.
        """
        tags = line[2]
        passed = set(self.turns[self.turns.index(line) :]) if line in self.waiting else set()
        for room in self.rooms:
            if room.line == line and not ahead:
                passed.clear()
            elif room.line is not None and room.line not in passed:
                passed.add(room.line)
            elif room.tokens >= tokens and room.most >= units and (not tags or not tags.isdisjoint(room.tags)):
                if room.places > behind:
                    return room.at
                behind -= int(room.places)
                passed.clear()
        return inf
