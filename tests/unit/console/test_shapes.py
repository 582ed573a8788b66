"""Pictures from numbers."""

from __future__ import annotations

import json

from gemini_balance.console.shapes import Chart, Meter, Series, Spark, meter, spark


def test_a_spark_goes_from_the_least_to_the_greatest_value() -> None:
    assert spark([0, 10, 5]) == Spark("M0.0 24.0L42.0 3.0L84.0 13.5", "M0.0 24.0L42.0 3.0L84.0 13.5L84 26L0 26Z")
    assert spark([7, 7]) == Spark("M0.0 24.0L84.0 24.0", "M0.0 24.0L84.0 24.0L84 26L0 26Z")
    assert spark([1]) is None


def test_a_meter_shows_what_is_left_and_what_of_it_will_be_used() -> None:
    assert meter(5788, 10_000, 668) == Meter(51.2, 6.68)
    assert meter(59, 400, 1_000) == Meter(0.0, 14.75)
    assert meter(500, 400) == Meter(100.0)
    assert meter(-3, 400) == meter(1, 0) == Meter(0.0)


def test_a_chart_is_told_to_the_browser_as_json() -> None:
    chart = Chart([0, 60], [Series("failed", "bad-fill", [1, None])], bars=True)
    assert json.loads(chart.json) == {
        "at": [0, 60],
        "series": [{"name": "failed", "tone": "bad-fill", "values": [1, None], "dashed": False}],
        "bars": True,
        "unit": "",
        "low": False,
    }
