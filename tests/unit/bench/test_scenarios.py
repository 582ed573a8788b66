"""The tables fit together: scenarios, bodies, rows of the report, and what the C programs expect."""

import pytest

from bench.bars import ROWS
from bench.bodies import write_bodies
from bench.places import SOURCES
from bench.scenarios import ANSWER, SCENARIOS, Kind, Scenario, at_quick_size

NAMES = [scenario.name for scenario in SCENARIOS]
TARGETS = {"direct", "nginx", "gateway", "journalled"}
LONGEST_MARKER = 48  # native/options.h
MOST_MARKERS = 4


@pytest.fixture(scope="module")
def bodies(tmp_path_factory: pytest.TempPathFactory) -> dict[str, int]:
    """The size of each body."""
    folder = tmp_path_factory.mktemp("bodies")
    write_bodies(folder)
    return {path.name: path.stat().st_size for path in folder.iterdir()}


def test_every_scenario_has_a_name_of_its_own() -> None:
    assert len(set(NAMES)) == len(NAMES)


def test_every_scenario_is_reported_and_nothing_else_is() -> None:
    assert {row.scenario for row in ROWS} == set(NAMES)


def test_no_line_is_reported_twice() -> None:
    assert len({(row.scenario, row.figure) for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=NAMES)
def test_a_scenario_measures_the_gateway_with_bodies_that_exist(scenario: Scenario, bodies: dict[str, int]) -> None:
    assert "gateway" in scenario.requests
    assert set(scenario.requests) <= TARGETS
    assert all(request.body in bodies for request in scenario.requests.values())


@pytest.mark.parametrize("scenario", SCENARIOS, ids=NAMES)
def test_markers_fit_the_load_generator(scenario: Scenario) -> None:
    for request in scenario.requests.values():
        assert len(request.markers) <= MOST_MARKERS
        assert all(len(marker) <= LONGEST_MARKER for marker in request.markers)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=NAMES)
def test_a_stream_is_expected_to_bring_all_the_upstream_sends(scenario: Scenario) -> None:
    assert scenario.load.events in (None, scenario.shape.events)
    small = at_quick_size(scenario)
    assert small.load.events in (None, small.shape.events)


@pytest.mark.parametrize("scenario", [s for s in SCENARIOS if s.kind is Kind.LOAD], ids=lambda s: s.name)
def test_every_reply_under_load_is_checked_for_content(scenario: Scenario) -> None:
    assert all(request.markers for request in scenario.requests.values())


def test_the_upstream_puts_the_marker_into_its_answers() -> None:
    assert f'#define REPLY_MARKER "{ANSWER}"' in (SOURCES / "common.h").read_text()


@pytest.mark.parametrize(
    ("body", "least", "most"),
    [
        ("chat.json", 900, 1_200),
        ("chat_stream.json", 900, 1_200),
        ("native.json", 900, 1_200),
        ("multi.json", 19_000, 22_000),
        ("native_multi.json", 19_000, 22_000),
    ],
)
def test_bodies_have_the_size_they_are_named_for(bodies: dict[str, int], body: str, least: int, most: int) -> None:
    assert least <= bodies[body] <= most
