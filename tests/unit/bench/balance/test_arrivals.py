"""Calls and pools are the same for everybody, and as many as the load says."""

from collections import Counter

import pytest

from bench.balance.arrivals import CLIENTS, calls_of
from bench.balance.chances import draw, lognormal
from bench.balance.clock import START
from bench.balance.fleet import MOST_KEYS, Trouble, build_fleet
from bench.balance.scenario import FLASH, USUAL, Callers, Outage, Scenario
from bench.balance.scenarios import SCENARIOS
from bench.balance.simulate import prepare

ALL = pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)


def test_the_same_seed_gives_the_same_calls() -> None:
    assert calls_of(Callers(), 2.0, USUAL, "a") == calls_of(Callers(), 2.0, USUAL, "a")
    assert calls_of(Callers(), 2.0, USUAL, "a") != calls_of(Callers(), 2.0, USUAL, "b")


def test_the_measured_time_has_the_rate_that_was_asked_for() -> None:
    calls = calls_of(Callers(), 50.0, USUAL, "a")
    weight = sum(USUAL.weight(call.at - START) for call in calls)
    assert weight == pytest.approx(50.0 * USUAL.measured, rel=0.05)


def test_calls_have_the_tokens_and_clients_that_the_table_says() -> None:
    calls = calls_of(Callers(), 50.0, USUAL, "a")
    assert sum(call.tokens for call in calls) / len(calls) == pytest.approx(Callers().mean_tokens, rel=0.05)
    assert max(abs(call.estimate / call.tokens - 1) for call in calls) < 0.23
    for client, share in CLIENTS:
        assert sum(call.client == client for call in calls) / len(calls) == pytest.approx(share, abs=0.01)


@pytest.mark.parametrize(
    ("at", "weight"), [(299.0, 0.0), (330.0, 0.5), (360.0, 1.0), (600.0, 1.0), (645.0, 0.25), (660.0, 0.0)]
)
def test_the_measured_time_fades_in_and_out(at: float, weight: float) -> None:
    assert USUAL.weight(at) == pytest.approx(weight)


def test_chance_depends_on_nothing_but_who_asks() -> None:
    assert draw(1, 2, 3) == draw(1, 2, 3)
    drawn = [draw(1, n) for n in range(10_000)]
    assert sum(drawn) / len(drawn) == pytest.approx(0.5, abs=0.01)
    assert Counter(int(value * 10) for value in drawn).keys() == set(range(10))
    assert lognormal(0.5, 4.0, 0.8) == pytest.approx(4.0)


@ALL
def test_a_fleet_is_what_its_row_says(scenario: Scenario) -> None:
    fleet = build_fleet(scenario, seed=1)
    troubles = Counter(project.trouble for project in fleet.projects)
    assert (len(fleet.keys), len(fleet.projects)) == (scenario.keys, scenario.projects)
    assert {1 <= len(project.keys) <= MOST_KEYS for project in fleet.projects} == {True}
    assert sum(key.dead for key in fleet.keys) == round(scenario.troubles.dead * scenario.keys)
    assert troubles[Trouble.SUSPENDED] == round(scenario.troubles.suspended * scenario.projects)
    assert troubles[Trouble.SPENT] == round(scenario.troubles.spent * scenario.projects)
    assert troubles[Trouble.UNKNOWN] == round(scenario.troubles.unknown * scenario.projects)
    assert fleet.living


@ALL
def test_a_load_is_that_share_of_the_capacity(scenario: Scenario) -> None:
    phases = scenario.phases
    case = prepare(scenario, 1.0, seed=1, phases=phases)
    expected = case.fleet.capacity(scenario.callers, phases.stop) * phases.measured
    weight = sum(phases.weight(call.at - START) for call in case.calls)
    assert weight == pytest.approx(expected, abs=4 * expected**0.5)


def test_the_longest_outage_is_one_that_answers_nothing() -> None:
    rows = {scenario.name: scenario.longest_outage for scenario in SCENARIOS}
    assert (rows["ten"], rows["forty-storms"], rows["ten-long-outage"]) == (0.0, 8.0, 45.0)
    assert Outage(1, 2, 1.0).model == FLASH
