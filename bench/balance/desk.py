"""What all schedulers have in common: calls come in, trips go out, answers come back, callers lose patience."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from math import inf

from bench.balance.arrivals import PATIENCE, Call
from bench.balance.clock import Clock
from bench.balance.fleet import Key
from bench.balance.ledger import Ending, Ledger
from bench.balance.world import Answer, Trip, World


@dataclass(slots=True, eq=False)
class Case:
    """One call in a scheduler's hands."""

    call: Call
    trips: int = 0
    trip: Trip | None = None  # the one under way
    failures: int = 0  # that no key or quota explains
    patience: float = PATIENCE  # seconds that are left for waiting
    since: float = 0.0  # when it began to wait
    rank: float = 0.0  # its place while it waits; another one each time
    waits: bool = False


class Desk(ABC):
    """Where calls arrive."""

    def __init__(self, clock: Clock, world: World, ledger: Ledger) -> None:
        self.clock = clock
        self.world = world
        self.ledger = ledger
        self._cases: dict[int, Case] = {}

    def arrive(self, call: Call) -> None:
        """A caller asks."""
        case = self._cases[call.id] = Case(call)
        if call.deadline < inf:
            self.clock.at(call.deadline, self._too_late, case)
        self.seek(case)

    @abstractmethod
    def seek(self, case: Case) -> None:
        """Find a key for it, now or later, or refuse it."""

    @abstractmethod
    def react(self, case: Case, trip: Trip, answer: Answer) -> None:
        """An answer is there: hand it over, try again, or tell the caller."""

    def forget(self, case: Case) -> None:  # noqa: B027  (most have nothing to forget)
        """The caller has left; what is held for it is to be given back."""

    def began(self, trip: Trip) -> None:  # noqa: B027  (only the real core listens)
        """An answer has begun."""

    def send(self, case: Case, key: Key, travel: float | None = None) -> Trip:
        """Ask the upstream with this key."""
        case.trips += 1
        case.trip = trip = Trip(case.call, key, case.trips, self._back, self.began)
        self.ledger.sent(case.call, key, self.clock.now)
        self.world.send(trip, travel)
        return trip

    def hand_over(self, case: Case, answer: Answer) -> None:
        """The caller gets this as a whole answer."""
        del self._cases[case.call.id]
        self.ledger.handed_over(case.call, answer)

    def end(self, case: Case, ending: Ending) -> None:
        """The caller gets an error."""
        del self._cases[case.call.id]
        case.waits = False
        self.ledger.ended(case.call, ending)

    def is_open(self, case: Case) -> bool:
        """Whether anybody still waits for this call's answer."""
        return self._cases.get(case.call.id) is case

    def _back(self, trip: Trip, answer: Answer) -> None:
        self.ledger.answered(trip.key, self.clock.now)
        case = self._cases.get(trip.call.id)
        if case is not None and case.trip is trip:
            case.trip = None
            self.react(case, trip, answer)

    def _too_late(self, case: Case) -> None:
        if self.is_open(case):
            waited = case.waits
            self.forget(case)
            self.end(case, Ending.REFUSED if waited else Ending.TOLD)
