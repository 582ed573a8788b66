"""When every key's window is spent: 429 in the caller's own format, with the time that Google named."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.e2e.processes import TOKEN, GatewayProcess, control, gateway

if TYPE_CHECKING:
    from pathlib import Path

    from gemini_balance.simulator import RunningSimulator

NATIVE = {"x-goog-api-key": TOKEN}
BODY = json.dumps({"contents": [{"parts": [{"text": "Hello"}]}]}).encode()


def native(served: GatewayProcess, prefix: str = "") -> tuple[int, str, str]:
    path = f"{prefix}/v1beta/models/gemini-2.5-flash:generateContent"
    answer = served.request("POST", path, BODY, NATIVE)
    error = answer.json.get("error", {})
    return answer.status, error.get("status", ""), answer.headers.get("retry-after", "")


def test_a_spent_minute_is_429_with_a_true_retry_after_and_other_models_still_serve(
    google: RunningSimulator, tmp_path: Path
) -> None:
    control(google, default_project={"quotas": {"gemini-2.5-flash": {"rpm": 2}}})
    with gateway(google, tmp_path, PATIENCE="0") as served:
        statuses = [served.chat("Hello").status for _ in range(6)]
        refused = served.chat("Hello")
        beside = served.chat("Hello", model="gemini-2.5-pro")
        google_style = native(served)
    assert statuses == [200] * 6  # three projects of two a minute
    assert refused.status == 429
    assert refused.json["error"] | {"message": ""} == {
        "message": "",
        "type": "rate_limit_error",
        "param": None,
        "code": "rate_limit_exceeded",
    }
    assert 0 < int(refused.headers["retry-after"]) <= 65
    assert int(refused.headers["retry-after-ms"]) <= int(refused.headers["retry-after"]) * 1000
    assert beside.status == 200
    assert google_style[:2] == (429, "RESOURCE_EXHAUSTED")


def test_the_strict_route_shows_googles_own_429(google: RunningSimulator, tmp_path: Path) -> None:
    control(google, default_project={"quotas": {"gemini-2.5-flash": {"rpm": 0}}})
    with gateway(google, tmp_path) as served:
        path = "/gemini/v1beta/models/gemini-2.5-flash:generateContent"
        answer = served.request("POST", path, BODY, NATIVE)
    assert answer.status == 429
    assert answer.json["error"]["status"] == "RESOURCE_EXHAUSTED"
    assert "details" in answer.json["error"]
