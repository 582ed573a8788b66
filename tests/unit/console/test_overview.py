"""The verdict on the pools, and how far back the overview looks."""

from __future__ import annotations

from collections import Counter

import pytest

from gemini_balance.console.faults import fault_named
from gemini_balance.console.pages.overview import ErrorRow, Verdict, errors, range_of, verdict
from gemini_balance.core.pool.report import Standing
from gemini_balance.gateway.failing import Concerned, Failing, FailureClass
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


def test_errors_are_those_that_came_most_often_with_what_to_do_and_the_latest_call() -> None:
    model = Concerned((("gemini-2.5-pro", 6), ("gemini-2.5-flash", 1)), 2)
    classes = [
        FailureClass("quota_day", 7, 0.7, "1a206ca48430000214807f", model, Concerned((), 0)),
        *(FailureClass(f"odd {n}", 1, 0.1, "1a206ca48430000214807f", Concerned((), 0), model) for n in range(9)),
    ]
    told = errors(Failing(tuple(classes), 16, 0.0), Range.HOUR)
    address = "/console/calls/1a206ca48430000214807f"
    assert told.rows[0] == ErrorRow(fault_named("quota_day"), 7, "gemini-2.5-pro", 1795410249.795, address)
    assert (len(told.rows), told.rows[1].model, told.calls, told.address) == (5, "", 16, "/console/errors?range=1h")
