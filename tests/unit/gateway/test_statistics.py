"""How it goes, told from sums."""

from dataclasses import dataclass
from typing import Any

import pytest

from gemini_balance.core.errors import BadRequest
from gemini_balance.gateway.calls import By, Question, Span
from gemini_balance.gateway.statistics import Ailing, Statistics, most_spans
from gemini_balance.storage.journal.memory import MemoryCalls
from tests.contract.calls import NOON, attempt, call, failed

pytestmark = pytest.mark.anyio
HOUR, DAY = 3600, 86_400
MIDNIGHT = NOON // DAY * DAY


@dataclass
class Clock:
    time: float

    def now(self) -> float:
        return self.time

    def unix(self) -> float:
        return self.time


async def test_an_overview_counts_the_last_minute_hour_and_day_and_today() -> None:
    now = MIDNIGHT + 6.5 * HOUR + 10
    calls = MemoryCalls()
    ago = [5, 65, 75, 3500, 3700, 6 * HOUR, 7 * HOUR, 23 * HOUR, DAY - 30, DAY + 120]
    await calls.write([call(now - seconds, seconds=0.5) for seconds in ago])
    told = await Statistics(calls, Clock(now)).overview()
    assert [window.sums.count for window in told] == [2, 4, 9, 6]
    assert [now - window.since for window in told] == [70, HOUR + 10, DAY + 10, 6.5 * HOUR + 10]
    assert [window.seconds for window in told] == [now - window.since for window in told]


async def test_an_overview_of_nothing_is_nothing() -> None:
    told = await Statistics(MemoryCalls(), Clock(NOON)).overview()
    assert [(window.sums.count, window.sums.latency.percentiles((0.5,))) for window in told] == [(0, [None])] * 4


async def test_keys_that_fail_often_today_are_told_with_what_they_were_answered() -> None:
    calls = MemoryCalls()
    bad = [failed(attempts=(attempt("bad", "key_refused", 403),)) for _ in range(12)]
    worse = [failed(attempts=(attempt("worse", "quota_day", 429),)) for _ in range(20)]
    fine = [call(attempts=(attempt("fine"),)) for _ in range(300)]
    seldom = [failed(attempts=(attempt("fine", "cut"),)) for _ in range(10)]
    callers = [failed(attempts=(attempt("blameless", "bad_request", 400),)) for _ in range(30)]
    yesterday = [failed(NOON - DAY, attempts=(attempt("old", "cut"),)) for _ in range(30)]
    await calls.write([*bad, *worse, *fine, *seldom, *callers, *yesterday, call(attempts=(attempt("bad"),))])
    assert await Statistics(calls, Clock(NOON + 60)).ailing() == [
        Ailing(key="worse", attempts=20, errors=20, statuses=((429, 20),)),
        Ailing(key="bad", attempts=13, errors=12, statuses=((403, 12), (200, 1))),
    ]


@pytest.mark.parametrize(
    ("fields", "most"),
    [
        ({"span": Span.MINUTE}, 720),
        ({"span": Span.HOUR}, 744),
        ({"span": Span.DAY}, 1_100),
        ({"span": Span.HOUR, "by": By.MODEL, "timed": True}, 168),
        ({"span": Span.HOUR, "by": By.TOKEN}, 24),
        ({"span": Span.DAY, "by": By.TOKEN}, 7),
        ({"span": Span.DAY, "by": By.KEY}, 3),
        ({"span": Span.DAY, "by": By.KEY, "percentiles": False}, 7),
        ({"span": Span.DAY, "key": "a", "timed": True}, 31),
    ],
    ids=str,
)
async def test_no_question_may_be_so_long_that_its_answer_is_late(fields: dict[str, Any], most: int) -> None:
    told = Statistics(MemoryCalls(), Clock(NOON))
    length = most * fields["span"].value
    longest = Question(since=MIDNIGHT, until=MIDNIGHT + length, **fields)
    assert (most_spans(longest), await told.ask(longest)) == (most, [])
    with pytest.raises(BadRequest, match=f"That is {most + 1} .*; at most {most} can be asked for at once."):
        await told.ask(Question(since=MIDNIGHT, until=MIDNIGHT + length + 1, **fields))


@pytest.mark.parametrize(
    "fields",
    [
        {"span": Span.DAY, "by": By.KEY, "token": "t"},
        {"span": Span.DAY, "by": By.TOKEN, "key": "k"},
        {"span": Span.HOUR, "key": "k"},
        {"span": Span.MINUTE, "by": By.TOKEN},
    ],
    ids=str,
)
def test_what_is_not_kept_can_not_be_asked_for(fields: dict[str, Any]) -> None:
    with pytest.raises(BadRequest):
        Question(since=NOON, until=NOON + 1, **fields)
