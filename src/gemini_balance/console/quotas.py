"""What is left of each model's day, as a meter with a sentence beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gemini_balance.console.shapes import Meter, meter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gemini_balance.gateway.forecasts import Forecast, PoolState

HOUR = 3600.0
PLENTY = 0.9  # of the limit, left at the reset


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is to be expected: a message with these numbers, and its tone where something is to be done."""

    message: str
    tone: str = ""
    at_reset: int = 0  # requests that will be left
    time: float = 0.0  # when none is left, or some is again
    early: float = 0.0  # seconds before the reset


@dataclass(frozen=True, slots=True)
class Quota:
    """`meter`: None where the limit is not known."""

    model: str
    paid: bool
    meter: Meter | None
    left: int | None
    limit: int | None
    used: int
    outlook: Outlook


def quotas(pools: Sequence[PoolState], now: float) -> tuple[Quota, ...]:
    """Those that run out first, then by how little is left. Lists of models and the like are of no model."""
    found = [_quota(forecast, now) for pool in pools for forecast in pool.models if forecast.report.model]
    return tuple(sorted(found, key=_urgency))


def by_name(pools: Sequence[PoolState], now: float) -> dict[str, Quota]:
    """By every name that a model is asked by; of a paid key's and a free one's, what is scarcer."""
    drawn = [(_quota(one, now), one.report.names) for pool in pools for one in pool.models]
    found: dict[str, Quota] = {}
    for quota, names in sorted(drawn, key=lambda pair: _urgency(pair[0]), reverse=True):
        found |= dict.fromkeys((quota.model, *names), quota)
    return found


def resets_at(pools: Sequence[PoolState]) -> float | None:
    """When Google's day ends; the same for all models."""
    return next((forecast.report.resets_at for pool in pools for forecast in pool.models), None)


def _quota(forecast: Forecast, now: float) -> Quota:
    report, day = forecast.report, forecast.report.day_requests
    hours = max(0.0, report.resets_at - now) / HOUR
    expected = (forecast.per_hour or 0.0) * hours
    drawn = meter(day.left, day.limit, expected) if day.left is not None and day.limit else None
    outlook = _outlook(forecast, expected)
    return Quota(report.model, report.paid, drawn, day.left, day.limit, day.used, outlook)


def _outlook(forecast: Forecast, expected: float) -> Outlook:
    """`expected`: requests until the reset, at the pace of the last hour."""
    day, resets = forecast.report.day_requests, forecast.report.resets_at
    if day.limit == 0:
        return Outlook("quota.never")
    if day.left is None or day.limit is None:
        return Outlook("quota.unknown")
    if day.left == 0:
        return Outlook("quota.spent", "wait", time=resets)
    if (out := forecast.exhausted_at) is not None:
        return Outlook("quota.runs_out", "wait", time=out, early=resets - out)
    if forecast.per_hour is None:
        return Outlook("quota.unseen")
    at_reset = int(day.left - expected)
    return Outlook("quota.plenty" if at_reset >= PLENTY * day.limit else "quota.enough", at_reset=at_reset)


def _urgency(quota: Quota) -> tuple[bool, float, str]:
    share = quota.left / quota.limit if quota.left is not None and quota.limit else 1.0
    return not quota.outlook.tone, share, quota.model
