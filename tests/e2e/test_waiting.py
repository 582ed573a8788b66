"""Calls that come while every key rests: they wait if it is worth it, else they are told when to come again."""

from __future__ import annotations

import json
import time
import urllib.request
from typing import TYPE_CHECKING, Any

from tests.e2e.processes import KEYS, control, gateway, requests
from tests.e2e.test_clients_that_leave import opened

if TYPE_CHECKING:
    from pathlib import Path

    from gemini_balance.simulator import RunningSimulator
    from tests.e2e.processes import GatewayProcess

MODEL = "gemini-2.5-flash"
RPM = 2


def spend_all_but(google: RunningSimulator, seconds: float) -> None:
    """Somebody else uses up every key's minute, so that it is over in so many seconds."""
    control(google, default_project={"quotas": {MODEL: {"rpm": RPM}}}, window="sliding")
    body = json.dumps({"contents": [{"parts": [{"text": "Hello"}]}]}).encode()
    for key in KEYS * RPM:
        headers = {"x-goog-api-key": key, "Content-Type": "application/json"}
        url = f"{google.url}/v1beta/models/{MODEL}:generateContent"
        with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=10) as reply:
            assert reply.status == 200
    control(google, advance=60 - seconds)


def last_record(served: GatewayProcess) -> Any:
    """Of the access log, once it is written."""
    time.sleep(1)
    return json.loads(served.log.read_text().splitlines()[-1])


def test_a_call_waits_for_a_minute_window_and_is_answered(google: RunningSimulator, tmp_path: Path) -> None:
    with gateway(google, tmp_path, ROUTE_HEADER="on") as served:
        spend_all_but(google, 3)
        began = time.monotonic()
        answer = served.chat("Hello")
        took = time.monotonic() - began
        assert answer.status == 200
        assert 2 < took < 8
        assert last_record(served)["waited"] > 1
    skipped, *refused, answered, waited = answer.headers["x-gateway-trace"].split(";")
    assert set(skipped.removeprefix("skipped=").split(",")) == set(refused)
    assert {step.partition(":")[2] for step in refused} == {"quota_minute"}
    assert answered.endswith(":answered")
    assert float(waited.removeprefix("waited=")) > 1


def test_without_patience_the_moment_that_is_told_is_true(google: RunningSimulator, tmp_path: Path) -> None:
    with gateway(google, tmp_path, PATIENCE="0") as served:
        spend_all_but(google, 3)
        refused = served.chat("Hello")
        assert refused.status == 429
        seconds, milliseconds = int(refused.headers["retry-after"]), int(refused.headers["retry-after-ms"])
        assert 0 <= seconds * 1000 - milliseconds < 1000
        assert 1 <= seconds <= 5
        time.sleep(milliseconds / 1000)
        assert served.chat("Hello").status == 200


def test_a_client_that_leaves_while_it_waits_is_not_asked_for(google: RunningSimulator, tmp_path: Path) -> None:
    with gateway(google, tmp_path) as served:
        spend_all_but(google, 3)
        before = len(requests(google))
        client = opened(served, "Hello", stream=False)
        time.sleep(1)
        asked = len(requests(google))
        client.close()
        time.sleep(3.5)
        # Each key once, and one again: keys that may serve from the same moment on look as if they shared a project.
        assert (asked - before, len(requests(google))) == (len(KEYS) + 1, asked)
        assert last_record(served)["ending"] == "client_gone"
        assert served.chat("Hello").status == 200


def test_when_all_keys_are_dead_the_body_says_what_the_operator_can_do(
    google: RunningSimulator, tmp_path: Path
) -> None:
    with gateway(google, tmp_path, API_KEYS="AIzaNobodyKnowsThisOne") as served:
        answer = served.chat("Hello")
    assert (answer.status, answer.headers["x-should-retry"]) == (503, "false")
    assert "operator can" in answer.json["error"]["message"]
