"""`python -m bench`: build, measure, print, write; the exit code says whether every bar and every check held."""

import datetime
import json
import os
import resource
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import click

from bench import nginx, procfs
from bench.bars import ROWS, Verdict, judge, without_limits
from bench.gateway import command_of
from bench.interpreter import python_of_gateway, version_of
from bench.places import BUILD, DOCUMENT, RESULTS
from bench.processes import Broken, Cores
from bench.report import Facts, render, write_section
from bench.runner import Plan, Samples, figures_of, foreign_cores, run
from bench.scenarios import SCENARIOS, Scenario, at_quick_size
from bench.toolchain import CannotBuild, build_programs

QUICK_SECONDS = 0.3


def choose(_context: click.Context, _parameter: click.Parameter, names: str | None) -> tuple[Scenario, ...]:
    """The scenarios that `--only` names, in the table's order."""
    if names is None:
        return SCENARIOS
    wanted = set(names.split(","))
    if unknown := wanted - {scenario.name for scenario in SCENARIOS}:
        raise click.BadParameter(f"{', '.join(sorted(unknown))}; there are {', '.join(s.name for s in SCENARIOS)}")
    return tuple(scenario for scenario in SCENARIOS if scenario.name in wanted)


@click.command()
@click.option("--only", "scenarios", callback=choose, help="Some scenarios, by name, with commas.")
@click.option("--reps", default=3, show_default=True, help="Repetitions; the median counts.")
@click.option("--seconds", default=3.0, show_default=True, help="How long each load lasts.")
@click.option("--quick", is_flag=True, help="A smoke test: tiny loads, every reply checked, no bar, nothing written.")
@click.option(
    "--gateway", "command", help="The command that starts the gateway, if not this tree's on the system's Python."
)
def main(scenarios: tuple[Scenario, ...], reps: int, seconds: float, quick: bool, command: str | None) -> None:
    """Measure the gateway beside nginx, both against the same upstream, in one run."""
    if quick:
        scenarios, reps, seconds = tuple(map(at_quick_size, scenarios)), 1, QUICK_SECONDS
    python = python_of_gateway(install=not quick)
    plan = prepare(scenarios, reps, seconds, command or command_of(python), install=not quick)
    samples, complaints = take(plan)
    verdicts = judge(figures_of(samples), ROWS if not quick else tuple(map(without_limits, ROWS)))
    section = render(facts(plan, samples, version_of(python)), verdicts, scenarios)
    print(f"\n{section}\n")
    if not quick:
        keep(samples, section, whole=scenarios == SCENARIOS and command is None)
    sys.exit(conclude(verdicts, complaints, has_nginx=plan.nginx is not None))


def prepare(scenarios: Sequence[Scenario], reps: int, seconds: float, command: str, *, install: bool) -> Plan:
    """Find and build everything that a run needs."""
    try:
        programs = build_programs()
    except CannotBuild as reason:
        raise click.ClickException(str(reason)) from None
    return Plan(
        scenarios=scenarios,
        repetitions=reps,
        seconds=seconds,
        gateway_command=command,
        nginx=nginx.find_nginx(install=install),
        programs=programs,
        cores=Cores.of_this_machine(),
    )


def take(plan: Plan) -> tuple[Samples, list[str]]:
    """Run the plan in a folder of its own."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))  # a held stream takes two descriptors
    os.sched_setaffinity(0, {plan.cores.driving})  # our own polling must not disturb what is measured
    with tempfile.TemporaryDirectory(prefix="run-", dir=BUILD) as folder:
        try:
            return run(plan, Path(folder))
        except Broken as reason:
            raise click.ClickException(str(reason)) from None


def facts(plan: Plan, samples: Samples, python: str) -> Facts:
    """What stands above the table."""
    return Facts(
        date=datetime.datetime.now(datetime.UTC).date().isoformat(),
        cores=os.cpu_count() or 1,
        processor=procfs.cpu_name(),
        python=python,
        nginx=nginx.version(plan.nginx) if plan.nginx else None,
        repetitions=plan.repetitions,
        seconds=plan.seconds,
        foreign=foreign_cores(samples),
    )


def keep(samples: Samples, section: str, *, whole: bool) -> None:
    """Every single measurement as JSON; the page only when nothing is missing from it."""
    RESULTS.write_text(json.dumps(samples, indent=1))
    if whole:
        write_section(DOCUMENT, section)
    else:
        print("Not every scenario, or not our own gateway: docs/performance.md stays as it is.")


def conclude(verdicts: Sequence[Verdict], complaints: Sequence[str], *, has_nginx: bool) -> int:
    """Say what failed; returns the exit code."""
    missed = [verdict for verdict in verdicts if verdict.meets(verdict.row.bar) is False]
    for complaint in complaints:
        print(f"CHECK FAILED: {complaint}")
    for verdict in missed:
        print(f"BAR MISSED: {verdict.row.label}")
    if not has_nginx:
        print(nginx.HOW_TO_INSTALL)
    if not missed and not complaints:
        barred = any(verdict.row.bar is not None for verdict in verdicts)
        print(f"Every reply was checked{', and no bar is missed' if barred else ''}.")
    return 1 if missed or complaints else 0


if __name__ == "__main__":
    main()
