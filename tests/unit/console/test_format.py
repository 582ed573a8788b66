"""Numbers, sizes, durations and times in both languages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from gemini_balance.console import format as written
from gemini_balance.console.format import CHINESE, ENGLISH
from gemini_balance.console.zone import zone_of

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 11, 22, 6, 32, 7, tzinfo=UTC).timestamp()  # 14:32:07 in Shanghai, a Sunday
DAY = 86_400


def _plain(text: str) -> str:
    return text.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0"), (21480, "21,480"), (-1200, "-1,200"), (0.82, "0.82"), (2.0, "2"), (1234.5, "1,234.5")]
)
def test_numbers_have_groups_of_three(value: float, text: str) -> None:
    assert written.number(value) == text


@pytest.mark.parametrize(
    ("value", "english", "chinese"),
    [
        (9999, "9,999", "9,999"),
        (10_000, "10 k", "1 万"),
        (48_200_000, "48.2 M", "4820 万"),
        (1_500_000_000, "1.5 G", "15 亿"),
        (234_567, "235 k", "23.5 万"),
    ],
)
def test_large_numbers_are_short(value: int, english: str, chinese: str) -> None:
    assert (_plain(written.compact(value, ENGLISH)), _plain(written.compact(value, CHINESE))) == (english, chinese)


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.0, "0%"), (1.0, "100%"), (0.994, "99.4%"), (0.99999, "99.9%"), (0.00001, "0.1%"), (0.5, "50%")],
)
def test_a_share_is_written_as_all_or_nothing_only_where_it_is(share: float, text: str) -> None:
    assert written.percent(share, CHINESE) == text
    assert _plain(written.percent(share, ENGLISH)) == text.replace("%", " %")


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0 B"), (999, "999 B"), (1_500, "1.5 kB"), (12_345_678, "12.3 MB"), (3e9, "3 GB")]
)
def test_sizes_are_in_powers_of_ten(count: float, text: str) -> None:
    assert _plain(written.size(count)) == text


@pytest.mark.parametrize(
    ("seconds", "english", "chinese"),
    [
        (0, "0 s", "0 秒"),
        (0.0021, "2 ms", "2 毫秒"),
        (0.82, "820 ms", "820 毫秒"),
        (6.412, "6.41 s", "6.41 秒"),
        (48, "48 s", "48 秒"),
        (60, "1 min", "1 分钟"),
        (125, "2 min 5 s", "2 分钟 5 秒"),
        (5280, "1 h 28 min", "1 小时 28 分钟"),
        (DAY, "1 d", "1 天"),
        (2 * DAY + 3 * 3600 + 59, "2 d 3 h", "2 天 3 小时"),
    ],
)
def test_durations_have_their_two_largest_units(seconds: float, english: str, chinese: str) -> None:
    assert _plain(written.duration(seconds, ENGLISH)) == english
    assert _plain(written.duration(seconds, CHINESE)) == chinese


@pytest.mark.parametrize(
    ("ago", "english", "chinese"),
    [
        (0, "14:32", "14:32"),
        (DAY, "21 Nov, 14:32", "11 月 21 日 14:32"),
        (200 * DAY, "6 May", "5 月 6 日"),
        (400 * DAY, "18 Oct 2025", "2025 年 10 月 18 日"),
    ],
)
def test_a_moment_says_no_more_than_is_needed(ago: float, english: str, chinese: str) -> None:
    assert written.moment(NOON - ago, NOON, SHANGHAI, ENGLISH) == english
    assert written.moment(NOON - ago, NOON, SHANGHAI, CHINESE) == chinese


def test_the_whole_time_and_the_one_for_machines() -> None:
    assert written.full(NOON, SHANGHAI, ENGLISH) == "Sun 22 Nov 2026, 14:32:07"
    assert written.full(NOON, SHANGHAI, CHINESE) == "2026 年 11 月 22 日 周日 14:32:07"
    assert written.iso(NOON) == "2026-11-22T06:32:07Z"


def test_the_day_is_the_reader_s_not_the_server_s() -> None:
    late = datetime(2026, 11, 21, 22, 0, tzinfo=UTC).timestamp()
    assert written.moment(late, NOON, SHANGHAI, ENGLISH) == "06:00"
    assert written.moment(late, NOON, UTC, ENGLISH) == "21 Nov, 22:00"


@pytest.mark.parametrize(
    "told", ["", "Asia", "Asia/Shanghai", "~480", "../../etc/passwd~0", "Asia/Shanghai~9999", "x" * 99]
)
def test_a_zone_that_can_t_be_read_is_utc(told: str) -> None:
    assert zone_of(told) == UTC


def test_a_zone_is_known_by_its_name_else_by_its_distance() -> None:
    assert zone_of("Asia/Shanghai~480") == SHANGHAI
    assert zone_of("Mars/Olympus~-90") == timezone(timedelta(minutes=-90))
