"""The figures of the console's pages: the same in both languages, and within what is promised."""

from __future__ import annotations

import re

from tests.browser.console_page import BEGIN, END, PAGES

ROW = re.compile(r"^\| `(/console[^`]*)` \| (\d+) ms \| (\d+) ms \| (\d+) ms \|$", re.MULTILINE)


def test_every_page_keeps_to_its_time_in_both_languages() -> None:
    english, chinese = (ROW.findall(page.read_text().partition(BEGIN)[2].partition(END)[0]) for page in PAGES)
    assert english == chinese
    assert len(english) >= 17
    slow = [row for row in english if int(row[1]) > 300 or int(row[2]) > 50 or int(row[3]) > 1000]
    assert slow == []
