"""How it has gone, point by point."""

from dataclasses import dataclass
from itertools import pairwise

import pytest

from gemini_balance.gateway.recent import Recent
from gemini_balance.gateway.search import Search
from gemini_balance.gateway.statistics import Statistics
from gemini_balance.gateway.trends import GRIDS, Range, Trend, Trends
from gemini_balance.storage.journal.memory import MemoryCalls
from gemini_balance.storage.memory.changes import MemoryChanges
from tests.contract.calls import NOON, attempt, call, failed

pytestmark = pytest.mark.anyio
MINUTE, HOUR, DAY = 60, 3600, 86_400
NOW = NOON + 30 * MINUTE + 20


@dataclass
class Clock:
    time: float = NOW

    def now(self) -> float:
        return self.time

    def unix(self) -> float:
        return self.time


def _trends(calls: MemoryCalls, clock: Clock) -> Trends:
    return Trends(Statistics(calls, clock), Search(calls, MemoryChanges(), clock), clock)


async def _with_calls(*ago: float) -> Trends:
    """Calls that ended so long ago, one of them failed."""
    calls = MemoryCalls()
    await calls.write([call(NOW - seconds, seconds=0.0) for seconds in ago])
    await calls.write([failed(NOW - 5, seconds=0.0)])
    return _trends(calls, Clock())


def _counts(trend: Trend) -> list[int]:
    return [point.sums.count for point in trend.points]


@pytest.mark.parametrize(("wanted", "points", "step"), [("1h", 61, 60), ("24h", 25, HOUR), ("7d", 57, 3 * HOUR)])
async def test_a_range_is_cut_into_points_without_gaps(wanted: str, points: int, step: int) -> None:
    trend = await (await _with_calls()).of(Range(wanted))
    times = [point.at for point in trend.points]
    assert len(times) == points
    assert {later - earlier for earlier, later in pairwise(times)} == {step}
    assert times[-1] <= NOW < times[-1] + step


async def test_a_day_goes_back_to_the_minute_and_no_further() -> None:
    trends = await _with_calls(10 * MINUTE, 23 * HOUR, DAY - MINUTE, DAY + 2 * MINUTE)
    day = await trends.of(Range.DAY)
    assert (day.all.sums.count, day.all.sums.errors) == (4, 1)
    assert _counts(day) == [1, 1, *[0] * 22, 2]


async def test_a_week_is_the_sum_of_its_points() -> None:
    week = await (await _with_calls(HOUR, 3 * DAY, 6 * DAY, 9 * DAY)).of(Range.WEEK)
    assert week.all.sums.count == sum(_counts(week)) == 4


async def test_what_happens_now_is_told_by_the_minute() -> None:
    trends = await _with_calls(30, 50, 70, 200)
    assert (await trends.of(Range.HOUR)).per_minute == pytest.approx(4 * 60 / 80)


async def test_durations_are_those_of_answered_calls() -> None:
    hour = await (await _with_calls(300)).of(Range.HOUR)
    assert [hour.all.first_byte.half, hour.all.total.most] == pytest.approx([0.5, 0.001], rel=0.06)
    assert hour.points[0].first_byte == (None, None)


async def test_many_who_look_cost_one_look() -> None:
    calls, clock = MemoryCalls(), Clock()
    trends = _trends(calls, clock)
    first = await trends.recent(Range.HOUR)
    await calls.write([call(NOW)])
    assert await trends.recent(Range.HOUR) is first
    clock.time += GRIDS[Range.HOUR].good_for
    later = await trends.recent(Range.HOUR)
    assert (later and later.all.sums.count) == 1


async def test_what_failed_and_the_worst_keys_are_told() -> None:
    calls = MemoryCalls()
    await calls.write([failed(NOW - 60 * n, attempts=(attempt("bad", "key_refused", 403),)) for n in range(1, 15)])
    trends = _trends(calls, Clock())
    found = await trends.failures(Range.HOUR)
    assert found is not None
    assert [(one.name, one.calls) for one in found.classes] == [("key_refused", 14)]
    assert [one.key for one in await trends.ailing()] == ["bad"]


async def test_a_journal_that_is_away_is_said_once_and_asked_again(caplog: pytest.LogCaptureFixture) -> None:
    clock, asked = Clock(), []

    async def away() -> int:
        asked.append(clock.time)
        if len(asked) < 3:
            raise ConnectionError
        return 1

    recent = Recent(away, clock, 1.0)
    seen = []
    for _ in range(3):
        seen.append(await recent.get())
        clock.time += 1.0
    assert (seen, len(caplog.records)) == ([None, None, 1], 1)
