"""What stands above the list of calls: how many there were, and how many of them are shown."""

from __future__ import annotations

import html
from datetime import UTC

import pytest

from gemini_balance.console.counts import drawn
from gemini_balance.console.words import Words
from gemini_balance.gateway.calls import Sums
from gemini_balance.gateway.counting import Counted

NOW = 1_800_014_400.0
WORDS = {language: Words(language, UTC, NOW) for language in ("en", "zh")}


def _counted(*counts: tuple[int, int], attempts: bool = False, until: float = NOW + 60) -> Counted:
    since = NOW - 3600 * len(counts)
    points = [Sums(at=since + 3600 * n, count=count, errors=errors) for n, (count, errors) in enumerate(counts)]
    return Counted(since, until, 3600, tuple(points), wider=False, attempts=attempts)


def _title(counted: Counted, listed: int, language: str = "en", *, all_found: bool = False) -> str:
    found = drawn(WORDS[language], counted, [NOW - 60.0] * listed, all_found=all_found)
    assert found is not None
    return html.unescape(str(found.title))


@pytest.mark.parametrize(
    ("listed", "all_found", "title"),
    [
        (50, False, "50 shown, of 1,026 calls"),
        (12, True, "12 of 1,026 calls"),
        (1026, True, "1,026 calls"),
        (1030, True, "1,030 calls"),
        (0, False, "1,026 calls"),
    ],
)
def test_the_title_says_how_many_of_how_many_are_in_the_list(listed: int, all_found: bool, title: str) -> None:
    assert _title(_counted((1000, 3), (26, 0)), listed, all_found=all_found) == title


def test_in_chinese_it_is_one_sentence_too() -> None:
    assert _title(_counted((1000, 3), (26, 0)), 50, "zh") == "显示了 1,026 次调用中的 50 次"
    assert _title(_counted((2, 0), attempts=True), 1, "zh") == "用这个密钥尝试了 2 次"


def test_calls_that_began_before_the_first_bar_are_not_of_those_that_are_counted() -> None:
    found = drawn(WORDS["en"], _counted((5, 0)), [NOW - 60, NOW - 7200], all_found=False)
    assert found is not None
    assert str(found.title) == "1 shown, of 5 calls"


def test_failures_stand_on_what_went_well_and_the_sentence_names_the_busiest_time() -> None:
    found = drawn(WORDS["en"], _counted((4, 1), (9, 2)), [], all_found=False)
    assert found is not None
    assert [(one.tone, [*one.values]) for one in found.chart.series] == [("accent-pale", [3, 7]), ("bad-fill", [1, 2])]
    assert html.unescape(str(found.text)) == "13 calls, 3 failed. Most at 11:00: 9."


def test_nothing_is_drawn_of_nothing() -> None:
    assert drawn(WORDS["en"], _counted((0, 0), (0, 0)), [], all_found=True) is None
