"""How many calls there were of those that are looked for: which sums can tell, and what they tell."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import pytest

from gemini_balance.gateway.call_outcomes import CallOutcome
from gemini_balance.gateway.calls import CallFilter, Question, Span
from gemini_balance.gateway.counting import Counted, Counting, plan_of
from gemini_balance.gateway.statistics import DAY, HOUR, MINUTE, Statistics
from gemini_balance.storage.journal.memory import MemoryCalls
from tests.contract.calls import NOON, attempt, call, failed

pytestmark = pytest.mark.anyio
NOW = NOON + 30 * MINUTE + 20


@dataclass
class Clock:
    time: float = NOW

    def now(self) -> float:
        return self.time

    def unix(self) -> float:
        return self.time


class Asked(MemoryCalls):
    """Counts how often it is."""

    def __init__(self) -> None:
        super().__init__()
        self.questions: list[Question] = []
        self.away = False

    async def sums(self, question: Question):  # type: ignore[no-untyped-def]  # as what it stands for
        self.questions.append(question)
        if self.away:
            raise ConnectionError
        return await super().sums(question)


@pytest.mark.parametrize(
    ("asked", "step", "span"),
    [
        (CallFilter(), HOUR, Span.HOUR),
        (CallFilter(since=NOW - HOUR), MINUTE, Span.MINUTE),
        (CallFilter(since=NOW - 3 * HOUR), 5 * MINUTE, Span.MINUTE),
        (CallFilter(since=NOW - DAY), HOUR, Span.HOUR),
        (CallFilter(since=NOW - 7 * DAY), 3 * HOUR, Span.HOUR),
        (CallFilter(since=NOW - 90 * DAY), 7 * DAY, Span.DAY),
        (CallFilter(since=NOW - 3 * DAY, until=NOW - 3 * DAY + 4 * HOUR), HOUR, Span.HOUR),
        (CallFilter(token="t1"), HOUR, Span.HOUR),
        (CallFilter(token="t1", since=NOW - 7 * DAY), DAY, Span.DAY),
        (CallFilter(key="key-a"), DAY, Span.DAY),
        (CallFilter(key="key-a", status=429), DAY, Span.DAY),
        (CallFilter(status=429, since=NOW - HOUR), MINUTE, Span.MINUTE),
    ],
    ids=lambda value: "" if isinstance(value, CallFilter) else str(value),
)
def test_the_finest_sums_that_are_kept_for_so_long_are_asked(asked: CallFilter, step: int, span: Span) -> None:
    plan = plan_of(asked, NOW)
    assert plan is not None
    assert (plan.step, plan.question.span, plan.question.since % step) == (step, span, 0)


@pytest.mark.parametrize(
    "asked",
    [
        CallFilter(key="key-a", token="t1"),
        CallFilter(key="key-a", since=NOW - HOUR),
        CallFilter(token="t1", since=NOW - HOUR),
        CallFilter(since=NOW - 3000 * DAY),
        CallFilter(since=NOW + HOUR),
        CallFilter(since=0.0, until=10.0),
        CallFilter(since=NOW, until=NOW - DAY),
    ],
    ids=["of both", "an hour of a key", "an hour of a token", "for ever", "to come", "long ago", "turned round"],
)
async def test_what_no_sums_tell_is_not_told(asked: CallFilter) -> None:
    assert await Counting(Statistics(MemoryCalls(), Clock()), Clock()).of(asked) is None


async def counted(asked: CallFilter) -> Counted:
    calls = MemoryCalls()
    await calls.write([call(NOW - 40 * MINUTE), call(NOW - 5 * MINUTE), failed(NOW - 5 * MINUTE, token_id="t2")])
    await calls.write([call(NOW - 3 * HOUR, model_used="other", attempts=(attempt("key-b"),))])
    found = await Counting(Statistics(calls, Clock()), Clock()).of(asked)
    assert found is not None
    assert {later.at - earlier.at for earlier, later in pairwise(found.points)} == {found.step}
    return found


@pytest.mark.parametrize(
    ("asked", "calls", "errors"),
    [
        (CallFilter(), 4, 1),
        (CallFilter(since=NOW - HOUR), 3, 1),
        (CallFilter(model="other"), 1, 0),
        (CallFilter(token="t2"), 1, 1),
        (CallFilter(status=502), 1, 1),
        (CallFilter(status_class=2), 3, 0),
        (CallFilter(until=NOW - 30 * MINUTE), 2, 0),
        (CallFilter(key="key-b"), 1, 0),
    ],
    ids=["all", "an hour", "a model", "a token", "a status", "its hundreds", "up to then", "a key"],
)
async def test_what_fits_is_counted_point_by_point(asked: CallFilter, calls: int, errors: int) -> None:
    found = await counted(asked)
    assert (found.count, found.errors, found.wider, found.attempts) == (calls, errors, False, bool(asked.key))


@pytest.mark.parametrize(
    "asked",
    [CallFilter(text="x"), CallFilter(cause="quota_day"), CallFilter(outcomes=frozenset({CallOutcome.RESCUED}))],
    ids=["words", "a cause", "an outcome"],
)
async def test_what_sums_do_not_know_is_counted_with_all_others_and_told_so(asked: CallFilter) -> None:
    found = await counted(asked)
    assert (found.count, found.wider) == (4, True)


async def test_many_who_look_ask_once_and_a_journal_that_is_away_tells_nothing() -> None:
    calls, clock = Asked(), Clock()
    counting = Counting(Statistics(calls, clock), clock)
    for _ in range(3):
        assert await counting.of(CallFilter()) is not None
    assert len(calls.questions) == 1
    calls.away, clock.time = True, clock.time + 10
    assert await counting.of(CallFilter()) is None
