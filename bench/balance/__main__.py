"""`python -m bench.balance`: simulate, judge, print, write; the exit code says whether every bar is met."""

import gc
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial

import click

from bench.balance.bars import ENOUGH_CHECKED, Result, judge
from bench.balance.figures import Figures
from bench.balance.promises import MOST_CHECKED
from bench.balance.report import conclude, keep, render
from bench.balance.scenario import QUICK, Scenario
from bench.balance.scenarios import SCENARIOS
from bench.balance.schedulers import SCHEDULERS, schedulers_of
from bench.balance.simulate import MOST_SEEDS, prepare, repeats, simulate

QUICK_LOADS = (0.8, 3.0)
SEEDS_APART = 1_000


def chosen(among: Sequence[str]) -> Callable[[click.Context, click.Parameter, str | None], frozenset[str]]:
    """Names with commas between them; none: all."""

    def choose(_context: click.Context, _parameter: click.Parameter, names: str | None) -> frozenset[str]:
        wanted = frozenset(names.split(",")) if names else frozenset(among)
        if unknown := wanted - set(among):
            raise click.BadParameter(f"{', '.join(sorted(unknown))}; there are {', '.join(among)}")
        return wanted

    return choose


@click.command()
@click.option("--quick", is_flag=True, help="A smoke test: seconds instead of minutes, no bar, nothing written.")
@click.option("--only", callback=chosen([s.name for s in SCENARIOS]), help="Some pools, by name, with commas.")
@click.option("--schedulers", callback=chosen(list(SCHEDULERS)), help="Some of them, by name, with commas.")
@click.option("--seed", default=1, show_default=True, help="Another one is other pools, calls and faults.")
def main(*, quick: bool, only: frozenset[str], schedulers: frozenset[str], seed: int) -> None:
    """Measure how much of a pool's real quota becomes good answers."""
    rows = [scenario for scenario in SCENARIOS if scenario.name in only]
    lines = [(row, load) for row in rows for load in (QUICK_LOADS if quick else row.loads)]
    take = partial(measure, schedulers=schedulers, seed=seed, quick=quick)
    with ProcessPoolExecutor(initializer=collect_rarely) as processes:
        results = list(processes.map(take, *zip(*lines, strict=True)))
    section = render(results, barred=not quick)
    print(f"\n{section}\n")
    if not quick:
        keep(section, whole=rows == list(SCENARIOS) and schedulers == set(SCHEDULERS))
        sys.exit(conclude((results[number], words) for number, words in judge(results).items()))


def collect_rarely() -> None:
    """Calls are many and form no circles."""
    gc.set_threshold(100_000, 20, 100)


def measure(scenario: Scenario, load: float, *, schedulers: frozenset[str], seed: int, quick: bool) -> Result:
    """One line: all schedulers over the same calls, with as many seeds as it takes."""
    began, phases = time.process_time(), QUICK if quick else scenario.phases
    names = [name for name in schedulers_of(scenario) if name in schedulers]
    sums, living = dict.fromkeys(names, Figures()), scenario.projects
    least = 1 if quick else repeats(scenario, load, seed, phases)
    for further in range(MOST_SEEDS):
        if further >= least and (quick or settled(sums)):
            break
        case = prepare(scenario, load, seed + SEEDS_APART * further, phases)
        living = min(living, len(case.fleet.living))
        for name in names:
            sums[name] += simulate(case, SCHEDULERS[name])
    print(f"{scenario.name} at load {load:g}: {time.process_time() - began:.1f} s", file=sys.stderr, flush=True)
    return Result(scenario, load, living, sums)


def settled(sums: Mapping[str, Figures]) -> bool:
    """Were refusals checked often enough, if their share is judged at all?"""
    checked = max((figures.checked for figures in sums.values()), default=0)
    return not ENOUGH_CHECKED <= checked < MOST_CHECKED


if __name__ == "__main__":
    main()
