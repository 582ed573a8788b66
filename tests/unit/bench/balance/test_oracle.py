"""The reference: it never meets a limit, wastes no room, and lets a refusing model rest."""

import pytest

from bench.balance.figures import Figures
from bench.balance.scenario import USUAL, Callers, Faults, Mix, Outage, Scenario
from bench.balance.scenarios import FREE_TIERS, LONG, QUIET, SCENARIOS
from bench.balance.schedulers import ORACLE, SCHEDULERS
from bench.balance.simulate import prepare, simulate
from bench.balance.windows import Shape
from bench.balance.world import Answer, Trip, Verdict, World

MET_NO_LIMIT = set(Verdict) - {Verdict.MINUTE, Verdict.DAY, Verdict.UNKNOWN, Verdict.DEAD, Verdict.SUSPENDED}


def row(
    mixes: tuple[Mix, ...] = FREE_TIERS,
    faults: Faults = QUIET,
    callers: Callers = Callers(deadlines=0.0),  # noqa: B008  (frozen)
    outages: tuple[Outage, ...] = (),
    shape: Shape = Shape.SLIDING,
) -> Scenario:
    return Scenario(
        name="test",
        what="a test",
        keys=40,
        projects=40,
        mixes=mixes,
        faults=faults,
        callers=callers,
        outages=outages,
        shape=shape,
    )


def run(scenario: Scenario, load: float) -> Figures:
    return simulate(prepare(scenario, load, seed=1, phases=USUAL), SCHEDULERS[ORACLE])


def test_without_faults_every_call_is_answered_with_one_upstream_call() -> None:
    figures = run(row(), 0.8)
    assert 0.995 <= figures.good_share <= 1.0
    assert figures.price == pytest.approx(1.0)
    assert figures.cold_price == pytest.approx(1.0)


@pytest.mark.parametrize("shape", Shape)
def test_beyond_its_capacity_a_pool_gives_all_it_has(shape: Shape) -> None:
    figures = run(row(callers=Callers(tokens=20.0, spread=0.1, deadlines=0.0), shape=shape), 1.5)
    assert figures.good_share == pytest.approx(1 / 1.5, rel=0.05)
    assert figures.price == pytest.approx(1.0)


@pytest.mark.parametrize("name", ["forty-fixed", "forty-tokens", "forty-sick", "forty-day", "forty-two-models"])
def test_it_never_meets_a_limit_nor_a_useless_key(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = watch(monkeypatch)
    (scenario,) = (scenario for scenario in SCENARIOS if scenario.name == name)
    run(scenario, 3.0)
    assert seen <= MET_NO_LIMIT
    assert Verdict.WHOLE in seen


def test_tokens_that_bind_are_used_up() -> None:
    assert run(row(callers=LONG), 1.5).good_share > 0.6


def test_faults_cost_further_calls_and_few_answers() -> None:
    figures = run(row(faults=Faults(broken=0.02, empty=0.02, cut_early=0.0, cut_late=0.0)), 0.5)
    assert figures.good_share > 0.995
    assert 1.03 < figures.price < 1.06


def test_an_outage_shorter_than_patience_costs_a_few_probes() -> None:
    figures = run(row(outages=(Outage(400, 15, 1.0),)), 0.5)
    assert figures.good_share > 0.99
    assert figures.price < 1.06


def watch(monkeypatch: pytest.MonkeyPatch) -> set[Verdict]:
    """Every verdict that the upstream gives."""
    seen: set[Verdict] = set()
    judge = World._refusal

    def noting(world: World, trip: Trip) -> Answer | None:
        answer = judge(world, trip)
        seen.add(answer.verdict if answer else Verdict.WHOLE)
        return answer

    monkeypatch.setattr(World, "_refusal", noting)
    return seen
