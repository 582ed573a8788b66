"""What Live's paths, messages and close frames mean."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemini_balance.core.errors import BadRequest
from gemini_balance.core.gemini.live import (
    LONGEST_REASON,
    NORMAL,
    UNSAID,
    LiveMethod,
    Parting,
    Setup,
    Told,
    closing,
    live_method,
    setup_in,
    told_in,
    verdict_on,
)
from gemini_balance.core.outcome import NO_USAGE, Cause, Usage

SERVICE = "ws/google.ai.generativelanguage.v1beta.GenerativeService"
USAGE = Usage(prompt=3, output=4, thoughts=1, total=8)


@pytest.mark.parametrize(
    ("path", "found"),
    [
        (f"/{SERVICE}.BidiGenerateContent", LiveMethod(f"{SERVICE}.BidiGenerateContent", False, False)),
        (f"//{SERVICE}/BidiGenerateContent", LiveMethod(f"{SERVICE}.BidiGenerateContent", False, False)),
        (f"/gemini/{SERVICE}.BidiGenerateMusic", LiveMethod(f"{SERVICE}.BidiGenerateMusic", True, False)),
        (
            f"/{SERVICE}.BidiGenerateContentConstrained",
            LiveMethod(f"{SERVICE}.BidiGenerateContentConstrained", False, True),
        ),
        (f"/{SERVICE}.BidiGenerateContent/x", None),
        (f"/{SERVICE}.GenerateContent", None),
        (f"/{SERVICE}.BidiGenerateContent".replace("v1beta", "v2"), None),
        ("/", None),
    ],
)
def test_a_path_says_which_method_is_meant(path: str, found: LiveMethod | None) -> None:
    assert live_method(path) == found


@pytest.mark.parametrize(
    ("setup", "found"),
    [
        ({"model": "models/m"}, Setup("m", "")),
        ({"model": "m", "sessionResumption": {"handle": "h"}}, Setup("m", "h")),
        ({"model": "m", "session_resumption": {"handle": "h"}}, Setup("m", "h")),
        ({"sessionResumption": {"handle": None}, "tools": [{}]}, Setup("", "")),
    ],
)
def test_the_setup_names_a_model_and_perhaps_a_session(setup: dict[str, Any], found: Setup) -> None:
    text = json.dumps({"setup": setup})
    assert (setup_in(text), setup_in(text.encode())) == (found, found)


@pytest.mark.parametrize("message", ["", "[]", "{", b"\xff", '{"setup": null}', '{"clientContent": {}}'])
def test_what_is_no_setup_is_the_callers_mistake(message: str | bytes) -> None:
    with pytest.raises(BadRequest):
        setup_in(message)


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ({"serverContent": {"modelTurn": {}}}, Told()),
        (
            {"usageMetadata": {"promptTokenCount": 3, "responseTokenCount": 4, "thoughtsTokenCount": 1}}
            | {"serverContent": {"turnComplete": True}},
            Told(Usage(prompt=3, output=4, thoughts=1)),
        ),
        ({"sessionResumptionUpdate": {"newHandle": "h", "resumable": True}}, Told(handle="h")),
        ({"sessionResumptionUpdate": {}}, Told()),
        ({"goAway": {"timeLeft": "5s"}}, Told(leaving=True)),
        ({"serverContent": {"modelTurn": {"parts": [{"text": "goAway usageMetadata"}]}}}, Told()),
        ({"usageMetadata": "many"}, Told()),
    ],
)
def test_a_message_tells_about_the_conversation_in_googles_own_fields_only(message: Any, told: Told) -> None:
    text = json.dumps(message)
    assert (told_in(text), told_in(text.encode())) == (told, told)


@pytest.mark.parametrize(
    ("code", "reason", "cause"),
    [
        (1000, "", Cause.ANSWERED),
        (1001, "", Cause.ANSWERED),
        (1005, "", Cause.ANSWERED),
        (1006, "", Cause.CUT),
        (1007, "API key not valid. Please pass a valid API key.", Cause.KEY_DEAD),
        (1007, "API key expired. Please renew the API key.", Cause.KEY_DEAD),
        (1007, 'Unknown name "your API key was reported as leaked"', Cause.BAD_REQUEST),
        (1007, "Request contains an invalid argument.", Cause.BAD_REQUEST),
        (1008, "Your API key was reported as leaked. Please use another API key.", Cause.KEY_DEAD),
        (1008, "Request had invalid authentication credentials. Expected OAuth 2", Cause.KEY_DEAD),
        (1008, "Method doesn't allow unregistered callers (callers without", Cause.OUR_MISTAKE),
        (1008, "models/x is not found for API version v1beta, or is not supported for bidi", Cause.MODEL_UNKNOWN),
        (1008, "BidiGenerateContent session not found", Cause.BAD_REQUEST),
        (1008, "Operation is not implemented, or supported, or enabled.", Cause.BAD_REQUEST),
        (1008, "Your project has been denied access. Please contact support.", Cause.PROJECT_BLOCKED),
        (1011, "You exceeded your current quota, please check your plan and billing", Cause.QUOTA_UNKNOWN),
        (1011, "Resource has been exhausted (e.g. check quota).", Cause.QUOTA_UNKNOWN),
        (1011, "Your prepayment credits are depleted. Please go to AI Studio", Cause.PROJECT_UNPAID),
        (1011, "Your project has exceeded its monthly spending cap. Please", Cause.PROJECT_UNPAID),
        (1011, "This model is currently experiencing high demand.", Cause.MODEL_OVERLOADED),
        (1011, "Internal error encountered.", Cause.UPSTREAM_BROKEN),
        (1011, "Deadline expired before operation could complete.", Cause.UPSTREAM_SLOW),
        (4000, "", Cause.UPSTREAM_BROKEN),
    ],
)
def test_how_google_closes_says_whose_fault_it_was(code: int, reason: str, cause: Cause) -> None:
    outcome = verdict_on(Parting(code, reason), leaving=False, usage=USAGE)
    assert (outcome.cause, outcome.usage) == (cause, USAGE)


def test_who_said_that_it_would_leave_may_leave_as_it_likes() -> None:
    parting = Parting(1011, "Deadline expired before operation could complete.")
    assert verdict_on(parting, leaving=True, usage=NO_USAGE).cause is Cause.ANSWERED


@given(st.sampled_from([*sorted(UNSAID), NORMAL, 1007, 1011, 4999]), st.text())
def test_a_parting_fits_into_a_close_frame(code: int, reason: str) -> None:
    fitted = closing(Parting(code, f"a-secret {reason}"), ("a-secret", ""))
    assert fitted.code not in UNSAID
    assert len(fitted.reason.encode()) <= LONGEST_REASON
    assert fitted.reason.startswith("REDACTED ")
