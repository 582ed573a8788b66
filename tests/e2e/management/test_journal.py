"""Calls that were served are found again, one by one and in sums."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from gemini_balance.simulator import RunningSimulator
    from tests.e2e.management.conftest import Operated

MODEL = "gemini-2.5-flash"
SECONDS = 10.0


def found(operated: Operated, query: str) -> list[Any]:
    """Of the journal, which is written twice a second."""
    until = time.monotonic() + SECONDS
    while not (items := operated.ask("GET", f"/calls?{query}").json["items"]) and time.monotonic() < until:
        time.sleep(0.1)
    return list(items)


@pytest.fixture
def request_id(operated: Operated, google: RunningSimulator) -> str:
    answer = operated.running.chat("Hello")
    assert answer.status == 200
    return answer.headers["x-request-id"]


@pytest.mark.parametrize("asked", ["outcome=rescued", "status=429"])
def test_a_call_is_not_found_by_what_did_not_become_of_it(operated: Operated, request_id: str, asked: str) -> None:
    found(operated, f"text={request_id}")
    assert operated.ask("GET", f"/calls?text={request_id}&{asked}").json["items"] == []


def test_a_call_is_found_with_all_that_was_tried(operated: Operated, request_id: str) -> None:
    (listed,) = found(operated, f"text={request_id}&outcome=whole&status=200")
    assert (listed["attempts"], listed["skipped"]) == ([], [])
    call = operated.ask("GET", f"/calls/{request_id}").json
    (attempt,) = call.pop("attempts")
    key, (token,) = attempt["key"], operated.ask("GET", "/tokens").json["items"][:1]
    timed = {name: call.pop(name) for name in ("at", "seconds", "first_byte", "waited")}
    assert timed["at"] == pytest.approx(time.time(), abs=60)
    assert 0 <= timed["waited"] <= timed["first_byte"] <= timed["seconds"] < 60
    usage = call.pop("usage")
    assert usage["total"] == usage["prompt"] + usage["tool_use"] + usage["output"] + usage["thoughts"] > 0
    assert call == {
        "id": request_id,
        "client": "127.0.0.1",
        "token": token["id"],
        "dialect": "openai",
        "operation": "generateContent",
        "model_asked": MODEL,
        "model_used": MODEL,
        "key": key,
        "status": 200,
        "outcome": "whole",
        "ending": "whole",
        "cause": "answered",
        "finish": "STOP",
        "failed": False,
        "skipped": [],
        "error": None,
    }
    assert {name: attempt[name] for name in ("cause", "status", "until")} == {
        "cause": "answered",
        "status": 200,
        "until": 0.0,
    }


def test_a_call_that_is_not_there_is_not_found(operated: Operated) -> None:
    assert operated.ask("GET", "/calls/0123456789abcdef012345").status == 404
    assert operated.ask("GET", "/calls/none").json["error"]["code"] == "not_found"


def test_calls_are_listed_page_by_page_the_latest_first(operated: Operated, request_id: str) -> None:
    later = operated.running.chat("Hello again").headers["x-request-id"]
    assert found(operated, f"text={later}")
    first = operated.ask("GET", "/calls?limit=1").json
    second = operated.ask("GET", f"/calls?limit=1&after={first['next']}").json
    assert [call["id"] for page in (first, second) for call in page["items"]] == [later, request_id]


def test_what_a_failed_call_was_told_can_be_forgotten(operated: Operated, google: RunningSimulator) -> None:
    refused = operated.running.chat("Hello", model="no-such-model")
    request_id = refused.headers["x-request-id"]
    (call,) = found(operated, f"failed=true&text={request_id}")
    assert call["error"]["message"] == refused.json["error"]["message"]
    assert operated.ask("DELETE", f"/calls/errors?text={request_id}").json == {"changed": 1}
    assert operated.ask("GET", f"/calls/{request_id}").json["error"] is None


def test_sums_and_overview_count_the_call(operated: Operated, request_id: str) -> None:
    assert found(operated, f"text={request_id}")
    now = int(time.time())
    answer = operated.ask("GET", f"/statistics?span=minute&since={now - 3600}&until={now + 60}&by=model")
    (sums,) = [one for one in answer.json["items"] if one["name"] == MODEL]
    assert sums["count"] >= 1
    assert sums["usage"]["total"] > 0
    assert 0 < sums["latency"]["p50"] <= sums["latency"]["p99"] < 60
    overview = operated.ask("GET", "/overview").json
    assert set(overview) == {"minute", "hour", "day", "today"}
    assert overview["hour"]["sums"]["count"] >= sums["count"]


def test_what_is_not_kept_together_is_said(operated: Operated) -> None:
    answer = operated.ask("GET", "/statistics?span=minute&since=0&until=60&by=token")
    assert (answer.status, answer.json["error"]["param"]) == (400, "span")


def test_keys_that_fail_often_are_listed(operated: Operated) -> None:
    assert operated.ask("GET", "/statistics/ailing-keys").json == {"items": []}
