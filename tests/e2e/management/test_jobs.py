"""A check of keys is a job: watched, ended, and its findings count."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from tests.e2e.processes import KEYS

if TYPE_CHECKING:
    from gemini_balance.simulator import RunningSimulator
    from tests.e2e.management.conftest import Operated

SECONDS = 15.0


def ended(operated: Operated, job: str) -> Any:
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        told = operated.ask("GET", f"/jobs/{job}").json
        if told["progress"]["ended"] is not None:
            return told
        time.sleep(0.05)
    raise AssertionError(told)


def test_a_check_finds_all_keys_well_and_is_watched_while_it_goes(operated: Operated, google: RunningSimulator) -> None:
    started = operated.ask("POST", "/keys/verify", {"filter": {}})
    assert started.status == 202
    job = started.json["progress"]["id"]
    watched = operated.ask("GET", f"/jobs/{job}/events")
    assert watched.headers["content-type"].startswith("text/event-stream")
    events = [json.loads(line.removeprefix(b"data: ")) for line in watched.body.split(b"\n\n") if line]
    told = ended(operated, job)
    assert events[-1] == told["progress"]
    assert told["progress"]["counts"] == {"well": len(KEYS)}
    assert (told["progress"]["total"], told["progress"]["done"]) == (len(KEYS), len(KEYS))
    assert sorted(told["results"]["well"]) == sorted(item["id"] for item in operated.ask("GET", "/keys").json["items"])
    assert operated.ask("GET", "/jobs").json["items"][0] == told["progress"]


def test_a_check_can_be_ended(operated: Operated, google: RunningSimulator) -> None:
    job = operated.ask("POST", "/keys/verify", {"filter": {}}).json["progress"]["id"]
    assert operated.ask("DELETE", f"/jobs/{job}").status == 200
    assert ended(operated, job)["progress"]["id"] == job


def test_a_job_that_is_none_is_not_found(operated: Operated) -> None:
    for method, path in (("GET", "/jobs/none"), ("DELETE", "/jobs/none"), ("GET", "/jobs/none/events")):
        assert operated.ask(method, path).status == 404
