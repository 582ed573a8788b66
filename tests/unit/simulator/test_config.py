"""The demo has keys for every project, and they work."""

from gemini_balance.simulator import FREE_TIER, UNLIMITED, Project, Quota, demo, demo_keys
from gemini_balance.simulator.keys import identify


def test_every_demo_key_belongs_to_a_demo_project() -> None:
    config = demo()
    callers = [identify(key, config) for key in demo_keys()]
    assert {caller.project_name for caller in callers} == set(config.projects)
    assert not any(caller.error for caller in callers)


def test_limits_are_by_model_then_by_star_then_none() -> None:
    project = Project(quotas={"gemini-x": FREE_TIER, "*": Quota(rpm=1)})
    assert [project.quota_of("gemini-x"), project.quota_of("gemini-y")] == [FREE_TIER, Quota(rpm=1)]
    assert Project().quota_of("gemini-x") == UNLIMITED
