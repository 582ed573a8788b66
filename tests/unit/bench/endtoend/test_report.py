"""The table that is printed and written into the page."""

from pathlib import Path

from bench.balance.bars import Result
from bench.balance.figures import Figures
from bench.balance.report import DOCUMENT
from bench.balance.schedulers import ORACLE, OURS
from bench.balance.windows import Quota
from bench.endtoend.report import COLUMNS, MARKERS, SIMULATED, render
from bench.report import write_section
from tests.unit.bench.balance.stage import scenario

ALL = Figures(offered=1_000, good=990, told=10, trips=1_000, cold_good=100, cold_trips=110)
RESULT = Result(scenario(Quota(rpm=15)), 0.8, 1, {ORACLE: ALL, SIMULATED: ALL, OURS: ALL})


def test_a_line_names_what_it_misses() -> None:
    heading, _, passed, missed, unjudged = render([(RESULT, []), (RESULT, ["good ÷ oracle"]), (RESULT, None)]).split(
        "\n"
    )
    assert heading.count("|") == passed.count("|") == len(COLUMNS) + 4
    assert "| test " in passed
    assert passed.rstrip(" |").endswith("pass")
    assert missed.rstrip(" |").endswith("**good ÷ oracle**")
    assert unjudged.rstrip(" |").endswith("no bar")


def test_the_page_has_a_place_for_it_beside_the_simulations_table(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(DOCUMENT.read_text())
    write_section(page, "NEW", MARKERS)
    before, _, after = DOCUMENT.read_text().partition(MARKERS[0])
    assert page.read_text().startswith(f"{before}{MARKERS[0]}\n\nNEW\n\n{MARKERS[1]}")
    assert page.read_text().endswith(after.partition(MARKERS[1])[2])
