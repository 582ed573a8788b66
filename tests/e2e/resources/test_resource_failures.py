"""What becomes of Google's refusals of calls about resources, under each prefix."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.processes import KEYS, TOKEN, Answer, GatewayProcess, gateway

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.e2e.resources.small_google import SmallGoogle


SPENT = 429, {"error": {"code": 429, "message": "Quota exceeded.", "status": "RESOURCE_EXHAUSTED"}}
BUSY = 503, {"error": {"code": 503, "message": "The model is overloaded.", "status": "UNAVAILABLE"}}
WRONG = 400, {"error": {"code": 400, "message": "displayName is too long.", "status": "INVALID_ARGUMENT"}}
REASON = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"}
DEAD = 400, {"error": {"code": 400, "message": "API key not valid.", "status": "INVALID_ARGUMENT", "details": [REASON]}}
PATHS = ("cachedContents", "interactions", "models/m:batchGenerateContent", "models/m:embedContent")


NUMBERS = count()  # of models: what rests of one is no matter for the next
MANY = tuple(f"AIzaSim-many-{number}" for number in range(40))
"""Keys enough that a test may lose some."""


@pytest.fixture(scope="module")
def served(running_google: SmallGoogle, tmp_path_factory: pytest.TempPathFactory) -> Iterator[GatewayProcess]:
    with gateway(running_google, tmp_path_factory.mktemp("failures"), API_KEYS=",".join(MANY)) as running:
        yield running


def made(served: GatewayProcess, path: str, model: str = "m") -> Answer:
    body = b'{"model": "%b"}' % model.encode()
    return served.request("POST", path.replace("/m:", f"/{model}:"), body, {"x-goog-api-key": TOKEN})


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("refusal", [SPENT, BUSY, DEAD], ids=["spent", "busy", "dead"])
def test_before_the_first_byte_another_key_takes_over(
    served: GatewayProcess, google: SmallGoogle, path: str, refusal: Any
) -> None:
    google.refusals = [refusal]
    answer = made(served, f"/v1beta/{path}", f"m{next(NUMBERS)}")
    asked = [call.key for call in google.calls if call.method == "POST"]
    assert (answer.status, answer.headers["gemini-balance-attempts"], len(asked)) == (200, "2", 2)
    assert asked[0] != asked[1]


@pytest.mark.parametrize("path", PATHS)
def test_under_gemini_one_key_is_asked_once_and_its_words_are_passed_on(
    served: GatewayProcess, google: SmallGoogle, path: str
) -> None:
    for refusal in (SPENT, BUSY, WRONG):
        google.refusals = [refusal]
        answer = made(served, f"/gemini/v1beta/{path}", f"m{next(NUMBERS)}")
        assert (answer.status, answer.json) == refusal
    assert len([call for call in google.calls if call.method == "POST"]) == 3


@pytest.mark.parametrize("path", [*PATHS, "files"])
def test_what_google_says_about_our_key_is_not_the_callers_fault(
    served: GatewayProcess, google: SmallGoogle, path: str
) -> None:
    google.refusals = [DEAD]
    answer = made(served, f"/gemini/v1beta/{path}")
    assert (answer.status, answer.json["error"]["status"]) == (503, "UNAVAILABLE")
    assert not any(key in str(answer) for key in MANY)


@pytest.mark.parametrize(("option", "prefix"), [("on", "/gemini/v1beta"), ("off", "/v1beta")])
def test_an_option_decides_for_every_prefix(google: SmallGoogle, tmp_path: Path, option: str, prefix: str) -> None:
    with gateway(google, tmp_path, NATIVE_FAILOVER=option) as served:
        google.refusals = [BUSY]
        assert made(served, f"{prefix}/interactions").status == (200 if option == "on" else 503)


def test_a_callers_mistake_is_told_at_once(served: GatewayProcess, google: SmallGoogle) -> None:
    google.refusals = [WRONG]
    answer = made(served, "/v1beta/cachedContents")
    assert (answer.status, answer.json) == WRONG
    assert len([call for call in google.calls if call.method == "POST"]) == 1


def test_when_every_key_rests_the_caller_learns_when_to_come_back(google: SmallGoogle, tmp_path: Path) -> None:
    with gateway(google, tmp_path, PATIENCE="0") as served:
        google.refusals = [SPENT] * len(KEYS)
        answer = made(served, "/v1beta/models/m:embedContent")
    assert (answer.status, int(answer.headers["retry-after"]) > 0) == (429, True)
