"""Google's day begins at midnight in Los Angeles."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemini_balance.core.pool.pacific import day_ends


def moment(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


@pytest.mark.parametrize(
    ("now", "midnight"),
    [
        ("2026-01-15T12:00-08:00", "2026-01-16T00:00-08:00"),
        ("2026-07-15T12:00-07:00", "2026-07-16T00:00-07:00"),
        ("2026-07-15T23:59:59.9-07:00", "2026-07-16T00:00-07:00"),
        ("2026-07-16T00:00-07:00", "2026-07-17T00:00-07:00"),
        ("2026-12-31T20:00-08:00", "2027-01-01T00:00-08:00"),
        ("2026-12-31T23:30+00:00", "2027-01-01T00:00-08:00"),
        ("2028-02-28T12:00-08:00", "2028-02-29T00:00-08:00"),
        ("2026-03-07T23:00-08:00", "2026-03-08T00:00-08:00"),
        ("2026-03-08T00:00-08:00", "2026-03-09T00:00-07:00"),
        ("2026-03-08T01:59-08:00", "2026-03-09T00:00-07:00"),
        ("2026-03-08T03:00-07:00", "2026-03-09T00:00-07:00"),
        ("2026-10-31T23:00-07:00", "2026-11-01T00:00-07:00"),
        ("2026-11-01T00:00-07:00", "2026-11-02T00:00-08:00"),
        ("2026-11-01T01:30-07:00", "2026-11-02T00:00-08:00"),
        ("2026-11-01T01:30-08:00", "2026-11-02T00:00-08:00"),
    ],
    ids=lambda text: str(text),
)
def test_the_next_midnight_is_that_of_los_angeles(now: str, midnight: str) -> None:
    assert day_ends(moment(now)) == moment(midnight)


@pytest.mark.parametrize(
    ("noon", "hours"),
    [("2026-03-07T12:00-08:00", 23), ("2026-10-31T12:00-07:00", 25), ("2026-06-01T12:00-07:00", 24)],
    ids=["clocks go forward", "clocks go back", "any other"],
)
def test_a_day_is_as_long_as_it_is_there(noon: str, hours: int) -> None:
    begins = day_ends(moment(noon))
    assert day_ends(begins) - begins == hours * 3_600


@given(st.integers(1_200_000_000, 2_500_000_000))
def test_it_agrees_with_the_time_zone_data(now: int) -> None:
    try:
        zone = ZoneInfo("America/Los_Angeles")
    except ZoneInfoNotFoundError:
        pytest.skip("no time zone data on this machine")
    date = datetime.fromtimestamp(now, zone).date() + timedelta(days=1)
    assert day_ends(now) == datetime(date.year, date.month, date.day, tzinfo=zone).timestamp()
