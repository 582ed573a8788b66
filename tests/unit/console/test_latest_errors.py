"""The latest errors, by who has to do something about them."""

from __future__ import annotations

import pytest

from gemini_balance.console.latest_errors import ErrorRow, blame_of, rows_of
from gemini_balance.core.outcome import Blame
from gemini_balance.gateway.calls import KeptCall

NOW = 1_800_014_400.0


def _call(cause: str, status: int = 502, *, at: float = NOW, model: str = "gemini-2.5-flash") -> KeptCall:
    return KeptCall(
        number=1,
        id=f"id {at:.0f}",
        at=at,
        client="192.0.2.1",
        model_asked=model,
        model_used=model,
        cause=cause,
        status=status,
        ending="upstream_error",
        seconds=1.0,
    )


@pytest.mark.parametrize(
    ("cause", "status", "blame"),
    [
        ("quota_day", 429, Blame.QUOTA),
        ("key_dead", 503, Blame.KEY),
        ("model_overloaded", 503, Blame.CAPACITY),
        ("", 429, Blame.QUOTA),
        ("", 400, Blame.CALLER),
        ("answered", 502, Blame.UPSTREAM),
        ("of another version", 500, Blame.UPSTREAM),
    ],
)
def test_an_error_is_somebody_s(cause: str, status: int, blame: Blame) -> None:
    assert blame_of(_call(cause, status)) is blame


def test_errors_of_a_kind_are_one_row_with_the_way_to_the_latest_call() -> None:
    calls = [
        _call("quota_day", 429, at=NOW),
        _call("unreachable", at=NOW - 1),
        _call("quota_minute", 429, at=NOW - 2, model="gemini-2.5-pro"),
        _call("quota_day", 429, at=NOW - 3, model="gemini-2.5-pro"),
    ]
    assert rows_of(calls) == (
        ErrorRow("blame.quota", "blame.quota_do", 3, "gemini-2.5-pro", NOW, f"/console/calls/id%20{NOW:.0f}"),
        ErrorRow(
            "blame.upstream", "blame.upstream_do", 1, "gemini-2.5-flash", NOW - 1, f"/console/calls/id%20{NOW - 1:.0f}"
        ),
    )
