"""The run: every scenario on every target that takes part in it, in turns, and one number for each figure."""

import statistics
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.bodies import write_bodies
from bench.gateway import JOURNALLED, gateway_server
from bench.loadgen import LoadGenerator
from bench.measure import Figures, Rig, measure
from bench.nginx import nginx_server
from bench.processes import Cores, Server
from bench.scenarios import Scenario
from bench.upstream import upstream_server

# A core that strangers share takes up to twice the time for the same work: whoever else is there only ever adds.
LEAST = frozenset({"cpu_us", "cpu_us_event", "side_us"})

Samples = dict[str, dict[str, list[Figures]]]  # by scenario, by target


@dataclass(frozen=True)
class Plan:
    """What one call of the bench does."""

    scenarios: Sequence[Scenario]
    repetitions: int
    seconds: float
    gateway_command: str
    nginx: str | None  # the program; None = go without
    programs: dict[str, Path]  # the two in C
    cores: Cores


@contextmanager
def open_rig(plan: Plan, folder: Path) -> Iterator[tuple[Rig, dict[str, Server]]]:
    """The upstream, running, and the targets, not yet started; all of them ended when this is left."""
    bodies = folder / "bodies"
    bodies.mkdir()
    write_bodies(bodies)
    upstream = upstream_server(plan.programs["upstream"], plan.cores.driving, folder)
    load = LoadGenerator(plan.programs["loadgen"], plan.cores.driving, bodies)
    ours = plan.gateway_command, plan.cores.measured, folder, upstream.port
    servers = [upstream, gateway_server(*ours), gateway_server(*ours, JOURNALLED)]
    if plan.nginx:
        servers.append(nginx_server(plan.nginx, plan.cores.measured, folder, upstream.port))
    with ExitStack() as stack:
        for server in servers:
            stack.callback(server.stop)
        upstream.start()
        yield Rig(upstream, load, plan.seconds), {server.name: server for server in servers}


def run(plan: Plan, folder: Path) -> tuple[Samples, list[str]]:
    """Everything that was measured, and everything that was wrong."""
    samples: Samples = {}
    with open_rig(plan, folder) as (rig, servers):
        for scenario in plan.scenarios:
            targets = [servers[name] for name in scenario.requests if name in servers]
            samples[scenario.name] = _run_scenario(rig, scenario, targets, plan.repetitions)
    return samples, rig.complaints


def _run_scenario(rig: Rig, scenario: Scenario, targets: list[Server], repetitions: int) -> dict[str, list[Figures]]:
    taken: dict[str, list[Figures]] = {server.name: [] for server in targets}
    print(f"{scenario.name:13}", end="", flush=True)
    for _ in range(repetitions * scenario.turns):
        # In turns, so that what else happens on the machine meets all of them.
        for server in targets:
            if server.process is None:
                server.start()
            try:
                taken[server.name].append(measure(rig, scenario, server))
            finally:
                server.must_run()  # if it ended, that is the reason of whatever else went wrong
            print(".", end="", flush=True)
    print(flush=True)
    return taken


def figures_of(samples: Samples) -> dict[str, dict[str, Figures]]:
    """One number for every figure: the least CPU time, the median of anything else."""
    return {
        scenario: {target: _one_of_each(taken) for target, taken in targets.items()}
        for scenario, targets in samples.items()
    }


def _one_of_each(taken: list[Figures]) -> Figures:
    names = sorted(set().union(*taken))
    return {name: _one([figures[name] for figures in taken if name in figures], name) for name in names}


def _one(values: list[float], name: str) -> float:
    return min(values) if name in LEAST else statistics.median(values)


def foreign_cores(samples: Samples) -> list[float]:
    """How many cores others kept busy, in each measurement that tells."""
    every: Iterable[Figures] = (
        figures for targets in samples.values() for taken in targets.values() for figures in taken
    )
    return [figures["foreign_cores"] for figures in every if "foreign_cores" in figures]
