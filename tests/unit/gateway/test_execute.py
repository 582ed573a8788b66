"""Whole calls as short stories: what the upstream says, what the caller sees, what the keys remember."""

import asyncio

import pytest
from msgspec.structs import replace

from gemini_balance.core.attempts import RetryPolicy
from gemini_balance.core.errors import NoKeyAvailable, PoolBusy
from gemini_balance.core.outcome import Cause, Outcome
from gemini_balance.core.pool import Demand, Health, KeyId, KeyPool, KeySpec
from gemini_balance.gateway.failures import CallFailed
from gemini_balance.gateway.ports import TransportFailed
from tests.unit.gateway.stage import (
    ARRAY,
    MODEL,
    OVERLOADED,
    ROLE,
    STOP,
    STREAM,
    UNARY,
    Line,
    Read,
    Stage,
    event,
    refuses,
    says,
)

pytestmark = pytest.mark.anyio

HELLO = says("Hello", "STOP")
OK = Line([HELLO])
WHOLE = Line([HELLO.removeprefix(b"data: ")], content_type="application/json")
CUT = TransportFailed(Cause.CUT, "The upstream broke off.")
DEAD = refuses(400, "API key not valid.")
SPENT = refuses(429, "Please retry in 30s.", violations=[{"quotaId": "GenerateRequestsPerMinute", "quotaValue": "5"}])
BROKEN = refuses(500, "An internal error has occurred.")
WRONG = refuses(400, "Invalid JSON payload received.")
EMPTY = Line([ROLE, STOP])


async def failed(stage: Stage, route: object = STREAM) -> Outcome:
    with pytest.raises(CallFailed) as failure:
        await stage.play(route)  # type: ignore[arg-type]  # a Route each
    assert stage.at_rest
    return failure.value.outcome


async def test_the_first_good_key_answers() -> None:
    stage = Stage(OK)
    assert await stage.play() == HELLO
    assert (stage.asked, stage.causes, stage.at_rest) == ("a", ["answered"], True)


async def test_a_unary_answer_that_is_too_little_keeps_its_bytes_for_a_verbatim_caller() -> None:
    empty = b'{"candidates":[{"finishReason":"STOP"}]}'
    stage = Stage(*[Line([empty], content_type="application/json")] * 2)
    outcome = await failed(stage, UNARY)
    assert (outcome.cause, outcome.body, outcome.content_type) == (Cause.EMPTY, empty, "application/json")


async def test_a_model_that_all_keys_exclude_needs_the_operator() -> None:
    stage = Stage(OK)
    stage.gateway.pool = KeyPool([KeySpec(KeyId("a"), "secret-a", models=frozenset({"other"}))])
    with pytest.raises(NoKeyAvailable):
        await stage.play()


async def test_a_stream_may_lack_the_blank_line_at_its_end() -> None:
    whole = says("Hello") + says(" world", "STOP").rstrip() + b"\n"
    assert await Stage(Line([whole])).play() == whole


async def test_a_unary_answer_passes_as_it_is() -> None:
    stage = Stage(WHOLE)
    assert await stage.play(UNARY) == WHOLE.reads[0]


async def test_an_array_passes_with_its_brackets() -> None:
    whole = b'[{"candidates":[{"content":{"parts":[{"text":"Hi"}]},"finishReason":"STOP"}]}\n,\r\n{}]\n'
    assert await Stage(Line([whole[:30], whole[30:]])).play(ARRAY) == whole


