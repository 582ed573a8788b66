"""Sending one answer: held until there is content, kept alive while there is none."""

import asyncio
import json

import pytest

from gemini_balance.core.call import Framing
from gemini_balance.core.errors import UpstreamFailed
from gemini_balance.core.wire.sse import BLANK
from tests.unit.api.door import Client, events
from tests.unit.gateway.stage import ROLE, STOP, says

pytestmark = pytest.mark.anyio

HELLO = says("Hello")


async def test_nothing_is_sent_before_there_is_content() -> None:
    client = Client()
    await client.reply.feed(events(ROLE))
    assert (client.messages, client.reply.committed, client.reply.holds) == ([], False, True)


async def test_with_the_first_content_all_that_was_held_is_sent() -> None:
    client = Client()
    await client.reply.feed(events(ROLE))
    client.clock.time += 2
    await client.reply.feed(events(HELLO))
    assert (client.status, client.body, client.ended) == (200, ROLE + HELLO, False)
    assert (client.reply.committed, client.exchange.story.first_byte) == (True, 2)
    await client.reply.feed(events(STOP))
    await client.reply.finish(b"\n")
    assert (client.body, client.ended) == (ROLE + HELLO + STOP + b"\n", True)


async def test_a_new_attempt_forgets_what_the_last_one_left() -> None:
    client = Client()
    await client.reply.feed(events(ROLE))
    client.reply.restart()
    await client.reply.feed(events(HELLO))
    assert client.body == HELLO


async def test_a_stream_that_ends_without_content_is_sent_at_its_end() -> None:
    client = Client()
    await client.reply.feed(events(ROLE, STOP))
    await client.reply.finish(b"")
    assert (client.status, client.body, client.ended) == (200, ROLE + STOP, True)


async def test_a_stream_is_told_not_to_be_buffered_and_nothing_in_it_may_run() -> None:
    client = Client()
    client.exchange.story.asked = 2
    await client.reply.feed(events(HELLO))
    assert client.headers == {
        "content-type": "text/event-stream",
        "cache-control": "no-cache",
        "x-accel-buffering": "no",
        "gemini-balance-attempts": "2",
        "x-content-type-options": "nosniff",
        "content-security-policy": "sandbox; default-src 'none'",
    }


async def test_a_unary_answer_has_its_length() -> None:
    client = Client(framing=Framing.WHOLE)
    await client.reply.whole(events(HELLO)[0])
    assert (client.status, client.body, client.ended) == (200, HELLO, True)
    assert client.headers["content-length"] == str(len(HELLO))


async def test_silence_opens_the_stream_with_a_heartbeat_and_again() -> None:
    client = Client(patience=0.01)
    client.clock.time += 1
    await asyncio.sleep(0.02)
    client.clock.time += 1
    await asyncio.sleep(0.03)
    client.reply.stop()
    assert (client.status, client.reply.committed) == (200, False)
    assert client.body in (BLANK * 2, BLANK * 3)


async def test_no_heartbeat_comes_between_events_that_flow() -> None:
    client = Client(patience=0.02)
    for _ in range(4):
        await client.reply.feed(events(HELLO))
        await asyncio.sleep(0.01)
    client.reply.stop()
    assert client.body == HELLO * 4


async def test_no_heartbeat_comes_after_the_end() -> None:
    client = Client(patience=0.01)
    await client.reply.feed(events(HELLO))
    await client.reply.finish(b"")
    client.clock.time += 1
    await asyncio.sleep(0.03)
    assert client.body == HELLO


async def test_a_failure_inside_an_open_stream_is_its_last_event() -> None:
    client = Client()
    await client.reply.feed(events(HELLO))
    await client.reply.fail(UpstreamFailed("Cut."))
    assert client.body.startswith(HELLO + b'data: {"error":{"code":502,"message":"Cut."')
    assert client.ended


async def test_a_unary_answer_may_come_in_events_and_is_sent_whole() -> None:
    client = Client(verbatim=False, framing=Framing.WHOLE)
    await client.reply.feed(events(says("Hel")))
    await client.reply.feed(events(says("lo"), STOP))
    assert (client.messages, client.reply.committed) == ([], False)
    await client.reply.finish(b"")
    told = json.loads(client.body)
    assert (told["object"], told["choices"][0]["message"]["content"]) == ("chat.completion", "Hello")
    assert client.headers["content-type"] == "application/json"


async def test_a_gathered_answer_is_forgotten_with_its_attempt() -> None:
    client = Client(verbatim=False, framing=Framing.WHOLE)
    await client.reply.feed(events(says("Wrong")))
    client.reply.restart()
    await client.reply.whole(events(says("Right", "STOP"))[0])
    assert json.loads(client.body)["choices"][0]["message"]["content"] == "Right"


async def test_a_stream_may_be_served_by_a_whole_answer() -> None:
    client = Client(verbatim=False)
    await client.reply.whole(events(says("Hello", "STOP"))[0])
    assert (client.body.count(b"Hello"), client.ended) == (1, True)
    assert client.body.endswith(b"data: [DONE]\n\n")
