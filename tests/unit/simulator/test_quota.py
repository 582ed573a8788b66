"""Windows count what was let in, refuse what is over, and open again."""

import pytest

from gemini_balance.simulator.config import Quota, Window
from gemini_balance.simulator.errors import GoogleError
from gemini_balance.simulator.quota import Quotas

NOON = 1_795_341_600.0  # 2026-11-22 10:00 UTC: a full minute, in the middle of a Pacific night


def refused(quotas: Quotas, now: float, limits: Quota, tokens: int = 1, *, paid: bool = False) -> list[str]:
    """The quotaIds of the refusal; empty when the request was let in."""
    try:
        quotas.charge(now, "amber", "gemini-x", limits, tokens, paid=paid)
    except GoogleError as error:
        failure = error.problem.details[1]["violations"]
        assert isinstance(failure, list)
        return [str(seen["quotaId"]) for seen in failure if isinstance(seen, dict)]
    return []


MINUTE = ["GenerateRequestsPerMinutePerProjectPerModel-FreeTier"]
DAY = ["GenerateRequestsPerDayPerProjectPerModel-FreeTier"]
TOKENS = ["GenerateContentInputTokensPerModelPerMinute-FreeTier"]


def test_a_fixed_window_opens_with_the_minute() -> None:
    quotas, limits = Quotas(Window.FIXED), Quota(rpm=2)
    moments = [NOON + 58, NOON + 59, NOON + 59.9, NOON + 60, NOON + 61]
    assert [refused(quotas, now, limits) for now in moments] == [[], [], MINUTE, [], []]


def test_a_sliding_window_opens_sixty_seconds_after_each_request() -> None:
    quotas, limits = Quotas(Window.SLIDING), Quota(rpm=2)
    moments = [NOON + 58, NOON + 59, NOON + 60, NOON + 117.9, NOON + 118.1, NOON + 118.5, NOON + 119.1]
    assert [refused(quotas, now, limits) for now in moments] == [[], [], MINUTE, MINUTE, [], MINUTE, []]


def test_input_tokens_count_per_minute() -> None:
    quotas, limits = Quotas(Window.FIXED), Quota(tpm=100)
    assert [refused(quotas, NOON, limits, tokens) for tokens in (60, 41, 40)] == [[], TOKENS, []]


def test_the_day_outlasts_the_minute() -> None:
    quotas, limits = Quotas(Window.FIXED), Quota(rpd=1)
    tomorrow = NOON + 24 * 3600
    assert [refused(quotas, now, limits) for now in (NOON, NOON + 3600, tomorrow)] == [[], DAY, []]


def test_one_refusal_names_every_window() -> None:
    quotas, limits = Quotas(Window.FIXED), Quota(rpm=0, tpm=0, rpd=0)
    assert refused(quotas, NOON, limits) == DAY + MINUTE + TOKENS


def test_paid_projects_have_other_names() -> None:
    quotas = Quotas(Window.FIXED)
    assert refused(quotas, NOON, Quota(rpm=0, tpm=0), paid=True) == [
        "GenerateRequestsPerMinutePerProjectPerModel",
        "GenerateContentPaidTierInputTokensPerModelPerMinute",
    ]


@pytest.mark.parametrize(
    ("limits", "delay"), [(Quota(rpm=1), "30s"), (Quota(rpd=1), "18s"), (Quota(rpm=1, rpd=1), "18s")]
)
def test_the_retry_delay_is_true_for_minutes_and_misleading_for_days(limits: Quota, delay: str) -> None:
    quotas = Quotas(Window.FIXED)
    refused(quotas, NOON + 10, limits)
    with pytest.raises(GoogleError) as caught:
        quotas.charge(NOON + 30, "amber", "gemini-x", limits, 1, paid=False)
    assert caught.value.problem.details[2]["retryDelay"] == delay


def test_projects_and_models_count_apart() -> None:
    quotas, limits = Quotas(Window.FIXED), Quota(rpm=1)
    for project, model in (("amber", "x"), ("amber", "y"), ("basil", "x")):
        quotas.charge(NOON, project, model, limits, 7, paid=False)
    assert quotas.usage()["basil/x"] == {"minute_requests": 1, "minute_tokens": 7, "day_requests": 1}
