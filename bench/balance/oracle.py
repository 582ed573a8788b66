"""The scheduler that knows everything but which call will meet a fault: what the others are measured by."""

from collections import defaultdict
from math import inf

from bench.balance.books import Booking, Books
from bench.balance.breaker import Breaker
from bench.balance.chances import draw
from bench.balance.clock import Clock
from bench.balance.desk import Case, Desk
from bench.balance.fleet import Fleet
from bench.balance.ledger import Ending, Ledger
from bench.balance.line import Queue
from bench.balance.windows import Shape
from bench.balance.world import TRAVEL, Answer, Trip, Verdict, World

LEAD = TRAVEL[1]  # every call is made to arrive so long after its decision: arrivals keep the order of decisions
MOST_RETRIES = 3
BACKOFF = 0.4  # seconds after a first 503, twice as long after each further one; give or take a half
NOT_COUNTED = frozenset({Verdict.BROKEN, Verdict.OVERLOADED})
HEARD = 1e-6  # an alarm must not ring a rounding error too early

Paces = dict[str, float]
"""Calls a second that the quota of all projects lets through, by model."""


class Oracle(Desk):
    """Books exact room ahead of every call, and lets calls wait for it."""

    def __init__(self, clock: Clock, world: World, ledger: Ledger, *, fleet: Fleet, shape: Shape, paces: Paces) -> None:
        super().__init__(clock, world, ledger)
        self._books = Books(fleet, shape)
        self._queues: defaultdict[str, Queue] = defaultdict(Queue)
        self._breakers = {model: Breaker(pace) for model, pace in paces.items()}
        self._bookings: dict[int, Booking] = {}
        self._alarms: defaultdict[str, float] = defaultdict(lambda: inf)

    def seek(self, case: Case) -> None:
        self._wait(case)
        self._serve(case.call.model)

    def react(self, case: Case, trip: Trip, answer: Answer) -> None:
        booking = self._bookings.pop(case.call.id)
        if answer.verdict in NOT_COUNTED:
            self._books.cancel(booking)
        if answer.verdict is Verdict.WHOLE:
            return self.hand_over(case, answer)
        case.failures += 1
        if answer.verdict is Verdict.CUT_LATE or case.failures > MOST_RETRIES:
            return self.end(case, Ending.TOLD)
        return self._try_again(case, trip, answer.verdict)

    def _try_again(self, case: Case, trip: Trip, verdict: Verdict) -> None:
        if verdict is Verdict.OVERLOADED:
            jitter = 0.5 + draw(case.call.id, trip.number)
            self.clock.at(self.clock.now + BACKOFF * 2 ** (case.failures - 1) * jitter, self._after_backoff, case)
        else:
            self._wait(case, first=True)
            self._serve(case.call.model)

    def _after_backoff(self, case: Case) -> None:
        """While the model refuses everything, whoever has learnt it goes to the end of the line."""
        if self.is_open(case):
            refusing = self._breakers[case.call.model].is_open(self.clock.now)
            self._wait(case, first=not refusing)
            self._serve(case.call.model)

    def _wait(self, case: Case, *, first: bool = False) -> None:
        case.since, case.waits = self.clock.now, True
        case.rank = case.call.at if first else self.clock.now
        self._queues[case.call.model].add(case, first=first)
        self.clock.at(case.since + case.patience, self._lose_patience, case)

    def _lose_patience(self, case: Case) -> None:
        if case.waits and self.clock.now >= case.since + case.patience:
            self.end(case, Ending.REFUSED)

    def _serve(self, model: str) -> None:
        """Send whoever fits somewhere; the others wait for the next room."""
        queue, now = self._queues[model], self.clock.now
        while self._breakers[model].lets(now):
            case = queue.take(self._books.widest(model, now + LEAD))
            if case is None:
                break
            self._go(case)
        if queue:
            self._look_again(model)

    def _go(self, case: Case) -> None:
        call, now = case.call, self.clock.now
        booking = self._books.book(call.model, call.tokens, now + LEAD)
        assert booking is not None, "it was said to fit"
        case.waits = False
        case.patience -= now - case.since
        self._bookings[call.id] = booking
        self._breakers[call.model].sent(self.send(case, next(booking.room.keys), travel=LEAD))

    def _look_again(self, model: str) -> None:
        breaker = self._breakers[model]
        shut = not breaker.lets(self.clock.now)
        when = HEARD + (breaker.again(self.clock.now) if shut else self._books.next_room() - LEAD)
        if when < self._alarms[model]:
            self._alarms[model] = when
            self.clock.at(when, self._ring, model)

    def _ring(self, model: str) -> None:
        self._alarms[model] = inf
        self._serve(model)
