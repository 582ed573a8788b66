"""The error table says what was quoted from the real thing, word for word."""

import json
import os
from pathlib import Path

import pytest

from gemini_balance.simulator.error_table import NAMED, Subject, named
from gemini_balance.simulator.errors import DAY, FREE_REQUESTS, MINUTE, Problem, Violation, quota_failure

ROOT = Path(__file__).parents[3]
CORPUS = Path(os.environ.get("CORPUS", ROOT.parent / "shared" / "corpus"))
QUOTED = CORPUS / "gemini" / "errors-quoted"
NUMBER = "000000000000"
# quoted file: our name for it, and what it spoke about
PAIRS = {
    "400_api_key_expired": ("key_expired", Subject()),
    "400_api_key_invalid": ("key_invalid", Subject()),
    "400_api_key_not_found": ("key_not_found", Subject()),
    "400_cached_content_small": ("cached_content_small", Subject()),
    "400_free_tier_region": ("free_tier_region", Subject()),
    "400_location_unsupported": ("location", Subject()),
    "400_mid_stream_array_error": ("array_400", Subject()),
    "400_multiple_credentials": ("multiple_credentials", Subject()),
    "400_text_only_model": ("text_only", Subject()),
    "401_access_token_type_unsupported": ("oauth", Subject()),
    "402_prepay_depleted": ("prepay_depleted_402", Subject()),
    "403_cached_content_not_found": ("cached_content", Subject()),
    "403_consumer_suspended": ("suspended", Subject(key="AIzaREDACTED")),
    "403_key_leaked": ("leaked", Subject()),
    "403_service_blocked": ("service_blocked", Subject(method="streamGenerateContent")),
    "403_service_disabled": ("service_disabled", Subject(project_number="12345678")),
    "403_unregistered_callers": ("unregistered", Subject()),
    "404_model_not_for_new_users": ("new_users", Subject(model="gemini-2.5-flash")),
    "404_model_not_found": ("model_not_found", Subject(model="nonexistent-model")),
    "429_help_only_grounding": ("help_only", Subject()),
    "429_monthly_spend_cap": ("spend_cap", Subject()),
    "429_no_details_capacity": ("capacity", Subject()),
    "429_no_details_check_quota": ("check_quota", Subject()),
    "429_old_format_region_minute": ("old_rpm", Subject()),
    "429_prepay_depleted": ("prepay_depleted", Subject()),
    "429_rpd_free": ("rpd", Subject(pool="gemini-3.6-flash")),
    "429_rpm_and_rpd_zero_limit": ("no_quota", Subject(pool="gemini-3-pro")),
    "429_rpm_free": ("rpm", Subject(pool="gemini-2.5-flash")),
    "429_tpm_paid": ("tpm_paid", Subject(pool="gemini-2.5-flash")),
    "499_cancelled": ("cancelled", Subject()),
    "500_internal": ("internal", Subject()),
    "503_high_demand": ("overload", Subject()),
    "503_overloaded": ("overloaded", Subject()),
    "504_deadline": ("deadline", Subject()),
}
# These come from the judgement of a request, or were replaced by newer words.
ELSEWHERE = {
    "400_bad_role",
    "400_empty_contents",
    "400_missing_thought_signature",
    "400_unknown_field",
    "429_exp_model_day",
    "429_tpm_free",
}


@pytest.mark.skipif(not QUOTED.is_dir(), reason=f"no quoted errors at {QUOTED}; CORPUS names the corpus")
@pytest.mark.parametrize("quoted", PAIRS)
def test_it_says_what_was_quoted(quoted: str) -> None:
    response = json.loads((QUOTED / f"{quoted}.json").read_bytes())["response"]
    name, subject = PAIRS[quoted]
    problem = named(name, subject)
    assert (problem.code, problem.envelope()) == (response["status"], response["body"])


@pytest.mark.skipif(not QUOTED.is_dir(), reason=f"no quoted errors at {QUOTED}; CORPUS names the corpus")
def test_every_quoted_error_has_its_place() -> None:
    assert {path.stem for path in QUOTED.glob("*.json")} == set(PAIRS) | ELSEWHERE


@pytest.mark.parametrize("name", NAMED)
def test_no_gap_of_the_table_stays_open(name: str) -> None:
    subject = Subject(key="AIzaSim-a-1", project_number="42", model="gemini-x", pool="gemini-y")
    text = named(name, subject).body().decode()
    gaps = ("KEY'", '"KEY', "projects/PROJECT", "models/MODEL", "POOL", "METHOD", "RPC", "VERSION", "FILE")
    assert not [gap for gap in gaps if gap in text]


def test_several_exhausted_windows_stand_in_one_answer() -> None:
    windows = [Violation(FREE_REQUESTS, DAY, 20, "gemini-x"), Violation(FREE_REQUESTS, MINUTE, 10, "gemini-x")]
    problem = quota_failure(windows, 4.25)
    assert problem.message.splitlines()[1:] == [
        "* Quota exceeded for metric: generativelanguage.googleapis.com/generate_content_free_tier_requests, "
        "limit: 20, model: gemini-x",
        "* Quota exceeded for metric: generativelanguage.googleapis.com/generate_content_free_tier_requests, "
        "limit: 10, model: gemini-x",
        "Please retry in 4.250000000s.",
    ]
    assert problem.details[2]["retryDelay"] == "4s"


def test_an_html_page_is_not_wrapped() -> None:
    page = NAMED["html_502"]
    assert (page.code, page.content_type) == (502, "text/html; charset=UTF-8")
    assert page.body().startswith(b"<!DOCTYPE html>")


def test_an_array_holds_the_one_error() -> None:
    problem = Problem(503, "Gone.", shape="array")
    assert problem.envelope() == [{"error": {"code": 503, "message": "Gone.", "status": "UNAVAILABLE"}}]
