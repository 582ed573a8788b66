"""A small world to test in: a few projects, no faults unless asked for, and somebody who writes down the answers."""

from dataclasses import replace
from math import inf

from bench.balance.arrivals import Call
from bench.balance.clock import START, Clock
from bench.balance.fleet import Fleet, Key, Project, build_fleet
from bench.balance.scenario import FLASH, Faults, Mix, Outage, Scenario
from bench.balance.scenarios import QUIET
from bench.balance.windows import Quota, Shape
from bench.balance.world import Answer, Trip, World

SECONDS = 0.1  # of every way to the upstream


def scenario(
    quota: Quota, *, keys: int = 1, projects: int = 1, faults: Faults = QUIET, outages: tuple[Outage, ...] = ()
) -> Scenario:
    mixes = (Mix(share=1.0, quotas={FLASH: quota}),)
    plain = Scenario(name="test", what="a test", keys=keys, projects=projects, mixes=mixes)
    return replace(plain, faults=faults, outages=outages, shape=Shape.SLIDING)


def call(number: int = 0, *, tokens: int = 100, at: float = 0.0, streamed: bool = True, deadline: float = inf) -> Call:
    return Call(number, START + at, FLASH, tokens, tokens, "app", streamed, deadline)


class Asker:
    """Sends calls when it is told to, and keeps what comes back."""

    def __init__(self, row: Scenario, fleet: Fleet | None = None) -> None:
        self.clock = Clock()
        self.fleet = fleet or build_fleet(row, seed=1)
        self.world = World(self.clock, self.fleet, row, seed=1)
        self.answers: list[Answer] = []
        self._number = 0

    @property
    def key(self) -> Key:
        return self.fleet.keys[0]

    @property
    def project(self) -> Project:
        return self.fleet.projects[0]

    def ask(self, seconds: float, tokens: int = 100) -> None:
        """One call that arrives there so many seconds after the start."""
        self._number += 1
        trip = Trip(call(self._number, tokens=tokens), self.key, 1, self._note, _ignore)
        self.clock.at(START + seconds - SECONDS, self._send, trip)

    def all_answers(self) -> list[Answer]:
        self.clock.run(START + 1_000.0)
        return self.answers

    def _send(self, trip: Trip) -> None:
        self.world.send(trip, SECONDS)

    def _note(self, _trip: Trip, answer: Answer) -> None:
        self.answers.append(answer)


def _ignore(_: Trip) -> None:
    """Nobody asks when an answer began."""
