"""What a 429 says about quota: which windows it names, what they hold, whose they are and how long to stay away."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gemini_balance.core.outcome import Cause, Limit, Window

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gemini_balance.core.gemini.schema import ErrorStatus

# What an id is made of: GenerateContentPaidTierInputTokensPerModelPerMinute, generate_requests_per_model_per_day.
WINDOWS = (
    ("token", "perday", Window.TPD),
    ("token", "perminute", Window.TPM),
    ("request", "perday", Window.RPD),
    ("request", "perminute", Window.RPM),
)
# The longest-lived decides; images per minute (IPM) are a minute too, though no window of ours counts them.
LASTS = (("perday", Cause.QUOTA_DAY), ("perminute", Cause.QUOTA_MINUTE))
# No minute and no rolling ten minutes (of spending) ask for that long: "Please retry in 23h57m10.78s" names a day
# where the id is missing, as in the metric generate_content_free_tier_requests, which both windows share.
A_DAYS_WAIT = 3_600.0

_LIMIT_ZERO = re.compile(r"limit:\s*0(?!\d|\.\d)")
_IN_THE_MESSAGE = re.compile(r"quota exceeded for metric: ([\w./-]+), limit: (\d{1,18})(?:, model: ([\w.-]+))?")
_UNITS = re.compile(r"[0-9]{1,18}")
_CONSUMER = re.compile(r"(?:projects/|project_number:)([\w.:-]+)")
_OF_CONSUMER = re.compile(r"consumer '(project_number:\d+)'")
_DELAY = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)s")
_RETRY_IN = re.compile(
    r"retry in (?=\d)(?:(\d{1,4})h)?(?:(\d{1,4})m(?!s))?(?:(\d{1,9}(?:\.\d{1,9})?)\s*(ms|s))?(?!\.?\d)"
)


@dataclass(frozen=True, slots=True)
class Named:
    """One quota of a 429: its name in small letters without joints, its value as Google writes it, and its model."""

    quota: str
    value: str = ""
    model: str = ""


def named_by(error: ErrorStatus) -> list[Named]:
    """From QuotaFailure, from the ErrorInfo of 2024, or else from the message alone."""
    named = [_violated(violation) for detail in error.details for violation in detail.violations]
    named += [
        Named(_squashed(detail.metadata.get("quota_limit", "")), detail.metadata.get("quota_limit_value", ""))
        for detail in error.details
        if detail.reason == "RATE_LIMIT_EXCEEDED"
    ]
    found = () if named else _IN_THE_MESSAGE.finditer(error.message.lower())
    return named + [Named(_squashed(one[1]), one[2], one[3] or "") for one in found]


def quota_cause(named: Iterable[Named], error: ErrorStatus, retry_after: float | None) -> Cause | None:
    """The longest-lived of the windows, whatever the retryDelay says; None when no window is known."""
    named = list(named)
    if _LIMIT_ZERO.search(error.message.lower()) or any(one.value == "0" for one in named):
        return Cause.QUOTA_NONE
    for lasts, cause in LASTS:
        if any(lasts in one.quota for one in named):
            return cause
    return Cause.QUOTA_DAY if retry_after is not None and retry_after > A_DAYS_WAIT else None


def limits_of(named: Iterable[Named]) -> tuple[Limit, ...]:
    """Every window whose value is told; of one that is told twice the smaller."""
    limits: dict[Window, int] = {}
    for one in named:
        window = _window(one.quota)
        if window is not None and _UNITS.fullmatch(one.value):
            limits[window] = min(int(one.value), limits.get(window, int(one.value)))
    return tuple(Limit(window, units) for window, units in limits.items())


def model_of(named: Iterable[Named]) -> str | None:
    """Google counts under a pool name (gemini-3-flash for gemini-3-flash-preview)."""
    return next((one.model for one in named if one.model), None)


def consumer_of(error: ErrorStatus) -> str:
    """The project, as "projects/123"; never a key, which Google names as a consumer too ("api_key:AIza…")."""
    told = [detail.metadata["consumer"] for detail in error.details if "consumer" in detail.metadata]
    told += [found[1] for found in _OF_CONSUMER.finditer(error.message.lower())]
    projects = (_CONSUMER.fullmatch(consumer) for consumer in told)
    return next((f"projects/{project[1]}" for project in projects if project), "")


def retry_after(error: ErrorStatus) -> float | None:
    """Seconds, from RetryInfo or from the sentence "Please retry in 34.07s"; the longer of them."""
    delays = (_DELAY.fullmatch(detail.retry_delay) for detail in error.details)
    told = [float(delay[1]) for delay in delays if delay]
    if found := _RETRY_IN.search(error.message.lower()):
        hours, minutes, rest, unit = found.groups(default="0")
        told.append(int(hours) * 3_600 + int(minutes) * 60 + float(rest) / (1_000 if unit == "ms" else 1))
    return max(told, default=None)


def _violated(violation: dict[str, Any]) -> Named:
    dimensions = violation.get("quotaDimensions")
    model = dimensions.get("model", "") if isinstance(dimensions, dict) else ""
    name = violation.get("quotaId") or violation.get("quotaMetric") or ""
    return Named(_squashed(str(name)), str(violation.get("quotaValue", "")), str(model))


def _squashed(name: str) -> str:
    return name.lower().replace("_", "")


def _window(quota: str) -> Window | None:
    return next((window for what, lasts, window in WINDOWS if what in quota and lasts in quota), None)
