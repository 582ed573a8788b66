"""What Google's errors mean: a row for each sign, and every error that was recorded or quoted."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from gemini_balance.core.gemini.classify import HTTP_STATUS, SIGNS, classify, in_stream
from gemini_balance.core.gemini.schema import ErrorStatus
from gemini_balance.core.outcome import BLAME, Blame, Cause, Limit, Outcome, Window
from tests.unit.core.gemini.error_answers import (
    DAY,
    FORBIDDEN_PAGE,
    HELP,
    MINUTE,
    OLD_DAY,
    OLD_MINUTE,
    PAID_TOKENS_MINUTE,
    SORRY_PAGE,
    TOKENS_DAY,
    TOKENS_MINUTE,
    error,
    failure,
    info,
    old_quota,
    quota,
    retry,
)

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
# Sentences that cost a key, a project or the way out. None of them may be put into Google's mouth by a caller.
DEADLY = (
    "API key not valid",
    "API key expired",
    "API key not found",
    "Multiple authentication credentials",
    "User location is not supported",
    "Gemini API free tier is not available in your country",
    "Imagen API is only accessible to billed users",
    "Your computer may be sending automated queries",
    "Your project has been denied access",
    "Your API key was reported as leaked",
)


@pytest.mark.parametrize(
    ("status", "body", "cause"),
    [
        # ours
        (400, error(400, "Multiple authentication credentials received."), Cause.OUR_MISTAKE),
        (401, error(401, "?", info("OVERLOADED_CREDENTIALS")), Cause.OUR_MISTAKE),
        (403, error(403, "Method doesn't allow unregistered callers"), Cause.OUR_MISTAKE),
        # the key
        (400, error(400, "?", info("API_KEY_INVALID")), Cause.KEY_DEAD),
        (400, error(400, "API key not valid. Please pass a valid API key."), Cause.KEY_DEAD),
        (400, error(400, "API key expired. Please renew the API key."), Cause.KEY_DEAD),
        (400, error(400, "API Key not found. Please pass a valid API key."), Cause.KEY_DEAD),
        (400, b'{"error":{"code":"invalid_request","message":"API key not valid."}}', Cause.KEY_DEAD),
        (401, error(401), Cause.KEY_DEAD),
        (401, error(401, "?", info("ACCESS_TOKEN_TYPE_UNSUPPORTED")), Cause.KEY_DEAD),
        (401, error(401, "?", info("CREDENTIALS_MISSING")), Cause.KEY_DEAD),
        (403, error(403, "Your API key was reported as leaked."), Cause.KEY_DEAD),
        *((403, error(403, "?", info(f"API_KEY_{what}_BLOCKED")), Cause.KEY_DEAD)
          for what in ("SERVICE", "HTTP_REFERRER", "IP_ADDRESS", "ANDROID_APP", "IOS_APP")),
        (403, error(403, "Requests to method x.CreateCachedContent are blocked.", info("API_KEY_SERVICE_BLOCKED")),
         Cause.KEY_DEAD),
        (403, error(403, "some new refusal"), Cause.KEY_REFUSED),
        (403, error(403, "The caller does not have permission"), Cause.KEY_REFUSED),
        # the project
        *((403, error(403, "?", info(reason)), Cause.PROJECT_BLOCKED)
          for reason in ("CONSUMER_SUSPENDED", "SERVICE_DISABLED", "BILLING_DISABLED", "CONSUMER_INVALID")),
        (403, error(403, "Permission denied: Consumer 'api_key:AIza…' has been suspended."), Cause.PROJECT_BLOCKED),
        (403, error(403, "Permission denied on resource project x."), Cause.PROJECT_BLOCKED),
        (403, error(403, "Your project has been denied access. Please contact support."), Cause.PROJECT_BLOCKED),
        (400, error(400, "Gemini API free tier is not available in your country."), Cause.PROJECT_BLOCKED),
        (402, error(402), Cause.PROJECT_UNPAID),
        (402, error(402, "Your prepayment credits are depleted.", word="RESOURCE_EXHAUSTED"), Cause.PROJECT_UNPAID),
        (429, error(429, "Your prepayment credits are depleted."), Cause.PROJECT_UNPAID),
        (429, error(429, "Your project has exceeded its monthly spending cap."), Cause.PROJECT_UNPAID),
        # the way out
        (400, error(400, "User location is not supported for the API use."), Cause.EGRESS_REFUSED),
        *((status, SORRY_PAGE, Cause.EGRESS_REFUSED) for status in (403, 429, 503)),
        (429, b"<html>Our systems have detected unusual traffic from your computer network.", Cause.EGRESS_REFUSED),
        # resources and models
        (403, error(403, "CachedContent not found (or permission denied)"), Cause.WRONG_KEY_FOR_RESOURCE),
        (403, error(403, "You do not have permission to access the File x or it may not exist."),
         Cause.WRONG_KEY_FOR_RESOURCE),
        (404, error(404, "Requested entity was not found."), Cause.WRONG_KEY_FOR_RESOURCE),
        (404, error(404, "This model is no longer available to new users."), Cause.MODEL_NOT_OFFERED),
        (404, error(404, "models/x has been shut down"), Cause.MODEL_NOT_OFFERED),
        (400, error(400, "Imagen API is only accessible to billed users at this time."), Cause.PAID_ONLY),
        (404, error(404, "models/x is not found for API version v1beta"), Cause.MODEL_UNKNOWN),
        (404, error(404, "no such file"), Cause.BAD_REQUEST),
        # quota
        (429, error(429, "?", quota(MINUTE)), Cause.QUOTA_MINUTE),
        (429, error(429, "?", quota(TOKENS_MINUTE)), Cause.QUOTA_MINUTE),
        (429, error(429, "?", quota(PAID_TOKENS_MINUTE)), Cause.QUOTA_MINUTE),
        (429, error(429, "?", quota("GenerateImagesPerMinutePerProjectPerModel")), Cause.QUOTA_MINUTE),
        (429, error(429, "?", quota(DAY), retry("4s")), Cause.QUOTA_DAY),
        (429, error(429, "?", quota(TOKENS_DAY)), Cause.QUOTA_DAY),
        (429, error(429, "?", quota("EmbedContentRequestsPerDayPerProjectPerModel-FreeTier")), Cause.QUOTA_DAY),
        (429, error(429, "?", quota(MINUTE, DAY, TOKENS_MINUTE), retry("4s")), Cause.QUOTA_DAY),
        (429, error(429, "?", failure({"quotaMetric": "x/generate_requests_per_model_per_day"})), Cause.QUOTA_DAY),
        (429, error(429, "Quota exceeded for metric: x/generate_requests_per_model_per_day, limit: 250, model: m"),
         Cause.QUOTA_DAY),
        (429, error(429, "Quota exceeded for metric: x/generate_content_free_tier_requests, limit: 20, model: m\n"
                         "Please retry in 23h39m36.2s."), Cause.QUOTA_DAY),
        (429, error(429, "?", quota(DAY, value="0")), Cause.QUOTA_NONE),
        (429, error(429, "?", quota(DAY), quota(TOKENS_DAY, value="0")), Cause.QUOTA_NONE),
        (429, error(429, "* Quota exceeded for metric: x, limit: 0, model: y"), Cause.QUOTA_NONE),
        (429, error(429, "Of this model you have limit: 0."), Cause.QUOTA_NONE),
        (429, error(429, "limit: 0.5"), Cause.QUOTA_UNKNOWN),
        (429, error(429, "limit: 05"), Cause.QUOTA_UNKNOWN),
        (429, error(429, "?", old_quota(OLD_MINUTE)), Cause.QUOTA_MINUTE),
        (429, error(429, "?", old_quota(OLD_DAY)), Cause.QUOTA_DAY),
        (429, error(429, "?", old_quota(OLD_MINUTE, "0")), Cause.QUOTA_NONE),
        (403, error(403, "?", old_quota(OLD_MINUTE)), Cause.QUOTA_MINUTE),
        (429, error(429, "You exceeded your current quota.", HELP), Cause.QUOTA_UNKNOWN),
        (429, error(429, "Resource has been exhausted (e.g. check quota)."), Cause.QUOTA_UNKNOWN),
        (429, error(429, "You exceeded your spend-based rate limit.", failure(), retry("45s")), Cause.QUOTA_UNKNOWN),
        (429, error(429, "?", quota("GenerateRequestsPerFortnight")), Cause.QUOTA_UNKNOWN),
        (429, b"", Cause.QUOTA_UNKNOWN),
        (429, error(429, "Resource exhausted. Please try again later."), Cause.SHARED_CAPACITY),
        (429, error(429, "Resource exhausted. Please try again later.", quota(DAY)), Cause.QUOTA_DAY),
        # the service
        (503, error(503, "The model is overloaded."), Cause.MODEL_OVERLOADED),
        (503, error(503, "This model is currently experiencing high demand."), Cause.MODEL_OVERLOADED),
        (504, error(504), Cause.UPSTREAM_SLOW),
        (499, error(499), Cause.CUT),
        (500, error(500), Cause.UPSTREAM_BROKEN),
        (502, b"<html>Bad Gateway</html>", Cause.UPSTREAM_BROKEN),
        # the request
        (400, error(400, "Invalid JSON payload received."), Cause.BAD_REQUEST),
        (400, error(400, "Precondition check failed.", word="FAILED_PRECONDITION"), Cause.BAD_REQUEST),
        (400, error(400, "?", word="OUT_OF_RANGE"), Cause.BAD_REQUEST),
        (400, b"", Cause.BAD_REQUEST),
        (404, b"<html>The requested URL was not found on this server.</html>", Cause.BAD_REQUEST),
        (409, error(409, "?", word="ALREADY_EXISTS"), Cause.BAD_REQUEST),
        (413, b"", Cause.BAD_REQUEST),
        (501, error(501, "?", word="UNIMPLEMENTED"), Cause.BAD_REQUEST),
        # what no row names
        *((status, page, Cause.UNKNOWN) for status in (401, 402, 403) for page in (FORBIDDEN_PAGE, b"")),
        (429, b"<html>Too Many Requests</html>", Cause.UNKNOWN),
        *((status, b"\xff\xfe", Cause.UNKNOWN) for status in (302, 407, 418, 451, 505, 599)),
        (418, error(418, "I'm a teapot"), Cause.UNKNOWN),
    ],
)  # fmt: skip
def test_a_sign_of_googles_decides_the_cause(status: int, body: bytes, cause: Cause) -> None:
    assert classify(status, body).cause is cause


def test_every_sign_is_tried_by_a_row_of_some_status() -> None:
    assert {sign.cause for sign in SIGNS} <= set(BLAME)


@pytest.mark.parametrize("words", DEADLY)
def test_a_caller_cannot_have_google_say_what_costs_a_key(words: str) -> None:
    repeated = error(400, f'Invalid JSON payload received. Unknown name "{words}": Cannot find field.')
    assert classify(400, repeated) == Outcome(
        Cause.BAD_REQUEST, 400, json.loads(repeated)["error"]["message"], body=repeated
    )


DRESSES: dict[str, Callable[[bytes], bytes]] = {
    "as it is": lambda body: body,
    "in an array": lambda body: b"[" + body + b"]",
    "in an array of a stream": lambda body: b"[" + body + b"\n]\r\n",
    "in an event": lambda body: b"data: " + body + b"\r\n\r\n",
    "in an event without a space or an end": lambda body: b"data:" + body,
    "in a named event": lambda body: b": hello\n\nevent: error\ndata: " + body + b"\n\n",
    "in an array in an event": lambda body: b"data: [" + body + b"]\n\n",
    "laid out behind data": lambda body: b"data: " + json.dumps(json.loads(body), indent=2).encode(),
    "behind a byte order mark": lambda body: b"\xef\xbb\xbf\r\n" + body,
}


@pytest.mark.parametrize("dress", DRESSES)
def test_an_error_is_understood_in_any_dress(dress: str) -> None:
    told = error(429, "m", info("?", consumer="projects/7"), quota(MINUTE), retry("34.07s"), word="RESOURCE_EXHAUSTED")
    body = DRESSES[dress](told)
    assert classify(429, body, "application/json") == Outcome(
        Cause.QUOTA_MINUTE,
        429,
        "m",
        error_status="RESOURCE_EXHAUSTED",
        reason="?",
        retry_after=34.07,
        quota_model="gemini-3-flash",
        limits=(Limit(Window.RPM, 20),),
        consumer="projects/7",
        body=body,
        content_type="application/json",
    )


@pytest.mark.parametrize(
    "odd",
    [
        b'{"error":{"code":"x","message":"API key not valid.","status":7,"details":{}}}',
        b'{"error":{"message":null,"details":[null,7,{"reason":"API_KEY_INVALID","metadata":{"a":7}}]}}',
        b'{"error":{"details":[{"reason":"API_KEY_INVALID","metadata":null,"violations":[null]}]}}',
        b'{"error":"API key not valid. Please pass a valid API key."}',
    ],
)
def test_one_odd_field_does_not_hide_the_others(odd: bytes) -> None:
    assert classify(400, odd).cause is Cause.KEY_DEAD


def test_what_no_row_names_is_blamed_on_the_upstream_or_on_the_request_but_on_no_key() -> None:
    named = {status for sign in SIGNS for status in sign.status}
    blamed = {classify(status, b"").blame for status in range(300, 600) if status not in named}
    assert blamed == {Blame.UPSTREAM}


status_codes = st.integers(400, 599)


@given(status_codes, st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_any_bytes_come_to_an_outcome(status: int, body: bytes) -> None:
    outcome = classify(status, body)
    assert (outcome.status, outcome.body, outcome.good) == (status, body, False)


def test_a_body_that_is_too_deep_to_read_comes_to_an_outcome() -> None:
    assert classify(500, b"[" * 100_000).cause is Cause.UPSTREAM_BROKEN


words = st.sampled_from([*DEADLY, "limit: 0", "Please retry in 9s", MINUTE, DAY, "projects/7", "9" * 5_000, ""])
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | words | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


def of_fields(*names: str, inner: st.SearchStrategy[Any] = anything) -> st.SearchStrategy[Any]:
    return st.fixed_dictionaries({}, optional=dict.fromkeys(names, anything | inner))


violations = of_fields(
    *("quotaId", "quotaMetric", "quotaValue", "quotaDimensions"), inner=words | of_fields("model", inner=words)
)
details = of_fields(
    *("@type", "reason", "metadata", "violations", "retryDelay"),
    inner=of_fields("consumer", "quota_limit", "quota_limit_value", inner=words) | st.lists(violations, max_size=2),
)
errors = of_fields("code", "message", "status", "details", inner=words | st.lists(details, max_size=3))


@given(status_codes, errors)
def test_one_error_means_the_same_in_every_dress(status: int, said: Any) -> None:
    body = json.dumps({"error": said}).encode()
    meant = {replace(classify(status, dress(body)), body=b"") for dress in DRESSES.values()}
    assert len(meant) == 1


@pytest.mark.parametrize("word", HTTP_STATUS)
def test_an_error_inside_a_stream_without_a_code_is_known_by_its_word(word: str) -> None:
    bare, coded = ErrorStatus(status=word), ErrorStatus(code=HTTP_STATUS[word], status=word)
    assert in_stream(bare) == in_stream(coded) == in_stream(ErrorStatus(code=8, status=word))


def test_an_error_inside_a_stream_that_says_nothing_is_the_upstreams() -> None:
    assert in_stream(ErrorStatus()) == Outcome(Cause.UPSTREAM_BROKEN, 500)


def test_every_quoted_error_is_of_the_class_it_was_given(corpus: Path) -> None:
    found = {}
    for file in sorted((corpus / "gemini" / "errors-quoted").glob("*.json")):
        quoted = json.loads(file.read_bytes())
        found[file.name] = (classify(*_answer(quoted)).cause, QUOTED[quoted["classification"]])
    assert len(found) == 40
    assert {name: causes for name, causes in found.items() if causes[0] is not causes[1]} == {}


def test_every_recorded_error_is_of_its_class(corpus: Path) -> None:
    found = {}
    for file in _recorded_errors(corpus):
        expected = next(cause for part, cause in RECORDED.items() if part in file.name)
        found[file.name] = (classify(*_answer(json.loads(file.read_bytes()))).cause, expected)
    print(f"{len(found)} recorded errors:", dict(Counter(cause.value for cause, _ in found.values())))
    assert found
    assert {name: causes for name, causes in found.items() if causes[0] is not causes[1]} == {}


@pytest.mark.parametrize(
    ("name", "outcome"),
    [
        (
            "429_exp_model_day",  # the same day's window twice, and no value of any
            Outcome(Cause.QUOTA_DAY, 429, error_status="RESOURCE_EXHAUSTED", quota_model="gemini-2.0-pro-exp"),
        ),
        (
            "429_old_format_region_minute",
            Outcome(
                Cause.QUOTA_MINUTE,
                429,
                error_status="RESOURCE_EXHAUSTED",
                reason="RATE_LIMIT_EXCEEDED",
                limits=(Limit(Window.RPM, 60),),
                consumer="projects/000000000000",
            ),
        ),
        (
            "429_rpd_free",
            Outcome(
                Cause.QUOTA_DAY,
                429,
                error_status="RESOURCE_EXHAUSTED",
                retry_after=31.621620667,
                quota_model="gemini-3.6-flash",
                limits=(Limit(Window.RPD, 20),),
            ),
        ),
        (
            "429_tpm_paid",
            Outcome(
                Cause.QUOTA_MINUTE,
                429,
                error_status="RESOURCE_EXHAUSTED",
                retry_after=48.939935699,
                quota_model="gemini-2.5-flash",
                limits=(Limit(Window.TPM, 1_000_000),),
            ),
        ),
        (
            "403_consumer_suspended",
            Outcome(
                Cause.PROJECT_BLOCKED,
                403,
                error_status="PERMISSION_DENIED",
                reason="CONSUMER_SUSPENDED",
                consumer="projects/000000000000",
            ),
        ),
    ],
)
def test_a_quoted_error_tells_all_it_knows(corpus: Path, name: str, outcome: Outcome) -> None:
    quoted = json.loads((corpus / "gemini" / "errors-quoted" / f"{name}.json").read_bytes())
    assert replace(classify(*_answer(quoted)), message="", body=b"") == outcome


def _recorded_errors(corpus: Path) -> Iterator[Path]:
    for line in (corpus / "index.jsonl").read_bytes().splitlines():
        row = msgspec.json.decode(line)
        if row["family"] == "gemini" and row["is_error"] and "errors-quoted" not in row["file"]:
            yield corpus / row["file"]


def _answer(recorded: dict[str, Any]) -> tuple[int, bytes]:
    response = recorded["response"]
    body = response["body"] if "body" in response else response["chunks"][0]["data"]
    return response["status"], msgspec.json.encode(body)
