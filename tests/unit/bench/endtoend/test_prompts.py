"""A call over sockets is as large, as slow and as lucky as in the simulation."""

import json
from typing import Any

import pytest

from bench.balance.arrivals import Call
from bench.balance.scenario import Faults
from bench.balance.scenarios import QUIET
from bench.balance.world import seconds_of
from bench.endtoend.prompts import body_of, headers_of
from gemini_balance.simulator.directives import read
from tests.unit.bench.balance.stage import call

SEED, SPEED = 1, 10.0


def body(one: Call, faults: Faults = QUIET) -> Any:
    return json.loads(body_of(one, SEED, faults, SPEED))


def prompt(one: Call, faults: Faults = QUIET) -> str:
    return str(body(one, faults)["messages"][0]["content"])


def test_a_prompt_has_as_many_tokens_as_the_call() -> None:
    assert len(prompt(call(tokens=5_000))) == pytest.approx(5_000 * 4, abs=16)


def test_half_of_the_calls_ask_for_a_stream() -> None:
    assert [body(call(streamed=streamed))["stream"] for streamed in (True, False)] == [True, False]


def test_an_answer_takes_as_long_as_in_the_simulation_in_hurried_time() -> None:
    seconds = seconds_of(SEED, call())
    wishes, _ = read(prompt(call(streamed=False)))
    assert wishes.first_ms == pytest.approx(seconds / SPEED * 1_000, abs=0.1)
    wishes, _ = read(prompt(call(streamed=True)))
    assert wishes.first_ms is not None
    assert wishes.pace_ms is not None
    assert wishes.first_ms + 4 * wishes.pace_ms == pytest.approx(seconds / SPEED * 1_000, abs=0.5)


@pytest.mark.parametrize(
    ("faults", "kind", "after"),
    [
        (Faults(broken=1.0), "internal", None),
        (Faults(broken=0.0, empty=1.0), "empty", None),
        (Faults(broken=0.0, empty=0.0, cut_early=1.0), "cut_after", 0),
        (Faults(broken=0.0, empty=0.0, cut_early=0.0, cut_late=1.0), "cut_after", 2),
    ],
)
def test_a_call_meets_the_fault_that_it_meets_in_the_simulation(faults: Faults, kind: str, after: int | None) -> None:
    wishes, _ = read(prompt(call(), faults))
    assert (wishes.fault, wishes.after) == (kind, after)
    assert wishes.times is not None
    assert wishes.times > 1


def test_a_call_without_a_fault_asks_for_none() -> None:
    assert read(prompt(call()))[0].fault == ""


def test_a_deadline_is_told_as_openais_libraries_tell_it() -> None:
    assert headers_of(call(at=10.0, deadline=call(at=42.5).at))["x-stainless-read-timeout"] == "32.500"
    assert "x-stainless-read-timeout" not in headers_of(call())
