"""What is left of each model's day, in words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gemini_balance.console.quotas import Outlook, quotas, resets_at
from gemini_balance.console.shapes import Meter
from gemini_balance.core.pool import KeyId, KeyPool, KeySpec
from gemini_balance.core.pool.report import Window, health_counts, lane_report
from gemini_balance.gateway.forecasts import Forecast, PoolState

NOW = 1_800_000_000.0
RESET = NOW + 2 * 3600


def _forecast(window: Window, per_hour: float | None = None, out: float | None = None, model: str = "m") -> Forecast:
    pool = KeyPool([KeySpec(KeyId("k"), "AIzaSim-amber-1")], 3, lambda: 0.5)
    report = lane_report(pool, pool.lane(model), paid=False, now=NOW)
    return Forecast(replace(report, day_requests=window, resets_at=RESET), per_hour, out)


def _state(*models: Forecast) -> PoolState:
    return PoolState("gemini_api", health_counts([], NOW), 0, list(models), [])


@pytest.mark.parametrize(
    ("window", "per_hour", "out", "outlook"),
    [
        (Window(None, 212, None), 10.0, None, Outlook("quota.unknown")),
        (Window(0, 0, 0), None, None, Outlook("quota.never")),
        (Window(400, 400, 0), 50.0, NOW, Outlook("quota.spent", "wait", time=RESET)),
        (Window(400, 341, 59), 60.0, NOW + 3540, Outlook("quota.runs_out", "wait", time=NOW + 3540, early=3660)),
        (Window(400, 10, 390), None, None, Outlook("quota.unseen")),
        (Window(400, 100, 300), 50.0, None, Outlook("quota.enough", at_reset=200)),
        (Window(400, 10, 390), 5.0, None, Outlook("quota.plenty", at_reset=380)),
    ],
)
def test_the_outlook_says_what_is_known(
    window: Window, per_hour: float | None, out: float | None, outlook: Outlook
) -> None:
    assert quotas([_state(_forecast(window, per_hour, out))], NOW)[0].outlook == outlook


def test_the_meter_shows_what_will_be_left_and_what_will_be_used() -> None:
    assert quotas([_state(_forecast(Window(400, 100, 300), 50.0))], NOW)[0].meter == Meter(50.0, 25.0)
    assert quotas([_state(_forecast(Window(None, 100, None), 50.0))], NOW)[0].meter is None


def test_what_runs_out_first_stands_first() -> None:
    calm, short = _forecast(Window(9, 8, 1), 0.0, model="calm"), _forecast(Window(9, 1, 8), 9.0, NOW + 1, "short")
    unknown = _forecast(Window(None, 1, None), model="unknown")
    none = _forecast(Window(None, 7, None), model="")
    assert [quota.model for quota in quotas([_state(none, unknown, calm), _state(short)], NOW)] == [
        "short",
        "calm",
        "unknown",
    ]


def test_the_day_ends_for_all_at_once() -> None:
    assert resets_at([_state()]) is None
    assert resets_at([_state(), _state(_forecast(Window(9, 1, 8)))]) == RESET
