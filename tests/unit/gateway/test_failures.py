"""From outcomes to what callers are told."""

import pytest

from gemini_balance.core import errors
from gemini_balance.core.outcome import Cause, Outcome
from gemini_balance.gateway.failures import error_for

EXPECTED: dict[Cause, type[errors.GatewayError]] = {
    Cause.ANSWERED: errors.UpstreamFailed,
    Cause.KEY_DEAD: errors.NoKeyAvailable,
    Cause.KEY_REFUSED: errors.NoKeyAvailable,
    Cause.PROJECT_BLOCKED: errors.NoKeyAvailable,
    Cause.PROJECT_UNPAID: errors.NoKeyAvailable,
    Cause.MODEL_NOT_OFFERED: errors.ModelNotFound,
    Cause.PAID_ONLY: errors.NoKeyAvailable,
    Cause.QUOTA_NONE: errors.ModelNotFound,
    Cause.QUOTA_MINUTE: errors.PoolBusy,
    Cause.QUOTA_DAY: errors.PoolBusy,
    Cause.QUOTA_UNKNOWN: errors.PoolBusy,
    Cause.SHARED_CAPACITY: errors.UpstreamOverloaded,
    Cause.MODEL_OVERLOADED: errors.UpstreamOverloaded,
    Cause.EGRESS_REFUSED: errors.NoKeyAvailable,
    Cause.OUR_MISTAKE: errors.UpstreamFailed,
    Cause.BAD_REQUEST: errors.BadRequest,
    Cause.MODEL_UNKNOWN: errors.ModelNotFound,
    Cause.DEADLINE: errors.UpstreamTimeout,
    Cause.WRONG_KEY_FOR_RESOURCE: errors.Forbidden,
    Cause.UPSTREAM_BROKEN: errors.UpstreamFailed,
    Cause.UPSTREAM_SLOW: errors.UpstreamTimeout,
    Cause.UNREACHABLE: errors.UpstreamFailed,
    Cause.CUT: errors.UpstreamFailed,
    Cause.EMPTY: errors.UpstreamFailed,
    Cause.THOUGHTS_ONLY: errors.UpstreamFailed,
    Cause.MALFORMED_CALL: errors.UpstreamFailed,
    Cause.UNKNOWN: errors.UpstreamFailed,
    Cause.CLIENT_GONE: errors.UpstreamFailed,
}
STATUS = {Cause.WRONG_KEY_FOR_RESOURCE: 403, Cause.BAD_REQUEST: 400}


@pytest.mark.parametrize("cause", list(Cause), ids=str)
def test_every_cause_has_its_error(cause: Cause) -> None:
    error = error_for(Outcome(cause, STATUS.get(cause, 0)), "some-model")
    assert type(error) is EXPECTED[cause]
    assert error.message.endswith(".")


@pytest.mark.parametrize("cause", [Cause.KEY_DEAD, Cause.PROJECT_UNPAID, Cause.PAID_ONLY, Cause.QUOTA_NONE])
def test_what_is_for_keys_with_billing_names_the_setting_that_would_help(cause: Cause) -> None:
    error = error_for(Outcome(cause, 400), "some-model", paid=True)
    assert (error.status, "PAID_KEY" in error.message, "some-model" in error.message) == (503, True, True)


def test_a_model_that_google_offers_to_nobody_new_is_missing_for_payers_too() -> None:
    assert error_for(Outcome(Cause.MODEL_NOT_OFFERED, 404), "m", paid=True).status == 404


@pytest.mark.parametrize(
    ("status", "kind"),
    [(400, errors.BadRequest), (403, errors.Forbidden), (404, errors.NotFound), (413, errors.TooLarge)],
)
def test_the_callers_own_mistake_keeps_its_status_and_googles_words(status: int, kind: type) -> None:
    error = error_for(Outcome(Cause.BAD_REQUEST, status, "Google's words."), "m")
    assert (type(error), error.status, error.message) == (kind, status, "Google's words.")


def test_nothing_about_our_keys_is_told() -> None:
    error = error_for(Outcome(Cause.PROJECT_BLOCKED, 403, "Consumer 'api_key:AIza…' has been suspended."), "m")
    assert (error.status, "AIza" in error.message) == (503, False)
