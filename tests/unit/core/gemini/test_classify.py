"""What Google's errors mean: a row for each sign, and every error that was recorded or quoted."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from gemini_balance.core.gemini.classify import SIGNS, classify
from gemini_balance.core.outcome import BLAME, Cause, Outcome

# The corpus says of each quoted error, in its own words, what the pool should make of it.
QUOTED = {
    "key_dead": Cause.KEY_DEAD,
    "key_dead_project_blocked": Cause.PROJECT_BLOCKED,
    "project_blocked": Cause.PROJECT_BLOCKED,
    "project_tier_region_blocked": Cause.PROJECT_BLOCKED,
    "project_billing_dead": Cause.PROJECT_UNPAID,
    "project_billing_dead_until_month_or_raise": Cause.PROJECT_UNPAID,
    "region_blocked": Cause.EGRESS_REFUSED,
    "our_bug_or_compat_shim": Cause.OUR_MISTAKE,
    "our_bug_no_key_sent": Cause.OUR_MISTAKE,
    "resource_affinity_or_expired (NOT a dead key!)": Cause.WRONG_KEY_FOR_RESOURCE,
    "request_bad": Cause.BAD_REQUEST,
    "request_bad_model": Cause.MODEL_UNKNOWN,
    "this_key_model_pair_never": Cause.MODEL_NOT_OFFERED,
    "key_model_exhausted_day": Cause.QUOTA_DAY,
    "key_model_exhausted_day (IGNORE the small retryDelay)": Cause.QUOTA_DAY,
    "key_model_exhausted_minute": Cause.QUOTA_MINUTE,
    "key_model_no_quota (permanent until tier changes)": Cause.QUOTA_NONE,
    'key_exhausted_minute (quota_limit_value "0" => disabled)': Cause.QUOTA_MINUTE,  # the quoted one names 60
    "unknown_short_cooldown": Cause.QUOTA_UNKNOWN,
    "unknown_short_cooldown (tool quota)": Cause.QUOTA_UNKNOWN,
    "shared_capacity (not a per-key quota)": Cause.SHARED_CAPACITY,
    "model_overloaded": Cause.MODEL_OVERLOADED,
    "retry_other_key_once": Cause.UPSTREAM_BROKEN,
    "retry_once_or_fail": Cause.UPSTREAM_SLOW,
    "client_gone": Cause.CUT,  # our client is there, or we would not read this: Google's own end was cut
}
# Live-recorded ones, told apart by what stands in the name of their file.
RECORDED = {
    "test_embed_error": Cause.MODEL_UNKNOWN,
    "test_count_tokens_error": Cause.MODEL_UNKNOWN,
    "google-429-retry-info": Cause.QUOTA_MINUTE,
    "image-rejected": Cause.BAD_REQUEST,
    "test_model_name_suggestion_google": Cause.MODEL_UNKNOWN,
    "unary-failure-api-key": Cause.KEY_DEAD,
    "api-not-enabled": Cause.PROJECT_BLOCKED,
    "unary-failure-unknown-model": Cause.MODEL_UNKNOWN,
    "stream_with_error": Cause.MODEL_UNKNOWN,
}


def error(status: int, message: str = "", *details: dict[str, Any]) -> bytes:
    return json.dumps({"error": {"code": status, "message": message, "details": list(details)}}).encode()


def info(reason: str, **metadata: str) -> dict[str, Any]:
    return {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason, "metadata": metadata}


def quota(*ids: str, value: str = "20", model: str = "gemini-3-flash") -> dict[str, Any]:
    violations = [{"quotaId": name, "quotaValue": value, "quotaDimensions": {"model": model}} for name in ids]
    return {"@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": violations}


def retry(delay: str) -> dict[str, Any]:
    return {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": delay}


MINUTE, DAY = "GenerateRequestsPerMinutePerProjectPerModel", "GenerateRequestsPerDayPerProjectPerModel"


@pytest.mark.parametrize(
    ("status", "body", "cause"),
    [
        (400, error(400, "Multiple authentication credentials received."), Cause.OUR_MISTAKE),
        (403, error(403, "Method doesn't allow unregistered callers"), Cause.OUR_MISTAKE),
        (400, error(400, "?", info("API_KEY_INVALID")), Cause.KEY_DEAD),
        (400, error(400, "API key not valid. Please pass a valid API key."), Cause.KEY_DEAD),
        (401, error(401), Cause.KEY_DEAD),
        (403, error(403, "Your API key was reported as leaked."), Cause.KEY_DEAD),
        *((403, error(403, "?", info(f"API_KEY_{what}_BLOCKED")), Cause.KEY_DEAD)
          for what in ("SERVICE", "HTTP_REFERRER", "IP_ADDRESS", "ANDROID_APP", "IOS_APP")),
        *((403, error(403, "?", info(reason)), Cause.PROJECT_BLOCKED)
          for reason in ("CONSUMER_SUSPENDED", "SERVICE_DISABLED", "BILLING_DISABLED", "CONSUMER_INVALID")),
        (402, error(402), Cause.PROJECT_UNPAID),
        (429, error(429, "Your prepayment credits are depleted."), Cause.PROJECT_UNPAID),
        (429, error(429, "exceeded its monthly spending cap"), Cause.PROJECT_UNPAID),
        (400, error(400, "User location is not supported for the API use."), Cause.EGRESS_REFUSED),
        (400, error(400, "free tier is not available in your country"), Cause.PROJECT_BLOCKED),
        (403, error(403, "CachedContent not found (or permission denied)"), Cause.WRONG_KEY_FOR_RESOURCE),
        (403, error(403, "You do not have permission to access the File x"), Cause.WRONG_KEY_FOR_RESOURCE),
        (404, error(404, "This model is no longer available to new users."), Cause.MODEL_NOT_OFFERED),
        (404, error(404, "models/x has been shut down"), Cause.MODEL_NOT_OFFERED),
        (404, error(404, "models/x is not found for API version v1beta"), Cause.MODEL_UNKNOWN),
        (429, error(429, "Resource exhausted. Please try again later."), Cause.SHARED_CAPACITY),
        (429, error(429, "?", quota(MINUTE)), Cause.QUOTA_MINUTE),
        (429, error(429, "?", quota(MINUTE, DAY), retry("4s")), Cause.QUOTA_DAY),
        (429, error(429, "?", quota(DAY, value="0")), Cause.QUOTA_NONE),
        (429, error(429, "* Quota exceeded for metric: x, limit: 0, model: y"), Cause.QUOTA_NONE),
        (429, error(429, "limit: 0.5"), Cause.QUOTA_UNKNOWN),
        (429, error(429, "limit: 05"), Cause.QUOTA_UNKNOWN),
        (429, error(429, "?", info("RATE_LIMIT_EXCEEDED", quota_limit="XPerMinuteY", quota_limit_value="15")),
         Cause.QUOTA_MINUTE),
        (429, error(429, "?", info("RATE_LIMIT_EXCEEDED", quota_limit="XPerMinuteY", quota_limit_value="0")),
         Cause.QUOTA_NONE),
        (429, b"", Cause.QUOTA_UNKNOWN),
        (403, error(403, "some new refusal"), Cause.KEY_REFUSED),
        (503, error(503, "The model is overloaded."), Cause.MODEL_OVERLOADED),
        (504, error(504), Cause.UPSTREAM_SLOW),
        (499, error(499), Cause.CUT),
        (500, error(500), Cause.UPSTREAM_BROKEN),
        (502, b"<html>Bad Gateway</html>", Cause.UPSTREAM_BROKEN),
        (400, error(400, "Invalid JSON payload received."), Cause.BAD_REQUEST),
        (404, error(404, "no such file"), Cause.BAD_REQUEST),
        (413, b"", Cause.BAD_REQUEST),
        (418, b"\xff\xfe", Cause.BAD_REQUEST),
        (599, b"", Cause.UNKNOWN),
        (302, b"", Cause.UNKNOWN),
    ],
)  # fmt: skip
def test_a_sign_of_googles_decides_the_cause(status: int, body: bytes, cause: Cause) -> None:
    assert classify(status, body).cause is cause


def test_every_sign_is_tried_by_a_row_of_some_status() -> None:
    assert {sign.cause for sign in SIGNS} <= set(BLAME)


@pytest.mark.parametrize(
    "dress",
    [
        pytest.param(lambda body: body, id="as it is"),
        pytest.param(lambda body: b"[" + body + b"]", id="in an array"),
        pytest.param(lambda body: b"data: " + body + b"\r\n\r\n", id="in an event"),
    ],
)
def test_an_error_is_understood_in_any_dress(dress: Any) -> None:
    body = dress(error(429, "m", quota(MINUTE), retry("34.07s")))
    assert classify(429, body, "application/json") == Outcome(
        Cause.QUOTA_MINUTE,
        429,
        "m",
        retry_after=34.07,
        quota_model="gemini-3-flash",
        body=body,
        content_type="application/json",
    )


@pytest.mark.parametrize(
    ("body", "seconds"),
    [
        pytest.param(error(429, "?", retry("18s")), 18.0, id="RetryInfo"),
        pytest.param(error(429, "Please retry in 4.5s."), 4.5, id="the sentence"),
        pytest.param(error(429, "Please retry in 250ms."), 0.25, id="in milliseconds"),
        pytest.param(error(429, "Please retry in 4s.", retry("18s")), 18.0, id="the longer of both"),
        pytest.param(error(429, "Please retry in 1.2.3s."), None, id="no number in the sentence"),
        pytest.param(error(429, "?", retry("1.2.3s")), None, id="no number in RetryInfo"),
        pytest.param(error(429, "?", retry("soon")), None, id="not a duration"),
        pytest.param(error(429), None, id="nothing told"),
    ],
)
def test_how_long_google_asks_us_to_stay_away(body: bytes, seconds: float | None) -> None:
    assert classify(429, body).retry_after == seconds


def test_every_quoted_error_is_of_the_class_it_was_given(corpus: Path) -> None:
    found = {}
    for file in sorted((corpus / "gemini" / "errors-quoted").glob("*.json")):
        quoted = json.loads(file.read_bytes())
        found[file.name] = (classify(*_answer(quoted)).cause, QUOTED[quoted["classification"]])
    assert found
    assert {name: causes for name, causes in found.items() if causes[0] is not causes[1]} == {}


def test_every_recorded_error_is_of_its_class(corpus: Path) -> None:
    found = {}
    for file in _recorded_errors(corpus):
        expected = next(cause for part, cause in RECORDED.items() if part in file.name)
        found[file.name] = (classify(*_answer(json.loads(file.read_bytes()))).cause, expected)
    assert found
    assert {name: causes for name, causes in found.items() if causes[0] is not causes[1]} == {}


def _recorded_errors(corpus: Path) -> Iterator[Path]:
    for line in (corpus / "index.jsonl").read_bytes().splitlines():
        row = msgspec.json.decode(line)
        if row["family"] == "gemini" and row["is_error"] and "errors-quoted" not in row["file"]:
            yield corpus / row["file"]


def _answer(recorded: dict[str, Any]) -> tuple[int, bytes]:
    response = recorded["response"]
    body = response["body"] if "body" in response else response["chunks"][0]["data"]
    return response["status"], msgspec.json.encode(body)
