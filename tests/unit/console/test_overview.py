"""The verdict on the pools, and how far back the overview looks."""

from __future__ import annotations

from collections import Counter

import pytest

from gemini_balance.console.pages.overview import Verdict, range_of, verdict
from gemini_balance.core.pool.report import Standing
from gemini_balance.gateway.trends import Range


@pytest.mark.parametrize(
    ("ready", "resting", "invalid", "told"),
    [
        (0, 0, 0, Verdict("off", "s-off", "verdict.empty", "verdict.empty_text", 0, 0, 0)),
        (6, 0, 0, Verdict("ok", "s-ready", "verdict.well", "verdict.all_text", 6, 0, 6)),
        (5, 1, 0, Verdict("ok", "s-ready", "verdict.well", "verdict.some_text", 5, 1, 6)),
        (5, 0, 1, Verdict("ok", "s-ready", "verdict.well", "verdict.some_text", 5, 0, 6)),
        (1, 4, 1, Verdict("wait", "s-rest", "verdict.slow", "verdict.slow_text", 1, 4, 6)),
        (0, 0, 6, Verdict("bad", "s-invalid", "verdict.down", "verdict.down_text", 0, 0, 6)),
    ],
)
def test_one_sentence_answers_whether_it_is_well(ready: int, resting: int, invalid: int, told: Verdict) -> None:
    assert verdict(Counter({Standing.READY: ready, Standing.RESTING: resting, Standing.INVALID: invalid})) == told


@pytest.mark.parametrize(
    ("asked", "told"), [("1h", Range.HOUR), ("7d", Range.WEEK), ("", Range.DAY), ("2h", Range.DAY)]
)
def test_a_range_that_is_none_is_a_day(asked: str, told: Range) -> None:
    assert range_of(asked) is told
