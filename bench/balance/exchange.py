"""What replicas tell each other: a few times a second, late, and now and then not at all or twice."""

from random import Random
from typing import Any

from bench.balance.clock import Clock
from bench.balance.replica import Replica

EVERY = 0.25
LATE = 0.25  # seconds at most
LOST = REPEATED = 0.03


class Exchange:
    """Between all replicas, each with each."""

    def __init__(self, clock: Clock, replicas: list[Replica], seed: str) -> None:
        self._clock = clock
        self._replicas = replicas
        self._dice = Random(seed)
        names = tuple(f"replica-{n}" for n in range(len(replicas)))
        for name, replica in zip(names, replicas, strict=True):
            replica.pool.share(me=name, replicas=names)

    def begin(self) -> None:
        """Each has its own beat."""
        for replica in self._replicas:
            self._clock.at(self._clock.now + EVERY * self._dice.random(), self._tell, replica)

    def _tell(self, replica: Replica) -> None:
        facts = replica.pool.tell(self._clock.now)
        for other in self._replicas:
            if other is not replica:
                self._carry(other, facts)
        replica.grant()
        self._clock.at(self._clock.now + EVERY, self._tell, replica)

    def _carry(self, other: Replica, facts: list[Any]) -> None:
        if self._dice.random() >= LOST:
            self._clock.at(self._clock.now + LATE * self._dice.random(), self._hear, (other, facts))
        if self._dice.random() < REPEATED:
            self._clock.at(self._clock.now + EVERY + LATE, self._hear, (other, facts))

    def _hear(self, told: tuple[Replica, list[Any]]) -> None:
        other, facts = told
        other.pool.hear(self._clock.now, facts)
        other.grant()
