"""Tiles and charts, and what they say in words."""

from __future__ import annotations

from datetime import UTC

import msgspec

from gemini_balance.console.figures import Figures, figures
from gemini_balance.console.words import Words
from gemini_balance.core.histogram import Histogram, unit
from gemini_balance.core.outcome import Usage
from gemini_balance.gateway.calls import Sums
from gemini_balance.gateway.trends import Durations, Point, Range, Trend

NOW = 1_800_014_400.0
QUICK = Histogram(unit(0.4) * 2)
USED = Usage(1000, 100, 20, 300, 80, 1400)


def _point(at: float, count: int, errors: int = 0) -> Point:
    told = Durations(0.412, 1.26) if count else Durations(None, None)
    usage = USED if count else Usage()
    return Point(at, Sums(at=at, count=count, errors=errors, usage=usage, latency=QUICK, first_byte=QUICK), told, told)


def _figures(*counts: int, language: str = "en", per_minute: float = 2.64) -> Figures:
    points = tuple(_point(NOW + 60 * n, count, errors=count // 4) for n, count in enumerate(counts))
    whole = _point(NOW, sum(counts), sum(count // 4 for count in counts))
    return figures(Words(language, UTC, NOW), Trend(Range.HOUR, per_minute, whole, points))


def test_a_tile_says_how_much_and_how_it_came_about() -> None:
    told = [(str(tile.name), tile.value, str(tile.note)) for tile in _figures(4, 0, 12).tiles]
    assert told == [
        ("Calls", "16", "2.6 a minute now"),
        ("Whole answers", "75\u00a0%", "4 failed"),
        ("First byte", "410\u00a0ms", "1 in 20 takes over 1.3\u00a0s"),
        ("Total time", "410\u00a0ms", "1 in 20 takes over 1.3\u00a0s"),
        ("Tokens", "1,400", "1,020 in, 300 out, 80 thought"),
    ]


def test_a_chart_says_in_words_what_it_shows() -> None:
    told = [(str(one.title), str(one.about), str(one.text)) for one in _figures(4, 0, 12).charts]
    assert told == [
        ("Calls", "each bar: 1\u00a0min", "16 calls, 4 failed. Most at 12:02: 12."),
        ("First byte", "dashed: 1 in 20 takes longer", "Half within 410\u00a0ms, 19 of 20 within 1.3\u00a0s."),
        ("Total time", "dashed: 1 in 20 takes longer", "Half within 410\u00a0ms, 19 of 20 within 1.3\u00a0s."),
        ("Tokens", "each bar: 1\u00a0min", "1,400 tokens in all."),
    ]


def test_bars_are_what_went_well_and_what_did_not_and_lines_have_gaps() -> None:
    calls, first_byte, *_ = _figures(4, 0, 12).charts
    drawn = msgspec.json.decode(calls.chart.json)
    assert [(one["name"], one["values"]) for one in drawn["series"]] == [("whole", [3, 0, 9]), ("failed", [1, 0, 3])]
    assert calls.legend == [("pale", "whole"), ("bad", "failed")]
    assert [list(one.values) for one in first_byte.chart.series] == [[1.26, None, 1.26], [0.41, None, 0.41]]
    assert first_byte.legend == []


def test_without_calls_there_are_tiles_and_no_charts() -> None:
    told = _figures(0, 0, per_minute=0.0)
    assert [tile.value for tile in told.tiles] == ["0", "–", "–", "–", "0"]
    assert [tile.line for tile in told.tiles] == [None] * 5
    assert (told.charts, str(told.label)) == ((), "last hour")


def test_charts_speak_the_reader_s_language() -> None:
    calls, first_byte, *_ = _figures(4, language="zh").charts
    assert (str(calls.text), first_byte.chart.unit) == ("4 次调用，1 次失败。最多在 12:00：4 次。", "秒")
