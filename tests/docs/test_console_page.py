"""The console's pages in the documents: figures in both languages, within what is promised, and pictures."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gemini_balance.console import nav
from tests.browser.console_page import BEGIN, END, PAGES

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^\| `(/console[^`]*)` \| (\d+) ms \| (\d+) ms \| (\d+) ms \|$", re.MULTILINE)


def test_every_page_keeps_to_its_time_in_both_languages() -> None:
    english, chinese = (ROW.findall(page.read_text().partition(BEGIN)[2].partition(END)[0]) for page in PAGES)
    assert english == chinese
    assert len(english) >= 17
    slow = [row for row in english if int(row[1]) > 300 or int(row[2]) > 50 or int(row[3]) > 1000]
    assert slow == []


@pytest.mark.parametrize("readme", ["README.md", "README.zh.md"])
def test_every_page_has_its_picture_in_the_readme(readme: str) -> None:
    shown = set(re.findall(r"docs/console/([a-z_-]+)-(?:light|dark)\.webp", (ROOT / readme).read_text()))
    assert shown == {page.name for page in nav.PAGES} | {"sign-in"}
