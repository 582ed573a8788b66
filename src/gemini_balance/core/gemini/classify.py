"""What an error answer of Google's means for the pool. Rows are tried in order; the first that fits decides.

The rows and their evidence: quoted and recorded error bodies, see the golden table in the tests.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gemini_balance.core.gemini.events import decoded
from gemini_balance.core.gemini.schema import ErrorStatus
from gemini_balance.core.outcome import Cause, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Sign:
    """A row: every condition that is given must hold. `says` are words of the message, any of which will do."""

    cause: Cause
    status: frozenset[int] = frozenset()
    reasons: frozenset[str] = frozenset()
    says: tuple[str, ...] = ()

    def fits(self, status: int, reasons: frozenset[str], message: str) -> bool:
        return (
            (not self.status or status in self.status)
            and (not self.reasons or bool(self.reasons & reasons))
            and (not self.says or any(words in message for words in self.says))
        )


def _on(cause: Cause, *status: int, reasons: Iterable[str] = (), says: tuple[str, ...] = ()) -> Sign:
    return Sign(cause, frozenset(status), frozenset(reasons), tuple(words.lower() for words in says))


_RESTRICTED = {
    f"API_KEY_{what}_BLOCKED" for what in ("SERVICE", "HTTP_REFERRER", "IP_ADDRESS", "ANDROID_APP", "IOS_APP")
}

SIGNS = (
    _on(Cause.OUR_MISTAKE, 400, says=("multiple authentication credentials",)),
    _on(Cause.OUR_MISTAKE, 403, says=("unregistered callers",)),
    # A dead key is a 400 (not valid, expired, not found), an unusable kind of key a 401.
    _on(Cause.KEY_DEAD, reasons={"API_KEY_INVALID"}),
    _on(Cause.KEY_DEAD, 400, says=("api key not valid", "api key expired", "api key not found")),
    _on(Cause.KEY_DEAD, 401),
    _on(Cause.KEY_DEAD, 403, says=("reported as leaked",)),
    _on(Cause.KEY_DEAD, 403, reasons=_RESTRICTED),
    _on(
        Cause.PROJECT_BLOCKED,
        reasons={"CONSUMER_SUSPENDED", "SERVICE_DISABLED", "BILLING_DISABLED", "CONSUMER_INVALID"},
    ),
    _on(Cause.PROJECT_UNPAID, 402),
    _on(Cause.PROJECT_UNPAID, 429, says=("prepayment credits are depleted", "monthly spending cap")),
    _on(Cause.EGRESS_REFUSED, 400, says=("user location is not supported",)),
    _on(Cause.PROJECT_BLOCKED, 400, says=("free tier is not available in your country",)),
    # 403 is not always a dead key: a resource of another key reads "not found (or permission denied)".
    _on(
        Cause.WRONG_KEY_FOR_RESOURCE,
        403,
        says=("cachedcontent", "permission to access the file", "or it may not exist"),
    ),
    _on(Cause.MODEL_NOT_OFFERED, 404, says=("no longer available to new users", "has been shut down")),
    _on(Cause.MODEL_UNKNOWN, 404, says=("is not found for api version", "is not supported for")),
    # Shared capacity speaks of no quota of ours.
    _on(Cause.SHARED_CAPACITY, 429, says=("resource exhausted. please try again later", "error-code-429")),
    _on(Cause.QUOTA_UNKNOWN, 429),
    _on(Cause.KEY_REFUSED, 403),
    _on(Cause.MODEL_OVERLOADED, 503),
    _on(Cause.UPSTREAM_SLOW, 504),
    _on(Cause.CUT, 499),
    _on(Cause.UPSTREAM_BROKEN, 500, 502),
    _on(Cause.BAD_REQUEST, *range(400, 500)),
)

_RETRY_IN = re.compile(r"retry in (\d+(?:\.\d+)?)\s*(ms|s)")
_LIMIT_ZERO = re.compile(r"limit:\s*0(?![\d.])")


def classify(status: int, body: bytes, content_type: str = "") -> Outcome:
    """An answer of status ≥ 400, whatever its body is (JSON, a one-element array, HTML, nothing), to an Outcome."""
    error = decoded(body.removeprefix(b"data: ")).error or ErrorStatus(code=status)
    return outcome_of(status, error, body, content_type)


def outcome_of(status: int, error: ErrorStatus, body: bytes = b"", content_type: str = "") -> Outcome:
    """The same for an error that is decoded already, as those inside a stream are."""
    reasons = frozenset(detail.reason for detail in error.details if detail.reason)
    message = error.message.lower()
    cause = next((sign.cause for sign in SIGNS if sign.fits(status, reasons, message)), Cause.UNKNOWN)
    if cause is Cause.QUOTA_UNKNOWN:
        cause = _quota_cause(error, message)
    return Outcome(
        cause,
        status,
        error.message,
        retry_after=_retry_after(error, message),
        quota_model=_quota_model(error),
        body=body,
        content_type=content_type,
    )


def _violations(error: ErrorStatus) -> list[dict[str, Any]]:
    return [violation for detail in error.details for violation in detail.violations]


def _quota_cause(error: ErrorStatus, message: str) -> Cause:
    """One 429 can name several windows; the longest-lived decides, whatever its retryDelay says."""
    named = [(str(v.get("quotaId", "")), str(v.get("quotaValue", ""))) for v in _violations(error)]
    named += [
        (detail.metadata.get("quota_limit", ""), detail.metadata.get("quota_limit_value", ""))
        for detail in error.details
        if detail.reason == "RATE_LIMIT_EXCEEDED"
    ]
    if _LIMIT_ZERO.search(message) or any(value == "0" for _, value in named):
        return Cause.QUOTA_NONE
    if any("PerDay" in quota for quota, _ in named):
        return Cause.QUOTA_DAY
    return Cause.QUOTA_MINUTE if any("PerMinute" in quota for quota, _ in named) else Cause.QUOTA_UNKNOWN


def _quota_model(error: ErrorStatus) -> str | None:
    """Google counts under a pool name (gemini-3-flash for gemini-3-flash-preview)."""
    dimensions = (violation.get("quotaDimensions") or {} for violation in _violations(error))
    return next((str(named["model"]) for named in dimensions if "model" in named), None)


def _retry_after(error: ErrorStatus, message: str) -> float | None:
    """Seconds, from RetryInfo or from the sentence "Please retry in 34.07s"; the longer of them."""
    told = [float(d.retry_delay[:-1]) for d in error.details if re.fullmatch(r"\d+(\.\d+)?s", d.retry_delay)]
    if found := _RETRY_IN.search(message):
        told.append(float(found[1]) / (1000 if found[2] == "ms" else 1))
    return max(told, default=None)
