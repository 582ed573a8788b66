"""What a 429 tells of quota beyond its cause: windows and their values, the project, the wait."""

from typing import Any

import pytest

from gemini_balance.core.gemini.classify import classify
from gemini_balance.core.outcome import Limit, Window
from tests.unit.core.gemini.error_answers import (
    DAY,
    MINUTE,
    OLD_DAY,
    OLD_MINUTE,
    PAID_TOKENS_MINUTE,
    TOKENS_DAY,
    TOKENS_MINUTE,
    error,
    failure,
    info,
    old_quota,
    quota,
    retry,
)


@pytest.mark.parametrize(
    ("details", "limits"),
    [
        pytest.param([quota(MINUTE)], [Limit(Window.RPM, 20)], id="requests of a minute"),
        pytest.param([quota(DAY)], [Limit(Window.RPD, 20)], id="requests of a day"),
        pytest.param([quota(TOKENS_MINUTE)], [Limit(Window.TPM, 20)], id="tokens of a minute"),
        pytest.param([quota(PAID_TOKENS_MINUTE)], [Limit(Window.TPM, 20)], id="tokens of a paid minute"),
        pytest.param([quota(TOKENS_DAY)], [Limit(Window.TPD, 20)], id="tokens of a day"),
        pytest.param([old_quota(OLD_MINUTE)], [Limit(Window.RPM, 60)], id="requests of a minute in 2024"),
        pytest.param([old_quota(OLD_DAY, "1500")], [Limit(Window.RPD, 1500)], id="requests of a day in 2024"),
        pytest.param(
            [quota(DAY, value="250"), quota(TOKENS_MINUTE, value="250000")],
            [Limit(Window.RPD, 250), Limit(Window.TPM, 250_000)],
            id="several",
        ),
        pytest.param([quota(DAY, value="250"), quota(DAY)], [Limit(Window.RPD, 20)], id="of two the smaller"),
        pytest.param([quota(DAY, value="0")], [Limit(Window.RPD, 0)], id="nothing"),
        pytest.param([failure({"quotaId": DAY, "quotaValue": 20})], [Limit(Window.RPD, 20)], id="a number"),
        pytest.param([failure({"quotaId": DAY})], [], id="no value"),
        pytest.param([quota(DAY, value="many")], [], id="no number"),
        pytest.param([quota(DAY, value="9" * 5_000)], [], id="no number of this world"),
        pytest.param([quota("GenerateImagesPerMinutePerProjectPerModel")], [], id="images"),
        pytest.param([quota("GenerateRequestsPerFortnight")], [], id="an unknown window"),
    ],
)
def test_every_window_that_a_refusal_names_is_learnt(details: list[dict[str, Any]], limits: list[Limit]) -> None:
    assert classify(429, error(429, "?", *details)).limits == tuple(limits)


def test_a_message_without_details_names_window_and_model_too() -> None:
    told = "* Quota exceeded for metric: x.com/generate_requests_per_model_per_day, limit: 250, model: gemini-3.1-pro\n"
    outcome = classify(429, error(429, told))
    assert (outcome.limits, outcome.quota_model) == ((Limit(Window.RPD, 250),), "gemini-3.1-pro")


@pytest.mark.parametrize(
    ("status", "message", "details", "consumer"),
    [
        pytest.param(403, "?", [info("SERVICE_DISABLED", consumer="projects/123")], "projects/123", id="a number"),
        pytest.param(403, "?", [info("?", consumer="projects/my-project")], "projects/my-project", id="a name"),
        pytest.param(429, "?", [info("?", consumer="project_number:123")], "projects/123", id="as services say it"),
        pytest.param(429, "?", [old_quota(OLD_MINUTE)], "projects/7", id="in 2024"),
        pytest.param(429, "Quota … for consumer 'project_number:123'.", [], "projects/123", id="in the message only"),
        pytest.param(403, "?", [info("?", consumer="api_key:AIzaSyA")], "", id="a key is no project"),
        pytest.param(403, "Consumer 'api_key:AIzaSyA' has been suspended.", [], "", id="nor in the message"),
        pytest.param(403, "?", [], "", id="nobody"),
    ],
)
def test_google_names_the_project(status: int, message: str, details: list[dict[str, Any]], consumer: str) -> None:
    assert classify(status, error(status, message, *details)).consumer == consumer


@pytest.mark.parametrize(
    ("body", "seconds"),
    [
        pytest.param(error(429, "?", retry("18s")), 18.0, id="RetryInfo"),
        pytest.param(error(429, "Please retry in 4.5s."), 4.5, id="the sentence"),
        pytest.param(error(429, "Please retry in 250ms."), 0.25, id="in milliseconds"),
        pytest.param(error(429, "Please retry in 1m30s."), 90.0, id="in minutes"),
        pytest.param(error(429, "Please retry in 2h."), 7_200.0, id="in hours"),
        pytest.param(error(429, "Please retry in 23h57m10.5s."), 86_230.5, id="till midnight"),
        pytest.param(error(429, "Please retry in 4s.", retry("18s")), 18.0, id="the longer of both"),
        pytest.param(error(429, "Please retry in 1.2.3s."), None, id="no number in the sentence"),
        pytest.param(error(429, "Please retry in a while."), None, id="no time in the sentence"),
        pytest.param(error(429, "Please retry in 5 minutes."), None, id="a unit that Google doesn't write"),
        pytest.param(error(429, "?", retry("1.2.3s")), None, id="no number in RetryInfo"),
        pytest.param(error(429, "?", retry("9" * 400 + "s")), None, id="no time of this world"),
        pytest.param(error(429, "?", retry("soon")), None, id="not a duration"),
        pytest.param(error(429), None, id="nothing told"),
    ],
)
def test_how_long_google_asks_us_to_stay_away(body: bytes, seconds: float | None) -> None:
    assert classify(429, body).retry_after == seconds
