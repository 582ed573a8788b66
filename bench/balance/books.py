"""The oracle's books: how much room every project has at the moment at which a call would arrive there."""

from bisect import bisect_left, insort
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle
from math import inf

from bench.balance.fleet import Fleet, Key, Project
from bench.balance.windows import Quota, Shape, leaves

Place = tuple[float, int]  # tokens left, number of the room


@dataclass(slots=True, eq=False)
class Room:
    """What is left of one project's quota for one model."""

    number: int
    model: str
    keys: Iterator[Key]
    requests: float
    tokens: float
    today: float
    place: Place | None = None  # on its shelf, while it has room

    @property
    def lasting(self) -> bool:
        """Whether the day knows no limit; what is scarce for a day is kept for later."""
        return self.today == inf


@dataclass(slots=True, eq=False)
class Booking:
    """Room that is taken until a moment."""

    room: Room
    tokens: int
    until: float
    void: bool = False


class Shelf:
    """The rooms of one model that can take a request, by the tokens they can take."""

    def __init__(self) -> None:
        self._lasting: list[Place] = []
        self._scarce: list[Place] = []

    def tightest(self, tokens: int) -> int | None:
        """The room in which these tokens leave the least unused, so that large ones stay for large calls."""
        for places in (self._lasting, self._scarce):
            at = bisect_left(places, (tokens, -1))
            if at < len(places):
                return places[at][1]
        return None

    def widest(self) -> float:
        """The most tokens that a call may have to fit somewhere."""
        return max((places[-1][0] for places in (self._lasting, self._scarce) if places), default=-1.0)

    def put(self, room: Room) -> None:
        """Put a room where it belongs after its room has changed."""
        places = self._lasting if room.lasting else self._scarce
        if room.place is not None:
            del places[bisect_left(places, room.place)]
        room.place = (room.tokens, room.number) if room.requests > 0 and room.today > 0 else None
        if room.place is not None:
            insort(places, room.place)


class Books:
    """All rooms. Moments must be named in their order."""

    def __init__(self, fleet: Fleet, shape: Shape) -> None:
        self._shape = shape
        self._rooms: list[Room] = []
        self._shelves: dict[str, Shelf] = {}
        self._taken: deque[Booking] = deque()  # by the moment at which they end
        for project in fleet.living:
            for model, quota in project.quotas.items():
                self._open(project, model, quota)

    def widest(self, model: str, at: float) -> float:
        """The most tokens that fit anywhere at that moment; negative where nothing does."""
        self._pass(at)
        return self._shelves[model].widest()

    def book(self, model: str, tokens: int, at: float) -> Booking | None:
        """Take room for a call that arrives then."""
        self._pass(at)
        number = self._shelves[model].tightest(tokens)
        if number is None:
            return None
        booking = Booking(self._rooms[number], tokens, leaves(self._shape, at))
        self._taken.append(booking)
        booking.room.today -= 1
        self._give(booking, -1)
        return booking

    def cancel(self, booking: Booking) -> None:
        """The upstream didn't count that call."""
        booking.room.today += 1
        if not booking.void:
            booking.void = True
            self._give(booking, 1)

    def next_room(self) -> float:
        """When the next booking ends."""
        return self._taken[0].until if self._taken else inf

    def _open(self, project: Project, model: str, quota: Quota) -> None:
        keys = cycle([key for key in project.keys if not key.useless])
        requests, tokens, today = (
            inf if limit is None else float(limit) for limit in (quota.rpm, quota.tpm, quota.rpd)
        )
        room = Room(len(self._rooms), model, keys, requests, tokens, today)
        self._rooms.append(room)
        self._shelves.setdefault(model, Shelf()).put(room)

    def _pass(self, at: float) -> None:
        while self._taken and self._taken[0].until <= at:
            booking = self._taken.popleft()
            if not booking.void:
                booking.void = True
                self._give(booking, 1)

    def _give(self, booking: Booking, times: int) -> None:
        room = booking.room
        room.requests += times
        room.tokens += times * booking.tokens
        self._shelves[room.model].put(room)
