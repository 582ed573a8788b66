"""docs/journal.md and its Chinese twin tell the same figures, which `make prove` has written, within their bars."""

from __future__ import annotations

import pytest

from gemini_balance.core.options import Group, Options
from gemini_balance.core.options.lookup import ROWS
from tests.contract.journal_page import PAGES, figures

BARS = {"writing": 15.0, "reading": 100.0}
ENGLISH, CHINESE = (page.read_text() for page in PAGES.values())


@pytest.mark.parametrize("table", BARS)
def test_what_was_measured_is_within_its_bar_and_the_same_in_both_languages(table: str) -> None:
    told = figures(ENGLISH, table)
    assert figures(CHINESE, table) == told
    assert {name: value for name, value in told.items() if not 0 < value <= BARS[table]} == {}
    assert told


@pytest.mark.parametrize("page", [ENGLISH, CHINESE], ids=["en", "zh"])
def test_the_page_names_every_option_of_the_journal(page: str) -> None:
    named = [name.upper() for name, row in ROWS.items() if row.group is Group.JOURNAL]
    assert [name for name in named if f"`{name}`" not in page] == []


@pytest.mark.parametrize("page", [ENGLISH, CHINESE], ids=["en", "zh"])
def test_the_page_tells_the_defaults(page: str) -> None:
    defaults = Options()
    calls, details = int(defaults.auto_delete_request_logs_days), int(defaults.auto_delete_error_logs_days)
    assert all(f"{days} days" in page or f"{days} 天" in page for days in (calls, details))
    assert f"{defaults.journal_max_mb:,.0f}" in page
