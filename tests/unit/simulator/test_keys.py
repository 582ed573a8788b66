"""One credential, and what the naming scheme makes of it."""

import pytest

from gemini_balance.simulator.config import Key, Project, SimulatorConfig
from gemini_balance.simulator.error_table import NAMED, Subject
from gemini_balance.simulator.errors import GoogleError
from gemini_balance.simulator.keys import FLAVOURS, credential, identify

CONFIG = SimulatorConfig(
    keys={"AIzaReal": Key(project="basil"), "AIzaBad": Key(project="basil", error="leaked")},
    projects={"cedar": Project(number="42", error="suspended")},
)


@pytest.mark.parametrize(
    ("headers", "query", "key"),
    [
        ({"x-goog-api-key": "k"}, "", "k"),
        ({}, "alt=sse&key=k", "k"),
        ({"x-goog-api-key": "k"}, "alt=sse&key=", "k"),
    ],
)
def test_the_key_may_stand_in_the_header_or_the_query(headers: dict[str, str], query: str, key: str) -> None:
    assert credential(headers, query, Subject()) == key


@pytest.mark.parametrize(
    ("headers", "query", "code"),
    [
        ({}, "", 403),
        ({"x-goog-api-key": "k"}, "key=k", 400),
        ({"x-goog-api-key": "k", "authorization": "Bearer t"}, "", 400),
        ({}, "key=a&key=b", 400),
        ({"authorization": "Bearer t"}, "", 401),
    ],
)
def test_no_several_and_foreign_credentials_are_refused(headers: dict[str, str], query: str, code: int) -> None:
    with pytest.raises(GoogleError) as refused:
        credential(headers, query, Subject())
    assert refused.value.problem.code == code


@pytest.mark.parametrize(
    ("key", "project", "error"),
    [
        ("AIzaSim-amber-1", "amber", ""),
        ("AQ.Sim-amber-12", "amber", ""),
        ("AIzaSim-amber-1-dead", "amber", "key_invalid"),
        ("AIzaSim-amber-1-prepay_depleted", "amber", "prepay_depleted"),
        ("AIzaSim-cedar-1", "cedar", "suspended"),
        ("AIzaReal", "basil", ""),
        ("AIzaBad", "basil", "leaked"),
    ],
)
def test_a_key_belongs_to_a_project_and_has_its_fate(key: str, project: str, error: str) -> None:
    caller = identify(key, CONFIG)
    assert (caller.project_name, caller.error) == (project, error)


@pytest.mark.parametrize("key", ["AIzaOther", "AIzaSim-amber", "AIzaSim-amber-1-nonsense", "AIzaSim--1"])
def test_other_keys_are_not_valid(key: str) -> None:
    with pytest.raises(GoogleError) as refused:
        identify(key, CONFIG)
    assert refused.value.problem.message == "API key not valid. Please pass a valid API key."


def test_the_scheme_can_be_switched_off() -> None:
    with pytest.raises(GoogleError):
        identify("AIzaSim-amber-1", SimulatorConfig(named_keys=False))


def test_projects_have_their_own_number_or_a_made_up_one() -> None:
    assert identify("AIzaSim-cedar-1", CONFIG).project_number == "42"
    assert len(identify("AIzaSim-amber-1", CONFIG).project_number) == 12


def test_every_flavour_is_an_error_of_the_table() -> None:
    assert set(FLAVOURS.values()) <= set(NAMED)
