"""One scheduler, one scenario, one load: from the first call to the last answer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil

from bench.balance.arrivals import Arrivals, Call, calls_of
from bench.balance.clock import START, Clock
from bench.balance.desk import Desk
from bench.balance.figures import Figures
from bench.balance.fleet import Fleet, build_fleet
from bench.balance.ledger import Ledger
from bench.balance.scenario import Phases, Scenario
from bench.balance.world import World

ENOUGH_CALLS = 10_000  # measured, of one row: three tenths of that told of their dice in the third digit
MOST_SEEDS = 20
AFTERMATH = 150.0  # seconds after the last arrival in which the last answers come


@dataclass(frozen=True)
class Case:
    """One scenario at one load: what all schedulers meet alike."""

    scenario: Scenario
    load: float
    seed: int
    phases: Phases
    fleet: Fleet
    calls: Sequence[Call]


@dataclass
class Stage:
    """A run that is set up. The fleet is never changed, so runs share it."""

    case: Case
    clock: Clock
    world: World
    ledger: Ledger
    arrivals: Arrivals | None = None


def prepare(scenario: Scenario, load: float, seed: int, phases: Phases) -> Case:
    """Draw the pool and the calls."""
    fleet = build_fleet(scenario, seed)
    capacity = fleet.capacity(scenario.callers, phases.stop)
    calls = calls_of(scenario.callers, load * capacity, phases, f"calls {scenario.name} {load} {seed}")
    return Case(scenario, load, seed, phases, fleet, calls)


def repeats(scenario: Scenario, load: float, seed: int, phases: Phases) -> int:
    """How many seeds a row takes, so that small pools tell more than their luck."""
    rate = load * build_fleet(scenario, seed).capacity(scenario.callers, phases.stop)
    return min(max(ceil(ENOUGH_CALLS / (rate * phases.measured)), 1), MOST_SEEDS)


def simulate(case: Case, scheduler: Callable[[Stage], Desk]) -> Figures:
    """Let one scheduler serve all calls."""
    clock = Clock()
    world = World(clock, case.fleet, case.scenario, case.seed)
    stage = Stage(case, clock, world, Ledger(case.calls, case.phases))
    desk = scheduler(stage)
    stage.arrivals = Arrivals(clock, case.calls, desk.arrive)
    stage.arrivals.begin()
    clock.run(START + case.phases.stop + AFTERMATH)
    return stage.ledger.figures()
