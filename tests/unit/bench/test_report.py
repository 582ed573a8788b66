"""The section that is printed and written into the page."""

from pathlib import Path

import pytest

from bench.bars import Compare, Row, Verdict
from bench.places import DOCUMENT
from bench.report import BEGIN, END, Facts, cells, number, render, write_section
from bench.scenarios import SCENARIOS

CHAT = Row(scenario="chat", figure="cpu_us", label="chat", unit="µs", compare=Compare.RATIO, bar=10, goal=4)
MULTI = Row(scenario="multi", figure="cpu_us", label="multi", unit="µs", compare=Compare.RATIO, goal=5)
FACTS = Facts(
    date="2026-11-22",
    cores=2,
    processor="A Processor",
    python="3.11.7",
    nginx="1.22.1",
    repetitions=3,
    seconds=3.0,
    foreign=(0.1, 0.3, 0.2),
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        (0.314159, "0.31"),
        (4.0, "4"),
        (17.26, "17.3"),
        (329.4, "329"),
        (42213.0, "42,213"),
        (-2.5, "-2.50"),
    ],
)
def test_numbers_show_the_digits_that_matter(value: float | None, text: str) -> None:
    assert number(value) == text


@pytest.mark.parametrize(
    ("verdict", "line"),
    [
        (Verdict(CHAT, 20.0, 90.0), ("chat", "µs", "20", "90", "4.50", "≤ 10", "≤ 4", "pass")),
        (Verdict(CHAT, 20.0, 300.0), ("chat", "µs", "20", "300", "15", "≤ 10", "≤ 4", "**FAIL**")),
        (Verdict(CHAT, None, 90.0), ("chat", "µs", "–", "90", "–", "≤ 10", "≤ 4", "not judged")),
        (Verdict(MULTI, 20.0, 90.0), ("multi", "µs", "20", "90", "4.50", "–", "≤ 5", "goal met")),
    ],
)
def test_a_line_tells_figures_ratio_limits_and_outcome(verdict: Verdict, line: tuple[str, ...]) -> None:
    assert cells(verdict) == line


def test_the_section_names_its_circumstances_and_how_each_figure_was_taken() -> None:
    section = render(FACTS, [Verdict(CHAT, 20.0, 90.0)], SCENARIOS)
    for part in ("2026-11-22", "2 cores of A Processor", "Python 3.11.7", "nginx 1.22.1", "0.20 cores"):
        assert part in section
    assert all(f"- **{scenario.name}**: {scenario.what}." in section for scenario in SCENARIOS)


def test_a_run_without_nginx_says_so() -> None:
    facts = Facts(**{**vars(FACTS), "nginx": None})
    assert "no nginx, so no ratio" in facts.sentence()


def test_only_what_is_between_the_markers_is_replaced(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n\n{BEGIN}\nold\n{END}\n\nafter\n")
    write_section(page, "new")
    assert page.read_text() == f"before\n\n{BEGIN}\n\nnew\n\n{END}\n\nafter\n"


def test_a_page_without_markers_is_left_alone(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("nothing to see\n")
    with pytest.raises(ValueError, match="lost its markers"):
        write_section(page, "new")
    assert page.read_text() == "nothing to see\n"


def test_the_real_page_has_its_markers() -> None:
    text = DOCUMENT.read_text()
    assert text.count(BEGIN) == text.count(END) == 1
    assert text.index(BEGIN) < text.index(END)
