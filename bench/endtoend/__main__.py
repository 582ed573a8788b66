"""`python -m bench.endtoend`: run, judge, print, write; the exit code says whether every bar is met."""

import sys
import tempfile
from pathlib import Path

import click

from bench.balance.__main__ import chosen
from bench.balance.bars import Result
from bench.balance.figures import Figures
from bench.balance.report import conclude, keep
from bench.balance.scenario import QUICK, USUAL, Scenario
from bench.balance.scenarios import SCENARIOS
from bench.balance.schedulers import ORACLE, OURS, SCHEDULERS
from bench.balance.simulate import Case, prepare, simulate
from bench.endtoend.bars import missed_by
from bench.endtoend.report import MARKERS, SIMULATED, render
from bench.endtoend.run import run, speed_of
from bench.processes import Broken

NAMES = ("ten", "forty", "forty-in-ten", "forty-broken")
ROWS = tuple(scenario for scenario in SCENARIOS if scenario.name in NAMES)
LOADS = (0.8, 1.5, 3.0)
QUICK_LOADS = (0.8,)
MOST_LATE = 0.25  # simulated seconds
SLOWER = (1, 2, 4)


@click.command()
@click.option("--quick", is_flag=True, help="A smoke test: seconds instead of minutes, no bar, nothing written.")
@click.option("--only", callback=chosen(NAMES), help="Some pools, by name, with commas.")
@click.option("--seed", default=1, show_default=True, help="Another one is other pools, calls and faults.")
def main(*, quick: bool, only: frozenset[str], seed: int) -> None:
    """Measure the real gateway before the fake Google, up to ten times as fast as life."""
    rows, loads = [row for row in ROWS if row.name in only], QUICK_LOADS if quick else LOADS
    try:
        results = [measure(row, load, seed, quick=quick) for row in rows for load in loads]
    except Broken as reason:
        raise click.ClickException(str(reason)) from None
    section = render([(result, None if quick else missed_by(result)) for result in results])
    print(f"\n{section}\n")
    if not quick:
        keep(section, whole=rows == list(ROWS), markers=MARKERS)
        sys.exit(conclude((result, missed_by(result)) for result in results))


def measure(row: Scenario, load: float, seed: int, *, quick: bool) -> Result:
    """One line: the same calls over sockets, and in the simulation for the oracle and for the core alone."""
    case = prepare(row, load, seed, QUICK if quick else USUAL)
    simulated = {name: simulate(case, SCHEDULERS[of]) for name, of in ((ORACLE, ORACLE), (SIMULATED, OURS))}
    return Result(row, load, len(case.fleet.living), {**simulated, OURS: over_sockets(case)})


def over_sockets(case: Case) -> Figures:
    """As fast as this machine can just now: pauses of its own must not pass for the network's."""
    speed = speed_of(case)
    for slower in SLOWER:
        with tempfile.TemporaryDirectory(prefix="end-to-end-") as folder:
            seen = run(case, speed / slower, Path(folder))
        figures, name = seen.figures, f"{case.scenario.name} at load {case.load:g}, {speed / slower:.1f} times as fast"
        told = f"{figures.good_share:.2%} good, {figures.price:.3f} calls per good, callers {seen.late:.2f} s late"
        print(f"{name} as life: {told}", file=sys.stderr, flush=True)
        if seen.late <= MOST_LATE:
            break
    return figures


if __name__ == "__main__":
    main()
