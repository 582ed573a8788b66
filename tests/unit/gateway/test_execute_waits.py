"""Calls that wait for a key, and what the pool is told of how a call went."""

import asyncio
import time
from math import inf
from typing import Any

import pytest
from msgspec.structs import replace

from gemini_balance.core.errors import PoolBusy
from gemini_balance.core.outcome import Cause
from gemini_balance.core.pool import Granted, NotYet
from gemini_balance.gateway.failures import CallFailed
from gemini_balance.gateway.ports import TransportFailed
from tests.unit.gateway.stage import OVERLOADED, ROLE, STOP, STREAM, Line, Running, Stage, refuses, says

pytestmark = pytest.mark.anyio

HELLO = says("Hello", "STOP")
OK = Line([HELLO])
DEAD = refuses(400, "API key not valid.")
BROKEN = refuses(500, "An internal error has occurred.")
CUT = Line([TransportFailed(Cause.CUT, "The upstream broke off.")])
EMPTY = Line([ROLE, STOP])


def spent(seconds: float) -> Line:
    quota = {"quotaId": "GenerateRequestsPerMinute", "quotaValue": "5"}
    return refuses(429, f"Please retry in {seconds}s.", violations=[quota])


def waiting(*script: Line, patience: float = 20.0) -> Stage:
    """One key, and a clock that goes by itself."""
    return Stage(*script, keys="a", patience=patience, clock=Running())


async def refused(stage: Stage, route: Any = STREAM) -> float:
    """What the caller is told to wait."""
    with pytest.raises(PoolBusy) as busy:
        await stage.play(route)
    assert (stage.at_rest, stage.pool.waiting) == (True, 0)
    return busy.value.retry_after


async def test_what_is_free_again_within_the_patience_is_waited_for() -> None:
    stage = waiting(spent(0.5), OK)
    assert await stage.play() == HELLO
    assert (stage.asked, stage.pool.waiting, stage.at_rest) == ("aa", 0, True)
    assert 0.4 < stage.story.waited < 2


async def test_what_is_not_is_told_at_once() -> None:
    stage = waiting(spent(5), patience=2.0)
    assert 4 < await refused(stage) < 6
    assert stage.story.waited == 0


async def test_nobody_waits_beyond_the_callers_own_deadline() -> None:
    stage = waiting(spent(5))
    assert 4 < await refused(stage, replace(STREAM, patience=2.0)) < 6


async def test_a_single_attempt_never_waits() -> None:
    stage = waiting(spent(5))
    once = replace(STREAM, single_attempt=True)
    with pytest.raises(CallFailed):
        await stage.play(once)
    assert 4 < await refused(stage, once) < 6


async def test_a_full_queue_is_told_with_the_true_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = waiting(spent(5))
    monkeypatch.setattr(stage.pool, "enqueue", lambda *_: None)
    assert 4 < await refused(stage) < 6


async def test_who_waited_in_vain_is_told_when_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = waiting(spent(0.5), patience=1.2)
    first, told = stage.pool.acquire, iter((1.0, 7.0))  # after the first
    monkeypatch.setattr(
        stage.pool,
        "acquire",
        lambda now, demand: NotYet(now + next(told)) if stage.story.attempts else first(now, demand),
    )
    monkeypatch.setattr(stage.pool, "grant", lambda _: Granted([], inf))
    assert 6 < await refused(stage) <= 8
    assert stage.story.waited >= 1


async def test_all_waits_of_a_call_together_are_within_the_patience() -> None:
    stage = waiting(*[spent(0.7)] * 9, patience=1.5)
    assert await refused(stage) > 0
    assert 0.5 < stage.story.waited < 1.6


async def test_a_client_that_leaves_while_it_waits_gives_its_place_back() -> None:
    stage = waiting(spent(5), OK)
    call = asyncio.create_task(stage.play())
    await asyncio.sleep(0.05)
    assert stage.pool.waiting == 1
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert (stage.pool.waiting, stage.asked, stage.at_rest) == (0, "a", True)
    assert stage.story.waited > 0


@pytest.mark.parametrize(
    ("first", "blamed"),
    [(BROKEN, [["a"]]), (EMPTY, [["a"]]), (DEAD, []), (CUT, []), (Line([OVERLOADED]), [])],
    ids=["500", "empty", "dead", "cut", "overloaded"],
)
async def test_the_pool_learns_which_keys_failed_what_another_could_do(
    monkeypatch: pytest.MonkeyPatch, first: Line, blamed: list[list[str]]
) -> None:
    helped: list[list[str]] = []
    stage = Stage(first, OK)
    monkeypatch.setattr(stage.pool, "helped", lambda _, keys: helped.append(list(keys)))
    assert await stage.play() == HELLO
    assert helped == blamed


async def test_a_key_that_failed_and_then_answered_itself_is_not_blamed(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage(BROKEN, OK, keys="a")
    monkeypatch.setattr(stage.pool, "helped", lambda *_: pytest.fail("blamed"))
    await stage.play()


async def test_the_pool_learns_that_an_answer_began_before_it_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    began: list[str] = []
    stage = Stage(BROKEN, Line([says("Hello"), None]))
    monkeypatch.setattr(stage.pool, "began", lambda _, lease: began.append(lease.key.id))
    call = asyncio.create_task(stage.play())
    await asyncio.sleep(0.02)
    assert began == ["b"]
    call.cancel()
    await asyncio.gather(call, return_exceptions=True)


async def test_an_overloaded_model_is_given_a_moment() -> None:
    stage = Stage(Line([OVERLOADED]), OK)
    began = time.monotonic()
    await stage.play()
    assert time.monotonic() - began >= 0.12


async def test_an_answer_that_nothing_names_is_counted() -> None:
    stage = Stage(refuses(418, "I'm a teapot."), OK)
    await stage.play()
    assert [(one.status, one.count) for one in stage.gateway.unknowns.seen()] == [(418, 1)]


async def test_an_attempt_tells_how_its_key_was_chosen_and_how_long_it_rests() -> None:
    stage = Stage(spent(5), OK)
    await stage.play()
    first, second = stage.story.attempts
    assert (bool(first.why), bool(second.why), second.until) == (True, True, 0.0)
    assert 5 <= first.until - stage.clock.now() <= 6
