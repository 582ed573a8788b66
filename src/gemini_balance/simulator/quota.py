"""Quota windows of (project, quota model): requests and input tokens per minute, requests per Pacific day."""

from collections import deque

from msgspec.structs import replace

from gemini_balance.simulator import errors
from gemini_balance.simulator.clock import MINUTE, pacific_day
from gemini_balance.simulator.config import Quota, Window
from gemini_balance.simulator.errors import GoogleError, Violation, quota_failure

# Google's daily refusals carry a RetryInfo of some seconds all the same: 4 s, 18 s and 31 s were seen.
MISLEADING_DELAYS = (4.015571, 18.202764, 31.621620667)


class _Ledger:
    """What one (project, quota model) has used."""

    def __init__(self) -> None:
        self.day = 0
        self.today = 0
        self.recent: deque[tuple[float, int]] = deque()

    def forget(self, now: float, window: Window) -> None:
        start = now - MINUTE if window is Window.SLIDING else now // MINUTE * MINUTE
        while self.recent and self.recent[0][0] < start:
            self.recent.popleft()
        day = pacific_day(now)
        if day != self.day:
            self.day, self.today = day, 0

    def reopens(self, now: float, window: Window) -> float:
        """Seconds until the minute window has room again."""
        oldest = self.recent[0][0] if self.recent else now
        return oldest + MINUTE - now if window is Window.SLIDING else MINUTE - now % MINUTE


class Quotas:
    """All windows. A request that is let in counts; one that is refused does not."""

    def __init__(self, window: Window) -> None:
        self.window = window
        self._ledgers: dict[tuple[str, str], _Ledger] = {}

    def charge(
        self,
        now: float,
        project: str,
        quota_model: str,
        limits: Quota,
        tokens: int,
        *,
        paid: bool,
        requests: int = 1,
        words: tuple[tuple[str, str], ...] = (),
    ) -> None:
        """Count so many requests of `tokens` input tokens; raises GoogleError 429 naming every exhausted window.

        `words` are what this kind of call replaces in the names of metrics and quotas.
        """
        if limits == Quota():
            return
        ledger = self._ledgers.setdefault((project, quota_model), _Ledger())
        ledger.forget(now, self.window)
        violations = _violations(ledger, quota_model, limits, (requests, tokens), paid=paid)
        if violations:
            retry_in = self._retry_in(now, ledger, violations)
            raise GoogleError(quota_failure([_worded(seen, words) for seen in violations], retry_in))
        ledger.recent.extend([(now, tokens), *[(now, 0)] * (requests - 1)])
        ledger.today += requests

    def _retry_in(self, now: float, ledger: _Ledger, violations: list[Violation]) -> float:
        if any("PerDay" in seen.quota_id for seen in violations):
            return MISLEADING_DELAYS[ledger.today % len(MISLEADING_DELAYS)]
        return max(0.001, ledger.reopens(now, self.window))

    def usage(self) -> dict[str, dict[str, int]]:
        """What each window has counted, for the statistics."""
        return {
            f"{project}/{model}": {
                "minute_requests": len(ledger.recent),
                "minute_tokens": sum(tokens for _, tokens in ledger.recent),
                "day_requests": ledger.today,
            }
            for (project, model), ledger in self._ledgers.items()
        }


def _worded(violation: Violation, words: tuple[tuple[str, str], ...]) -> Violation:
    metric, quota_id = violation.metric, violation.quota_id
    for common, own in words:
        metric, quota_id = metric.replace(common, own), quota_id.replace(common, own)
    return replace(violation, metric=metric, quota_id=quota_id)


def _violations(ledger: _Ledger, model: str, limits: Quota, wanted: tuple[int, int], *, paid: bool) -> list[Violation]:
    requests, tokens = wanted
    used_tokens = sum(spent for _, spent in ledger.recent) if limits.tpm is not None else 0
    windows = (
        (limits.rpd, ledger.today + requests, errors.DAY, errors.FREE_REQUESTS),
        (limits.rpm, len(ledger.recent) + requests, errors.MINUTE, errors.FREE_REQUESTS),
        (limits.tpm, used_tokens + tokens, errors.TOKENS, errors.FREE_TOKENS),
    )
    return [
        Violation(_metric(metric, paid=paid), _quota_id(quota_id, paid=paid), limit, model)
        for limit, used, quota_id, metric in windows
        if limit is not None and used > limit
    ]


def _metric(metric: str, *, paid: bool) -> str:
    if not paid:
        return metric
    return errors.PAID_TOKENS if metric == errors.FREE_TOKENS else "generate_requests_per_model_per_day"


def _quota_id(quota_id: str, *, paid: bool) -> str:
    if not paid:
        return quota_id
    return errors.PAID_MINUTE if quota_id == errors.TOKENS else quota_id.removesuffix("-FreeTier")