@pytest.mark.parametrize(
    ("first", "cause"),
    [
        pytest.param(DEAD, "key_dead", id="a dead key"),
        pytest.param(SPENT, "quota_minute", id="a spent key"),
        pytest.param(BROKEN, "upstream_broken", id="a broken upstream"),
        pytest.param(Line([CUT], status=0), "cut", id="a connection refused"),
        pytest.param(Line([CUT]), "cut", id="a connection reset before the first byte"),
        pytest.param(Line([ROLE, CUT]), "cut", id="cut after a frame that shows nothing"),
        pytest.param(Line([ROLE]), "cut", id="ended after a frame that shows nothing"),
        pytest.param(Line([]), "cut", id="no frame at all"),
        pytest.param(Line([OVERLOADED]), "model_overloaded", id="an error in the first frame"),
        pytest.param(Line([ROLE, OVERLOADED]), "model_overloaded", id="an error after a role"),
        pytest.param(Line([ROLE + OVERLOADED]), "model_overloaded", id="both in one read"),
        pytest.param(EMPTY, "empty", id="an empty answer"),
        pytest.param(Line([says("hm", thought=True), STOP]), "thoughts_only", id="nothing but thoughts"),
        pytest.param(Line([says(finish="MALFORMED_FUNCTION_CALL")]), "malformed_call", id="a malformed call"),
        pytest.param(Line([b"<html>502</html>"], 502, "text/html"), "upstream_broken", id="a proxy's page"),
    ],
)
async def test_what_nobody_has_seen_is_replaced_unseen(first: Line, cause: str) -> None:
    stage = Stage(first, OK)
    assert await stage.play() == HELLO
    assert (stage.asked, stage.causes, stage.at_rest) == ("ab", [cause, "answered"], True)


@pytest.mark.parametrize(
    ("after", "cause"),
    [
        pytest.param([CUT], Cause.CUT, id="reset"),
        pytest.param([], Cause.CUT, id="ended without a reason"),
        pytest.param([b'data: {"candid'], Cause.CUT, id="ended within a frame"),
        pytest.param([OVERLOADED], Cause.MODEL_OVERLOADED, id="an error"),
        pytest.param([says(" world") + OVERLOADED], Cause.MODEL_OVERLOADED, id="an error behind the last words"),
    ],
)
async def test_what_the_caller_has_seen_is_not_replaced(after: list[Read], cause: Cause) -> None:
    stage = Stage(Line([says("Hello"), *after]), OK)
    assert (await failed(stage)).cause is cause
    assert stage.page.seen.startswith(says("Hello"))
    assert (stage.asked, stage.page.finished, b"overloaded" in stage.page.seen) == ("a", False, False)


async def test_the_last_words_before_an_error_are_still_shown() -> None:
    stage = Stage(Line([says("Hello"), says(" world") + OVERLOADED]))
    await failed(stage)
    assert stage.page.seen == says("Hello") + says(" world")


async def test_an_empty_answer_is_asked_anew_once() -> None:
    stage = Stage(EMPTY, EMPTY, OK)
    assert (await failed(stage)).cause is Cause.EMPTY
    assert stage.asked == "ab"


async def test_the_callers_own_mistake_is_not_tried_on_other_keys() -> None:
    stage = Stage(WRONG, OK)
    assert (await failed(stage)).message == "Invalid JSON payload received."
    assert (stage.asked, {key.health for key in stage.pool.keys.values()}) == ("a", {Health.READY})


async def test_when_every_key_is_dead_the_operator_must_act() -> None:
    stage = Stage(DEAD, DEAD, DEAD)
    with pytest.raises(NoKeyAvailable):
        await stage.play()
    assert (stage.asked, stage.pool.usable(), stage.at_rest) == ("abc", 0, True)


async def test_a_key_that_the_operator_resets_serves_at_once() -> None:
    stage = Stage(DEAD, OK, keys="a")
    with pytest.raises(NoKeyAvailable):
        await stage.play()
    stage.pool.reset(stage.clock.now(), KeyId("a"))
    assert await stage.play() == HELLO


async def test_without_keys_the_operator_must_act() -> None:
    with pytest.raises(NoKeyAvailable):
        await Stage(keys="").play()


async def test_when_every_key_is_spent_the_caller_learns_when_one_is_free() -> None:
    stage = Stage(SPENT, SPENT, SPENT)
    with pytest.raises(PoolBusy) as busy:
        await stage.play()
    assert 30 <= busy.value.retry_after <= 31
    assert (stage.asked, stage.at_rest) == ("abc", True)


async def test_a_key_that_failed_by_chance_serves_again_when_no_other_is_left() -> None:
    stage = Stage(BROKEN, OK, keys="a")
    assert await stage.play() == HELLO
    assert stage.asked == "aa"


