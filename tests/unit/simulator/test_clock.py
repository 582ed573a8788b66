"""Simulated time runs as fast as asked, and its days are Pacific."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest

from gemini_balance.simulator.clock import Clock, pacific_day, pacific_offset


def test_it_runs_faster_and_jumps() -> None:
    wall = [100.0]
    clock = Clock(speed=60.0, start=1_000.0, wall=lambda: wall[0])
    wall[0] += 2
    clock.advance(5)
    assert clock.now() == 1_125.0
    clock.set_speed(1.0)
    wall[0] += 2
    assert clock.now() == 1_127.0


@pytest.mark.parametrize(
    ("moment", "same_day"),
    [
        (datetime(2026, 1, 15, 7, 59, tzinfo=UTC), True),
        (datetime(2026, 1, 15, 8, 0, tzinfo=UTC), False),
        (datetime(2026, 7, 15, 6, 59, tzinfo=UTC), True),
        (datetime(2026, 7, 15, 7, 0, tzinfo=UTC), False),
    ],
)
def test_the_day_changes_at_midnight_in_los_angeles(moment: datetime, same_day: bool) -> None:
    evening_before = (moment - timedelta(hours=1)).timestamp()
    assert (pacific_day(moment.timestamp()) == pacific_day(evening_before)) is same_day


def test_summer_time_follows_the_time_zone_database() -> None:
    try:
        los_angeles = ZoneInfo("America/Los_Angeles")
    except ZoneInfoNotFoundError:
        pytest.skip("no time zone database on this machine")
    start = datetime(2025, 1, 1, tzinfo=UTC)
    hours = (start + timedelta(hours=n) for n in range(3 * 365 * 24))
    assert all(pacific_offset(hour) == hour.astimezone(los_angeles).utcoffset() for hour in hours)
