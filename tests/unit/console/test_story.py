"""A call's routing story as a picture: attempts as lanes on one clock."""

from __future__ import annotations

from typing import Any

import pytest

from gemini_balance.console.faults import FAULTS
from gemini_balance.console.story import Bar, Label, Lane, Story, Tick, clock, parts_of, shares_of, story
from gemini_balance.core.outcome import Usage
from gemini_balance.gateway.calls import KeptCall
from gemini_balance.gateway.record import AttemptRecord

AT = 1_800_000_000.0


def kept(*attempts: AttemptRecord, **fields: Any) -> KeptCall:
    """A call that ended well, unless it is told otherwise."""
    last = attempts[-1].cause if attempts else ""
    told: dict[str, Any] = {"status": 200, "ending": "whole", "cause": last, "seconds": 4.0, "first_byte": 2.0}
    told["attempts"], told["rescued"] = attempts, any(one.cause != "answered" for one in attempts[:-1])
    return KeptCall(number=1, id="a" * 22, at=AT, client="192.0.2.1", **(told | fields))


SPENT = AttemptRecord("a", "quota_day", 429, 0.4, "most room", AT + 60, Usage(), 0.0)
BUSY = AttemptRecord("b", "model_overloaded", 503, 0.4, "most room", 0.0, Usage(), 0.4)
GOOD = AttemptRecord("c", "answered", 200, 3.0, "most room", 0.0, Usage(), 1.0)


def test_attempts_are_lanes_on_one_clock_and_the_caller_waits_below_them() -> None:
    assert story(kept(SPENT, BUSY, GOOD)) == Story(
        seconds=4.0,
        ticks=(
            Tick(0.0, 0.0, "start"),
            Tick(25.0, 1.0, "middle"),
            Tick(50.0, 2.0, "middle"),
            Tick(75.0, 3.0, "middle"),
            Tick(100.0, 4.0, "end"),
        ),
        gate=50.0,
        waited=(),
        lanes=(
            Lane(
                number=1,
                key="a",
                tone="wait",
                said="pip.limited",
                bars=(Bar(0.0, 10.0),),
                label=Label(11.2),
                status=429,
                began=0.0,
                seconds=0.4,
                first_byte=None,
                paused=0.0,
                until=AT + 60,
                counts="counted.quota",
                fault=FAULTS["quota_day"],
            ),
            Lane(
                number=2,
                key="b",
                tone="bad",
                said="pip.failed",
                bars=(Bar(10.0, 10.0), Bar(20.0, 5.0, "pause")),
                label=Label(26.2),
                status=503,
                began=0.4,
                seconds=0.4,
                first_byte=None,
                paused=0.2,
                until=0.0,
                counts="counted.not",
                fault=FAULTS["model_overloaded"],
            ),
            Lane(
                number=3,
                key="c",
                tone="act",
                said="pip.answered",
                bars=(Bar(25.0, 25.0, "soft"), Bar(50.0, 50.0)),
                label=Label(26.2, inside=True),
                status=200,
                began=1.0,
                seconds=3.0,
                first_byte=1.0,
                paused=0.0,
                until=0.0,
                counts="",
                fault=None,
            ),
        ),
        caller=(Bar(0.0, 50.0, "soft"), Bar(50.0, 50.0)),
        ending="story.unseen",
    )


@pytest.mark.parametrize(
    ("seconds", "length"),
    [(0.0, 0.01), (0.003, 0.01), (0.0101, 0.012), (0.95, 1.0), (1.0, 1.0), (6.41, 7.0), (48.1, 50.0), (91.0, 100.0)],
)
def test_the_clock_is_as_long_as_can_be_read_easily(seconds: float, length: float) -> None:
    assert clock(seconds) == pytest.approx(length)


def test_a_call_that_nobody_was_asked_for_has_only_the_caller_s_lane() -> None:
    drawn = story(kept(status=401, ending="invalid_api_key", seconds=0.0, first_byte=None))
    assert (drawn.lanes, drawn.gate, drawn.caller, drawn.ending) == ((), None, (Bar(0.0, 0.4, "soft"),), "story.told")


def test_a_wait_for_the_first_key_has_a_lane_of_its_own() -> None:
    late = AttemptRecord("c", "answered", 200, 1.0, "kept", 0.0, Usage(), 3.0)
    drawn = story(kept(late, waited=3.0, first_byte=3.5))
    assert (drawn.waited, drawn.lanes[0].bars) == (
        (Bar(0.0, 75.0, "soft"),),
        (Bar(75.0, 12.5, "soft"), Bar(87.5, 12.5)),
    )


def test_what_stands_beside_a_bar_never_leaves_the_picture() -> None:
    late = AttemptRecord("a", "upstream_slow", 0, 0.2, "", 0.0, Usage(), 3.8)
    wide = AttemptRecord("a", "upstream_slow", 0, 4.0, "", 0.0, Usage(), 0.0)
    labels = [story(kept(one, ending="upstream_timeout", first_byte=None)).lanes[0].label for one in (late, wide)]
    assert labels == [Label(93.8, "end"), Label(1.2, inside=True)]


def test_an_answer_that_broke_off_is_drawn_from_its_first_byte_on() -> None:
    cut = AttemptRecord("c", "cut", 200, 3.0, "", 0.0, Usage(), 1.0)
    drawn = story(kept(cut, ending="upstream_error"))
    assert (drawn.lanes[0].bars, drawn.lanes[0].tone, drawn.ending) == (
        (Bar(25.0, 25.0, "soft"), Bar(50.0, 50.0)),
        "bad",
        "story.cut",
    )


def _rounded(call: KeptCall) -> tuple[tuple[str, float], ...]:
    return tuple((name, round(seconds, 6)) for name, seconds in parts_of(call))


def test_where_the_time_went_adds_up_to_the_whole() -> None:
    assert _rounded(kept(SPENT, BUSY, GOOD, seconds=4.01)) == (
        ("spent.own", 0.01),
        ("spent.lost", 0.8),
        ("spent.paused", 0.2),
        ("spent.first", 1.0),
        ("spent.stream", 2.0),
    )


def test_of_a_call_that_failed_all_attempts_were_lost() -> None:
    failed = kept(SPENT, BUSY, ending="upstream_overloaded", seconds=0.9, first_byte=None)
    assert _rounded(failed) == (("spent.own", 0.1), ("spent.lost", 0.8))


def test_time_in_the_queue_is_no_pause() -> None:
    later = AttemptRecord("c", "answered", 200, 1.0, "kept", 0.0, Usage(), 3.0)
    parts = dict(_rounded(kept(SPENT, later, waited=2.5, first_byte=4.0)))
    assert (parts["spent.waited"], parts["spent.paused"]) == (2.5, 0.1)


def test_shares_lie_side_by_side_and_the_least_is_seen() -> None:
    assert shares_of([10, 38, 48]) == ((0.0, 10.42), (10.42, 39.59), (50.0, 50.0))
    assert shares_of([]) == ()
