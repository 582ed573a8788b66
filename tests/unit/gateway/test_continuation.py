"""Answers longer than one reply of Google's: the caller sees one."""

import json

import pytest
from msgspec.structs import replace

from gemini_balance.core.outcome import Cause, Usage
from gemini_balance.gateway.failures import CallFailed
from gemini_balance.gateway.relay import MOST_HOPS
from tests.unit.gateway.stage import STREAM, UNARY, Line, Stage, event, refuses, says

pytestmark = pytest.mark.anyio


def breaks_off(token: str, text: str = "") -> bytes:
    content = {"role": "model", "parts": [{"text": text}]} if text else {}
    return event(candidates=[{"content": content, "finishReason": "CONTINUATION", "continuationToken": token}])


def asked_for(stage: Stage) -> list[str | None]:
    """The token of each request."""
    return [json.loads(request.body).get("continuationToken") for request in stage.transport.asked]


async def test_what_is_left_is_asked_of_the_key_that_began() -> None:
    stage = Stage(
        Line([says("One, "), breaks_off("t1")]), Line([breaks_off("t2", "two, ")]), Line([says("three.", "STOP")])
    )
    seen = await stage.play()
    assert [b"One, " in seen, b"two, " in seen, b"three." in seen] == [True] * 3
    assert (stage.asked, asked_for(stage), stage.at_rest) == ("aaa", [None, "t1", "t2"], True)


async def test_the_same_request_is_asked_again_with_the_token_added() -> None:
    stage = Stage(Line([breaks_off("t1", "One")]), Line([says("two", "STOP")]))
    await stage.play(replace(STREAM, body=b'{"contents":[]}'))
    assert stage.transport.asked[1].body == b'{"contents":[],"continuationToken":"t1"}'


async def test_a_unary_answer_is_gathered() -> None:
    first, last = (line.removeprefix(b"data: ") for line in (breaks_off("t1", "One"), says("two", "STOP")))
    stage = Stage(*(Line([line], content_type="application/json") for line in (first, last)))
    assert await stage.play(UNARY) == last
    assert (stage.asked, asked_for(stage)) == ("aa", [None, "t1"])


async def test_a_verbatim_caller_goes_on_by_itself() -> None:
    stage = Stage(Line([breaks_off("t1", "One")]))
    assert await stage.play(replace(STREAM, verbatim=True)) == breaks_off("t1", "One")


async def test_an_answer_without_end_is_ended() -> None:
    stage = Stage(*(Line([breaks_off("t", "more")]) for _ in range(MOST_HOPS + 1)))
    await stage.play()
    assert len(stage.asked) == MOST_HOPS + 1


async def test_a_break_without_a_token_is_the_end() -> None:
    stage = Stage(Line([says("One", "CONTINUATION")]))
    assert await stage.play() == says("One", "CONTINUATION")


async def test_what_follows_may_fail_and_then_the_caller_learns_it() -> None:
    stage = Stage(Line([breaks_off("t1", "One")]), refuses(503, "The model is overloaded."))
    with pytest.raises(CallFailed) as failed:
        await stage.play()
    assert (failed.value.outcome.cause, stage.asked) == (Cause.MODEL_OVERLOADED, "aa")


async def test_what_nobody_has_seen_is_asked_anew_of_another_key() -> None:
    stage = Stage(Line([breaks_off("t1")]), refuses(500, "Internal."), Line([says("Whole", "STOP")]))
    assert await stage.play() == says("Whole", "STOP")
    assert (stage.asked, asked_for(stage)) == ("aab", [None, "t1", None])


async def test_a_key_that_must_rest_meanwhile_cuts_the_answer() -> None:
    stage = Stage(Line([breaks_off("t1", "One")]))
    taken = stage.pool.acquire

    def once(now: float, demand: object) -> object:
        stage.pool.acquire = lambda *_: None  # type: ignore[method-assign, assignment]  # no key any more
        return taken(now, demand)  # type: ignore[arg-type]  # as it came

    stage.pool.acquire = once  # type: ignore[method-assign, assignment]  # the next time there is no key
    with pytest.raises(CallFailed) as failed:
        await stage.play()
    assert failed.value.outcome.cause is Cause.CUT


async def test_every_reply_is_paid_for() -> None:
    counted = {"usageMetadata": {"promptTokenCount": 2, "candidatesTokenCount": 3, "totalTokenCount": 5}}
    first = {"candidates": [{"finishReason": "CONTINUATION", "continuationToken": "t"}]} | counted
    last = {"candidates": [{"content": {"parts": [{"text": "x"}]}, "finishReason": "STOP"}]} | counted
    stage = Stage(Line([event(**first)]), Line([event(**last)]))
    await stage.play()
    assert stage.story.usage == Usage(prompt=4, output=6, total=10)