async def test_a_model_that_no_key_may_use_is_googles_word() -> None:
    gone = refuses(404, "This model is no longer available to new users.")
    stage = Stage(gone, gone, keys="ab")
    assert (await failed(stage)).cause is Cause.MODEL_NOT_OFFERED
    assert stage.asked == "ab"


@pytest.mark.parametrize(
    "first", [DEAD, SPENT, BROKEN, EMPTY, Line([CUT])], ids=["dead", "spent", "500", "empty", "cut"]
)
async def test_a_single_attempt_is_never_replaced(first: Line) -> None:
    stage = Stage(first, OK)
    await failed(stage, replace(STREAM, single_attempt=True))
    assert stage.asked == "a"


async def test_retries_are_counted() -> None:
    stage = Stage(*[BROKEN] * 9, policy=RetryPolicy(max_retries=2))
    assert (await failed(stage)).cause is Cause.UPSTREAM_BROKEN
    assert stage.asked == "abc"


async def test_patience_that_runs_out_is_a_deadline() -> None:
    stage = Stage(Line([ROLE, None]))
    assert (await failed(stage, replace(STREAM, patience=0.01))).cause is Cause.DEADLINE
    assert stage.causes == ["client_gone"]


async def test_a_client_that_leaves_ends_the_call_at_once() -> None:
    stage = Stage(Line([says("Hello"), None]))
    call = asyncio.create_task(stage.play())
    await asyncio.sleep(0.01)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert (stage.causes, stage.at_rest) == (["client_gone"], True)
    assert {key.health for key in stage.pool.keys.values()} == {Health.READY}


@pytest.mark.parametrize(
    ("failure", "status"),
    [
        (TransportFailed(Cause.UPSTREAM_SLOW, "silent"), 504),
        (TransportFailed(Cause.UNREACHABLE, "refused"), 502),
        (TransportFailed(Cause.CUT, "reset"), 502),
    ],
    ids=["slow", "unreachable", "cut"],
)
async def test_a_failed_transport_is_an_outcome_like_any_other(failure: TransportFailed, status: int) -> None:
    stage = Stage(Line([failure], status=0), policy=RetryPolicy(max_retries=0))
    assert await failed(stage) == Outcome(failure.cause, status, failure.message)


async def test_a_key_that_google_repeats_in_an_error_is_not_passed_on() -> None:
    stage = Stage(refuses(403, "Consumer 'api_key:secret-a' has been suspended."), keys="a")
    outcome = await failed(stage, replace(STREAM, single_attempt=True))
    assert (b"secret" in outcome.body, "secret" in outcome.message) == (False, False)


async def test_a_blocked_prompt_is_an_answer() -> None:
    blocked = event(promptFeedback={"blockReason": "SAFETY"})
    stage = Stage(Line([blocked]))
    assert await stage.play() == blocked


async def test_a_pinned_call_asks_its_own_key_only() -> None:
    stage = Stage(OK)
    await stage.play(replace(STREAM, demand=Demand(MODEL, pinned=KeyId("c"))))
    assert stage.asked == "c"


async def test_the_key_travels_in_one_header_only() -> None:
    stage = Stage(OK)
    await stage.play(replace(STREAM, headers=(("x-goog-api-client", "sdk/1"),)))
    (asked,) = stage.transport.asked
    request_line, *headers = asked.head.decode().removesuffix("\r\n\r\n").split("\r\n")
    assert (request_line, asked.origin.host, asked.body) == (f"POST /{STREAM.path} HTTP/1.1", "google.example", b"{}")
    assert {line.lower() for line in headers} == {
        "host: google.example",
        "x-goog-api-key: secret-a",
        "x-goog-api-client: sdk/1",
        "content-type: application/json",
        "content-length: 2",
    }


async def test_an_answer_that_ended_with_nothing_keeps_its_last_bytes_for_a_verbatim_caller() -> None:
    whole = b'[{"candidates":[{"finishReason":"STOP"}]}\n]\n'
    stage = Stage(Line([whole]))
    assert (await failed(stage, replace(ARRAY, single_attempt=True))).body == b"\n]\n"
