"""The fake Google has the simulated pool's projects, keys and quotas."""

from dataclasses import replace

from bench.balance.scenario import QUICK
from bench.balance.simulate import prepare
from bench.balance.windows import Quota
from bench.endtoend.google import config_of, keys_of
from bench.endtoend.run import FASTEST, FASTEST_UNLABELLED, speed_of
from gemini_balance import simulator
from gemini_balance.simulator.keys import identify
from tests.unit.bench.balance.stage import scenario

CASE = prepare(scenario(Quota(rpm=15, tpm=250_000), keys=6, projects=3), 0.8, 1, QUICK)


def test_every_key_belongs_to_the_project_it_has_in_the_simulation() -> None:
    config = config_of(CASE, 10.0)
    for key, told in zip(CASE.fleet.keys, keys_of(CASE.fleet, labelled=True), strict=True):
        caller = identify(told["key"], config)
        assert caller.project_name == told["project"]
        assert caller.project.quota_of("gemini-2.5-flash") == simulator.Quota(rpm=15, tpm=250_000)
        assert caller.project_name.endswith(key.project.name.removeprefix("projects/"))


def test_a_pool_that_is_not_labelled_is_told_without_projects() -> None:
    assert {told["project"] for told in keys_of(CASE.fleet, labelled=False)} == {""}


def test_time_runs_as_fast_as_the_machine_can_keep_up_with() -> None:
    unlabelled = replace(CASE, scenario=replace(CASE.scenario, labelled=False))
    crowded = replace(CASE, calls=list(CASE.calls) * 1_000)
    assert speed_of(CASE) == FASTEST == 10.0
    assert speed_of(unlabelled) == FASTEST_UNLABELLED
    assert speed_of(crowded) < 1.0
