"""What well-known gateways do: the next key, and on any failure the next one, without memory."""

from itertools import cycle

from bench.balance.clock import Clock
from bench.balance.desk import Case, Desk
from bench.balance.fleet import Fleet
from bench.balance.ledger import Ending, Ledger
from bench.balance.world import Answer, Trip, Verdict, World

MOST_RETRIES = 3
QUOTA = frozenset({Verdict.MINUTE, Verdict.DAY, Verdict.UNKNOWN})


class RoundRobin(Desk):
    """No cooldown, no waiting."""

    def __init__(self, clock: Clock, world: World, ledger: Ledger, fleet: Fleet) -> None:
        super().__init__(clock, world, ledger)
        self._keys = cycle(fleet.keys)

    def seek(self, case: Case) -> None:
        self.send(case, next(self._keys))

    def react(self, case: Case, trip: Trip, answer: Answer) -> None:
        if answer.verdict is Verdict.WHOLE:
            self.hand_over(case, answer)
        elif answer.verdict is not Verdict.CUT_LATE and trip.number <= MOST_RETRIES:
            self.seek(case)
        else:
            self.end(case, Ending.REFUSED if answer.verdict in QUOTA else Ending.TOLD)
