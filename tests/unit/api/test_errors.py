"""Telling a client what went wrong."""

import json

import pytest

from gemini_balance.api.errors import send_error, send_failure
from gemini_balance.core import errors
from gemini_balance.core.attempts import Attempt
from gemini_balance.core.outcome import Cause, Outcome
from gemini_balance.core.pool import KeyId
from gemini_balance.gateway.failures import CallFailed
from tests.unit.api.door import Client, events
from tests.unit.gateway.stage import ROLE, STOP, says

pytestmark = pytest.mark.anyio

HELLO = says("Hello")
WORDS = b'{"error": {"code": 400, "message": "Google\'s own words"}}'
REFUSED = Outcome(Cause.BAD_REQUEST, 400, "Google's own words", body=WORDS, content_type="application/json")


@pytest.mark.parametrize(
    ("error", "headers"),
    [
        (errors.BadRequest("M."), {}),
        (errors.NotSignedIn("M."), {"www-authenticate": "Bearer"}),
        (errors.MethodNotAllowed("M.", ("GET", "POST")), {"allow": "GET, POST"}),
        (errors.PoolBusy("M.", 2.25), {"retry-after": "3", "retry-after-ms": "2250"}),
        (errors.MinuteSpent("M.", 2.25), {"retry-after": "3", "retry-after-ms": "2250"}),
        (
            errors.DaySpent("M.", 7200.0),
            {"retry-after": "7200", "retry-after-ms": "7200000", "x-should-retry": "false"},
        ),
        (errors.UpstreamFailed("M."), {"x-should-retry": "false"}),
        (errors.NoKeyAvailable("M."), {"x-should-retry": "false"}),
        (errors.ShuttingDown("M."), {}),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, errors.GatewayError) else "",
)
async def test_an_error_has_the_headers_its_reader_needs(error: errors.GatewayError, headers: dict[str, str]) -> None:
    client = Client()
    await send_error(client.exchange, error)
    always = {"content-type", "content-length", "x-content-type-options", "content-security-policy"}
    assert (client.status, client.ended, client.exchange.error) == (error.status, True, error.code)
    assert {name: value for name, value in client.headers.items() if name not in always} == headers


async def test_an_answer_that_is_done_gets_no_error_behind_it() -> None:
    client = Client()
    await client.reply.finish(b"")
    sent = list(client.messages)
    await send_error(client.exchange, errors.UpstreamFailed("M."))
    assert client.messages == sent


async def test_a_verbatim_caller_gets_googles_own_words() -> None:
    client = Client()
    await send_failure(client.exchange, CallFailed(REFUSED, "m"), client.reply)
    assert (client.status, client.body, client.headers["content-type"]) == (400, WORDS, "application/json")


async def test_googles_words_in_an_event_streams_clothes_are_shown_as_json() -> None:
    client = Client()
    dressed = Outcome(Cause.BAD_REQUEST, 400, body=WORDS, content_type="text/event-stream")
    await send_failure(client.exchange, CallFailed(dressed, "m"), client.reply)
    assert client.headers["content-type"] == "application/json; charset=utf-8"


async def test_another_caller_gets_them_in_its_own_format() -> None:
    client = Client(verbatim=False)
    await send_failure(client.exchange, CallFailed(REFUSED, "m"), client.reply)
    assert (client.status, json.loads(client.body)["error"]["message"]) == (400, "Google's own words")


@pytest.mark.parametrize("cause", [Cause.KEY_DEAD, Cause.KEY_REFUSED, Cause.PROJECT_BLOCKED, Cause.PROJECT_UNPAID])
async def test_what_google_says_about_our_keys_is_not_passed_on(cause: Cause) -> None:
    client = Client()
    await send_failure(client.exchange, CallFailed(Outcome(cause, 403, body=WORDS), "m"), client.reply)
    assert (client.status, b"own words" in client.body) == (503, False)
    assert json.loads(client.body)["error"]["status"] == "UNAVAILABLE"


