"""What the READMEs say of the balance is what `make bench-balance` wrote down last."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bench.balance.report import MARKERS
from bench.balance.scenarios import SCENARIOS
from tests.docs.places import READMES, ROOT, tabled

if TYPE_CHECKING:
    from pathlib import Path

LOAD = "0.8"
TOLD = ("forty", "forty-in-ten", "two-hundred-sick", "two-thousand")
GOOD = slice(3, 6)  # the columns of good answers, and of upstream calls for each: oracle, round robin, ours
CALLS = slice(9, 12)


def measured() -> tuple[list[str], dict[str, list[str]]]:
    """The table's heads, and by pool the cells at the load that the READMEs tell."""
    text = (ROOT / "docs" / "balancing.md").read_text().partition(MARKERS[0])[2].partition(MARKERS[1])[0]
    heads, *rows = tabled(text)
    return heads, {row[1]: row for row in rows if row[2] == LOAD}


def said(row: list[str]) -> str:
    """A row of a README, after the pool's description."""
    (best, plain, ours), (fewest, more, calls) = row[GOOD], row[CALLS]
    return f"| {plain} % | **{ours} %** | {best} % | {more} | **{calls}** | {fewest} |"


def test_the_figures_stand_in_these_columns() -> None:
    heads, _ = measured()
    assert heads[GOOD] == ["good %: oracle", "round robin", "ours"]
    assert heads[CALLS] == ["calls per good: oracle", "round robin", "ours"]


@pytest.mark.parametrize("readme", READMES, ids=lambda page: page.name)
def test_a_readme_tells_the_figures_of_the_last_measurement(readme: Path) -> None:
    (_, table), text = measured(), readme.read_text()
    missing = [expected for pool in TOLD if (expected := said(table[pool])) not in text]
    assert missing == []


def test_the_pools_that_the_readmes_tell_of_are_as_large_as_they_say() -> None:
    sizes = {scenario.name: (scenario.keys, scenario.projects, scenario.labelled) for scenario in SCENARIOS}
    assert {pool: sizes[pool] for pool in TOLD} == {
        "forty": (40, 40, True),
        "forty-in-ten": (40, 10, False),
        "two-hundred-sick": (200, 60, False),
        "two-thousand": (2_000, 500, False),
    }
