"""What is judged, and how it is written down."""

from dataclasses import replace
from pathlib import Path

import pytest

from bench.balance.bars import Result, judge
from bench.balance.figures import Figures
from bench.balance.report import HEADINGS, MARKERS, line, render
from bench.balance.scenario import Scenario
from bench.balance.scenarios import SCENARIOS
from bench.report import write_section

BEGIN, END = MARKERS
GOOD = Figures(offered=1_000, good=999, told=1, trips=1_010, cold_good=500, cold_trips=510)
ROW: dict[str, Scenario] = {scenario.name: scenario for scenario in SCENARIOS}


def result(name: str = "forty", load: float = 0.8, **ours: float) -> Result:
    figures = {"oracle": GOOD, "roundrobin": GOOD, "ours": replace(GOOD, **ours)}  # type: ignore[arg-type]
    return Result(ROW[name], load, living=40, figures=figures)


def test_as_good_as_the_oracle_passes() -> None:
    assert judge([result()]) == {0: []}


@pytest.mark.parametrize(
    ("of", "missed"),
    [
        (result(good=990.0), ["good ÷ oracle 0.991 < 0.995", "good or told 0.991 < 0.995"]),
        (result(trips=1_050.0), ["calls per good ÷ oracle 1.04 > 1.03"]),
        (result(load=1.5, good=960.0), ["good ÷ oracle 0.961 < 0.97"]),
        (result(name="ten-in-four", cold_trips=700.0), ["cold calls per good 1.4 > 1.25"]),
        (result(cold_trips=700.0), []),
        (result(dead_calls_a_day=8.0), []),
        (result(dead_calls_a_day=9.0), ["dead key's calls a day 13 > 12"]),
        (result(silent=1), ["silent 1 > 0"]),
        (result(checked=60, true=50), ["true times 0.8333 < 0.95"]),
        (result(checked=5, true=1), []),
    ],
)
def test_each_bar_says_what_it_misses(of: Result, missed: list[str]) -> None:
    words = judge([of])[0]
    assert words is not None
    assert [
        word for word in words if not word.startswith("calls per good ÷ oracle") or "calls" in str(missed)
    ] == missed


def test_where_even_the_oracle_has_no_room_for_all_nobody_need_have_it() -> None:
    tight = result(good=994.0)
    tight.figures["oracle"] = replace(GOOD, good=994, told=0)
    assert judge([tight]) == {0: []}


def test_a_row_that_the_oracle_cannot_serve_has_no_bar() -> None:
    poor = result(good=100.0)
    poor.figures["oracle"] = replace(GOOD, good=940)
    assert judge([poor, result(load=3.0, good=1.0)]) == {0: None, 1: None}


def test_replicas_are_judged_beside_one() -> None:
    several = result(load=1.5)
    several.figures["replicas"] = replace(GOOD, good=970, trips=1_200)
    assert judge([several]) == {
        0: ["replicas' good ÷ one's 0.971 < 0.98", "replicas' calls per good ÷ one's 1.224 > 1.1"]
    }


def test_a_line_has_a_cell_for_every_heading() -> None:
    assert len(line(result(), [])) == len(HEADINGS)
    assert line(result(), ["this"])[-1] == "**this**"
    assert "| forty " in render([result()], barred=True)


def test_only_what_is_between_the_markers_is_replaced(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n\n{BEGIN}\nold\n{END}\n\nafter\n")
    write_section(page, "new", MARKERS)
    assert page.read_text() == f"before\n\n{BEGIN}\n\nnew\n\n{END}\n\nafter\n"
