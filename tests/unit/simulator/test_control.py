"""The simulator can be changed while it runs, and tells what it saw."""

import json

import pytest

from gemini_balance.simulator.json_types import Json
from tests.unit.simulator.client import KEY, MODEL, Client, ask


def test_quotas_are_set_and_used_up(google: Client) -> None:
    google.control(projects={"amber": {"quotas": {MODEL: {"rpm": 1, "rpd": 2}}}}, window="sliding", clock_speed=0.001)
    assert [google.generate(ask("hi")).status for _ in range(2)] == [200, 429]
    assert google.generate(ask("hi"), key="AIzaSim-basil-1").status == 200
    google.control(advance=61)
    assert google.generate(ask("hi")).status == 200
    google.control(advance=61)
    refused = google.generate(ask("hi"))
    assert refused.status == 429
    assert "PerDay" in refused.body.decode()
    google.control(advance=86_400)
    assert google.generate(ask("hi")).status == 200


def test_faults_are_set_and_taken_back(google: Client) -> None:
    google.control(faults=[{"kind": "internal", "model": MODEL}])
    statuses = [google.generate(ask("hi")).status, google.generate(ask("hi"), model="gemini-3.5-flash").status]
    google.control(faults=[])
    assert [*statuses, google.generate(ask("hi")).status] == [500, 200, 200]


def test_models_can_be_closed_to_a_project(google: Client) -> None:
    google.control(projects={"amber": {"closed_models": ["gemini-2.5-flash"]}})
    reply = google.generate(ask("hi"), model="gemini-2.5-flash")
    assert (reply.status, "no longer available to new users" in reply.message()) == (404, True)


@pytest.mark.parametrize(
    "patch", [{"fualts": []}, {"faults": [{"kind": "explosion"}]}, {"faults": 3}, {"advance": "soon"}, []]
)
def test_a_patch_that_makes_no_sense_changes_nothing(google: Client, patch: Json) -> None:
    before = google.call("GET", "/__control").json()
    assert google.call("POST", "/__control", patch).status == 400
    assert google.call("GET", "/__control").json() == before


def test_an_unknown_control_page_names_the_known_ones(google: Client) -> None:
    reply = google.call("GET", "/__nothing")
    assert reply.status == 404
    assert b"GET /__stats" in reply.body


def test_statistics_count_by_everything(google: Client) -> None:
    google.generate(ask("hi"))
    google.stream({}, key="AIzaSim-basil-1")
    google.generate(ask("hi"), key="AIzaSim-basil-2-dead")
    stats = google.stats()
    names = ("by_key", "by_project", "by_model", "by_operation", "by_status", "by_ending", "active", "requests")
    assert {name: stats[name] for name in names} == {
        "by_key": {KEY: 1, "AIzaSim-basil-1": 1, "AIzaSim-basil-2-dead": 1},
        "by_project": {"amber": 1, "basil": 2},
        "by_model": {MODEL: 3},
        "by_operation": {"generateContent": 2, "streamGenerateContent": 1},
        "by_status": {"200": 1, "400": 2},
        "by_ending": {"complete": 3},
        "active": 0,
        "requests": 3,
    }
    assert stats["by_key_status"] == {
        KEY: {"200": 1},
        "AIzaSim-basil-1": {"400": 1},
        "AIzaSim-basil-2-dead": {"400": 1},
    }
    assert stats["bad_requests"] == {
        "count": 1,
        "messages": ["* GenerateContentRequest.contents: contents is not specified\n"],
    }


def test_requests_are_remembered_byte_for_byte(google: Client) -> None:
    body = '{"contents": [ {"parts":[{"text":"grün"}]} ]}'
    google.call("POST", f"/v1/models/{MODEL}:generateContent?x=1", body, x_goog_api_key=KEY, x_mine="a")
    remembered = google.call("GET", "/__requests")
    record = json.loads(remembered.body)[-1]
    assert (record["method"], record["path"], record["query"], record["body"]) == (
        "POST",
        f"/v1/models/{MODEL}:generateContent",
        "x=1",
        body,
    )
    assert ["x-mine", "a"] in record["headers"]


def test_only_as_many_requests_are_remembered_as_asked(google: Client) -> None:
    google.control(keep_requests=1)
    for text in ("one", "two"):
        google.generate(ask(text))
    kept = json.loads(google.call("GET", "/__requests").body)
    assert [("two" in record["body"], "one" in record["body"]) for record in kept] == [(True, False)]
    google.control(keep_requests=0)
    google.generate(ask("three"))
    assert json.loads(google.call("GET", "/__requests").body) == []


def test_the_clock_can_be_set_and_hurried(google: Client) -> None:
    google.control(clock_start=1_000_000.0, clock_speed=1_000.0, seed=2)
    first, second = (google.stats()["now"] for _ in range(2))
    assert isinstance(first, float)
    assert isinstance(second, float)
    assert 1_000_000.0 <= first < second


def test_a_reset_starts_over(google: Client) -> None:
    google.control(faults=[{"kind": "internal"}])
    google.generate(ask("hi"))
    google.call("POST", "/__control/reset")
    assert google.stats()["requests"] == 0
    assert google.generate(ask("hi")).status == 200
    google.call("POST", "/__stats/reset")
    assert google.stats()["requests"] == 0
