"""docs/management.md and docs/management.zh.md say what the code does."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from gemini_balance.management.answers import MEANINGS
from gemini_balance.management.table import ENDPOINTS
from tests.docs import management_page, management_words
from tests.docs.places import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

PAGES = [("management.md", management_page.render), ("management.zh.md", management_page.render_zh)]


@pytest.mark.parametrize(("name", "render"), PAGES, ids=[name for name, _ in PAGES])
def test_the_page_is_made_of_the_endpoints_of_today(name: str, render: Callable[[], str]) -> None:
    path, page = ROOT / "docs" / name, render()
    if os.environ.get("UPDATE_DOCS") == "1":
        path.write_text(page)
    assert path.read_text() == page, "run: UPDATE_DOCS=1 .venv/bin/pytest tests/docs"


def test_every_endpoint_group_and_error_has_chinese_words_and_none_is_left_over() -> None:
    assert set(management_words.SUMMARIES) == {row.name for row in ENDPOINTS}
    assert set(management_words.GROUPS) == {row.group for row in ENDPOINTS}
    assert set(management_words.ERRORS) == set(MEANINGS)


def test_endpoints_of_one_group_stand_together() -> None:
    groups = [row.group for row in ENDPOINTS]
    assert [group for at, group in enumerate(groups) if group in groups[:at] and groups[at - 1] != group] == []