@pytest.mark.parametrize("status", [401, 402, 403, 407])
@pytest.mark.parametrize("cause", [Cause.UNKNOWN, Cause.EGRESS_REFUSED, Cause.QUOTA_UNKNOWN])
async def test_a_refusal_that_the_caller_would_take_for_its_own_tokens_is_not_passed_on(
    cause: Cause, status: int
) -> None:
    client = Client()
    await send_failure(client.exchange, CallFailed(Outcome(cause, status, body=WORDS), "m"), client.reply)
    assert (client.status in (401, 402, 403, 407), b"own words" in client.body) == (False, False)


async def test_a_resource_of_another_key_is_googles_word() -> None:
    client = Client()
    other = Outcome(Cause.WRONG_KEY_FOR_RESOURCE, 403, body=WORDS)
    await send_failure(client.exchange, CallFailed(other, "m"), client.reply)
    assert (client.status, client.body) == (403, WORDS)


@pytest.mark.parametrize(
    ("outcome", "asked", "headers"),
    [
        (
            Outcome(Cause.QUOTA_MINUTE, 429, retry_after=2.25, body=WORDS),
            1,
            {"retry-after": "3", "retry-after-ms": "2250"},
        ),
        (
            Outcome(Cause.QUOTA_DAY, 429, retry_after=2.25, body=WORDS),
            1,
            {"retry-after": "60", "retry-after-ms": "60000"},
        ),
        (Outcome(Cause.MODEL_OVERLOADED, 503, body=WORDS), 4, {"x-should-retry": "false"}),
        (Outcome(Cause.MODEL_OVERLOADED, 503, body=WORDS), 1, {}),
    ],
    ids=["a minute's quota", "a day's quota, whose delay is not true", "after our retries", "a single attempt"],
)
async def test_googles_own_words_come_with_what_a_client_library_looks_at(
    outcome: Outcome, asked: int, headers: dict[str, str]
) -> None:
    client = Client()
    client.exchange.story.asked = asked
    await send_failure(client.exchange, CallFailed(outcome, "m"), client.reply)
    told = {name: value for name, value in client.headers.items() if "retry" in name}
    assert (client.body, told) == (WORDS, headers)


async def test_the_way_is_told_where_the_operator_wants_it() -> None:
    client = Client()
    client.exchange.traced = True
    client.exchange.story.asks(KeyId("key-a"))
    client.exchange.story.attempts.append(Attempt(KeyId("key-a"), Outcome(Cause.QUOTA_MINUTE, 429)))
    client.exchange.story.asks(KeyId("key-b"))
    client.exchange.story.waited = 1.23
    await client.reply.feed(events(HELLO))
    assert client.headers["x-gateway-trace"] == "key-a:quota_minute;key-b:answered;waited=1.2"


@pytest.mark.parametrize("shown", [[], [HELLO]], ids=["nothing seen yet", "content seen"])
async def test_a_stream_that_google_ended_with_too_little_is_given_as_it_is(shown: list[bytes]) -> None:
    client = Client()
    await client.reply.feed(events(*shown))
    await client.reply.feed(events(ROLE, STOP))
    empty = Outcome(Cause.EMPTY, finish="STOP", body=b"\n")
    await send_failure(client.exchange, CallFailed(empty, "m"), client.reply)
    assert (client.status, client.body, client.ended) == (200, b"".join(shown) + ROLE + STOP + b"\n", True)


@pytest.mark.parametrize("finish", ["", "STOP"])
async def test_a_stream_that_was_cut_never_looks_whole(finish: str) -> None:
    client = Client()
    await client.reply.feed(events(ROLE))
    await send_failure(client.exchange, CallFailed(Outcome(Cause.CUT, finish=finish), "m"), client.reply)
    assert (client.status, json.loads(client.body)["error"]["code"]) == (502, 502)


async def test_a_stream_that_is_cut_after_content_ends_in_an_error_event() -> None:
    client = Client()
    await client.reply.feed(events(HELLO))
    await send_failure(client.exchange, CallFailed(Outcome(Cause.CUT), "m"), client.reply)
    assert (client.status, client.ended) == (200, True)
    assert client.body.startswith(HELLO + b'data: {"error":{"code":502,')
