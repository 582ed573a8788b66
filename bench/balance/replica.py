"""One process of the gateway as the simulation sees it: the real pool, its alarm and those who wait."""

from collections.abc import Callable
from dataclasses import dataclass, field
from math import inf
from random import Random

from bench.balance.clock import Clock
from bench.balance.desk import Case
from bench.balance.fleet import Fleet
from gemini_balance.core.attempts import Attempt
from gemini_balance.core.pool import Demand, KeyId, KeyPool, KeySpec, Lease, Ticket

MAX_FAILURES = 3


@dataclass(slots=True, eq=False)
class Work:
    """What a replica knows of one call besides the call itself."""

    case: Case
    replica: "Replica"
    demand: Demand
    history: list[Attempt] = field(default_factory=list)
    lease: Lease | None = None
    ticket: Ticket | None = None


def specs_of(fleet: Fleet, *, labelled: bool) -> list[KeySpec]:
    """The pool as an operator would write it down."""
    return [KeySpec(KeyId(key.id), f"secret-{key.id}", key.project.name if labelled else "") for key in fleet.keys]


class Replica:
    """A pool, and the tickets of those who wait at it. `serve` is told whose turn it is."""

    def __init__(self, clock: Clock, specs: list[KeySpec], seed: str, serve: Callable[[Work, Lease], None]) -> None:
        self.pool = KeyPool(specs, max_failures=MAX_FAILURES, dice=Random(seed).random)
        self._clock = clock
        self._serve = serve
        self._waiting: dict[Ticket, Work] = {}
        self._alarm = inf

    def enqueue(self, work: Work, until: float) -> bool:
        """Let it wait; False when the queue is full."""
        ticket = self.pool.enqueue(self._clock.now, work.demand, until)
        if ticket is None:
            return False
        work.ticket = ticket
        self._waiting[ticket] = work
        return True

    def withdraw(self, work: Work) -> None:
        """It waits no longer."""
        if work.ticket is not None:
            self.pool.withdraw(work.ticket)
            del self._waiting[work.ticket]
            work.ticket = None

    def grant(self) -> None:
        """Serve whoever may be served now, and look again when the pool says so."""
        if not self._waiting:
            return
        granted = self.pool.grant(self._clock.now)
        for ticket, lease in granted.leases:
            work = self._waiting.pop(ticket)
            work.ticket = None
            self._serve(work, lease)
        self._set_alarm(granted.at)

    def _set_alarm(self, at: float) -> None:
        if at < self._alarm:
            self._alarm = at
            self._clock.at(at, self._ring)

    def _ring(self, _: object) -> None:
        self._alarm = inf
        self.grant()
