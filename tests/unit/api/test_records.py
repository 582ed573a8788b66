"""From a finished exchange to what is remembered of it."""

import pytest

from gemini_balance.api.errors import send_error
from gemini_balance.api.records import LONGEST_MESSAGE, keep_sent, record_of
from gemini_balance.core.attempts import Attempt
from gemini_balance.core.call import Principal
from gemini_balance.core.errors import BadRequest, NotSignedIn
from gemini_balance.core.outcome import Cause, Outcome, Usage
from gemini_balance.core.pool import KeyId
from gemini_balance.gateway.record import AttemptRecord, RequestRecord
from tests.unit.api.door import Client, events
from tests.unit.gateway.stage import says

pytestmark = pytest.mark.anyio

KEY = "AIzaSyA-0123456789012345678901234567890"
PATH = "/v1beta/models/m:streamGenerateContent"


async def test_a_whole_call_is_remembered() -> None:
    client = Client()
    client.exchange.principal = Principal("…oken", "t1")
    client.exchange.story.model = "m-2"
    usage, began = Usage(prompt=1, output=2, total=3), client.exchange.began
    client.exchange.story.attempts += [
        Attempt(KeyId("a"), Outcome(Cause.EMPTY), seconds=0.5, why="most room", until=7.0, began=began),
        Attempt(KeyId("b"), Outcome(Cause.ANSWERED, usage=usage, finish="STOP"), True, 1.0, began=began + 0.5),
    ]
    client.exchange.story.waited = 1.5
    client.clock.time += 2
    await client.reply.feed(events(says("Hello", "STOP")))
    await client.reply.finish(b"")
    client.clock.time += 1
    assert record_of(client.exchange, client.clock) == RequestRecord(
        id="id",
        unix=1_800_000_100,
        method="POST",
        path=PATH,
        client="",
        status=200,
        seconds=3.0,
        token="…oken",
        dialect="native",
        operation="streamGenerateContent",
        model_asked="m",
        model_used="m-2",
        attempts=(
            AttemptRecord("a", "empty", 200, 0.5, "most room", 7.0),
            AttemptRecord("b", "answered", 200, 1.0, usage=usage, began=0.5),
        ),
        waited=1.5,
        first_byte=2.0,
        usage=usage,
        finish="STOP",
        ending="whole",
        token_id="t1",
    )


async def test_what_one_attempt_used_is_told_once() -> None:
    client = Client()
    usage = Usage(prompt=1, output=2, total=3)
    attempt = Attempt(KeyId("b"), Outcome(Cause.ANSWERED, usage=usage), seconds=1.0, began=client.exchange.began)
    client.exchange.story.attempts.append(attempt)
    record = record_of(client.exchange, client.clock)
    assert (record.usage, record.attempts) == (usage, (AttemptRecord("b", "answered", 200, 1.0),))


@pytest.mark.parametrize(("traced", "told"), [(True, "00-ab"), (False, "")])
async def test_the_trace_that_a_call_is_part_of_is_remembered_where_traces_are_made(traced: bool, told: str) -> None:
    client = Client()
    client.exchange.headers = {b"traceparent": b"00-ab"}
    assert record_of(client.exchange, client.clock, traced=traced).traceparent == told


async def test_a_key_that_a_caller_wrote_where_none_belongs_is_hidden() -> None:
    client = Client()
    client.exchange.scope["path"] = "/AIzaSyD-9tSrke72PouQMnMX/v1"
    assert record_of(client.exchange, client.clock).path == "/REDACTED/v1"


async def test_an_error_is_remembered_by_its_code() -> None:
    client = Client()
    await send_error(client.exchange, NotSignedIn("Who?"))
    record = record_of(client.exchange, client.clock)
    assert (record.status, record.ending, record.token, record.attempts) == (401, "invalid_api_key", "", ())
    assert record.message == "Who?"


async def test_a_message_hides_secrets_and_ends_somewhere() -> None:
    client = Client()
    await send_error(client.exchange, BadRequest(f"Is {KEY} your key?" + "x" * 5_000))
    message = record_of(client.exchange, client.clock).message
    assert (message[:21], len(message)) == ("Is REDACTED your key?", LONGEST_MESSAGE)


async def test_what_a_failed_call_sent_is_kept_up_to_a_size_and_no_secret_is_cut_in_half() -> None:
    client = Client()
    body = b'{"key": "%s", "text": "hello"}' % KEY.encode()
    keep_sent(client.exchange, body, 20)
    await send_error(client.exchange, BadRequest("No."))
    assert record_of(client.exchange, client.clock).body == '{"key": "REDACTED", '


async def test_of_a_call_that_went_well_no_body_is_kept() -> None:
    client = Client()
    keep_sent(client.exchange, b"{}", 20)
    assert record_of(client.exchange, client.clock).body == ""


async def test_nothing_of_an_error_is_kept_where_that_is_not_wanted() -> None:
    client = Client()
    keep_sent(client.exchange, b"{}", 20)
    await send_error(client.exchange, BadRequest("No."))
    record = record_of(client.exchange, client.clock, told=False)
    assert (record.ending, record.message, record.body) == ("invalid_request", "", "")


@pytest.mark.parametrize(("opened", "status"), [(False, 499), (True, 200)], ids=["before the answer", "in the middle"])
async def test_a_client_that_left_is_remembered_as_gone(opened: bool, status: int) -> None:
    client = Client()
    await client.reply.feed(events(says("Hello")) if opened else [])
    record = record_of(client.exchange, client.clock)
    assert (record.status, record.ending) == (status, "client_gone")
