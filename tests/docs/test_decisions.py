"""docs/adr: numbered without gaps, short, and true about the dependencies."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.docs.places import ROOT, project, spans

if TYPE_CHECKING:
    from pathlib import Path

DECISIONS = sorted((ROOT / "docs" / "adr").glob("*.md"))
MOST_LINES = 40


def test_decisions_are_numbered_without_gaps() -> None:
    assert [int(page.name[:4]) for page in DECISIONS] == list(range(1, len(DECISIONS) + 1))


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.stem)
def test_a_decision_is_short_and_says_its_number_and_state(page: Path) -> None:
    lines = page.read_text().splitlines()
    assert lines[0].startswith(f"# {int(page.name[:4])}. ")
    assert re.match(r"Status: (accepted|superseded by \d+), ", lines[2])
    assert len(lines) <= MOST_LINES


def test_every_dependency_has_its_reason() -> None:
    groups = project()["dependency-groups"].values()
    declared = [*project()["project"]["dependencies"], *(name for group in groups for name in group)]
    wanted = {re.split(r"[^a-z0-9-]", requirement)[0] for requirement in declared}
    page = next(page for page in DECISIONS if page.stem.endswith("dependencies"))
    assert wanted <= set(spans(page.read_text()))
