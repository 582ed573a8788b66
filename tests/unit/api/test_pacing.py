"""Smoothing: pieces one after the other, and no waiting for them at the end."""

import asyncio
import time

import pytest

from gemini_balance.api.pacing import Pacer
from gemini_balance.core.errors import UpstreamFailed
from tests.unit.api.door import Client, events
from tests.unit.gateway.stage import STOP, says

pytestmark = pytest.mark.anyio


def texts(client: Client) -> list[str]:
    """The content of each write."""
    written = [message["body"].decode() for message in client.messages[1:]]
    return ["".join(part.split('"')[0] for part in one.split('"content":"')[1:]) for one in written]


async def test_long_text_comes_in_pieces() -> None:
    client = Client(verbatim=False, pacer=Pacer(0.001))
    await client.reply.feed(events(says("Hello world")))
    await asyncio.sleep(0.05)
    assert texts(client) == ["Hell", "o wo", "rld"]


async def test_the_next_event_hurries_the_last() -> None:
    client = Client(verbatim=False, pacer=Pacer(60))
    await client.reply.feed(events(says("Hello world")))
    await client.reply.feed(events(says("!")))
    assert texts(client) == ["Hell", "o world", "!"]


async def test_the_end_waits_for_nothing() -> None:
    client, began = Client(verbatim=False, pacer=Pacer(60)), time.monotonic()
    await client.reply.feed(events(says("Hello world")))
    await client.reply.feed(events(STOP))
    await client.reply.finish(b"")
    assert ("".join(texts(client)), client.ended) == ("Hello world", True)
    assert time.monotonic() - began < 5


async def test_a_failure_comes_after_all_that_was_said() -> None:
    client = Client(verbatim=False, pacer=Pacer(60))
    await client.reply.feed(events(says("Hello world")))
    await client.reply.fail(UpstreamFailed("Cut."))
    assert "".join(texts(client)) == "Hello world"
    assert client.body.rstrip().endswith(b"}}")


async def test_a_client_that_reads_slowly_holds_the_stream_up() -> None:
    client, gate = Client(verbatim=False, pacer=Pacer(0)), asyncio.Event()
    sent = client.exchange.send

    async def slowly(message: object) -> None:
        await sent(message)  # type: ignore[arg-type]  # as it came
        if len(client.messages) > 2:
            await gate.wait()

    client.exchange.send = slowly
    await client.reply.feed(events(says("Hello world")))
    following = asyncio.create_task(client.reply.feed(events(says("!"))))
    await asyncio.sleep(0.01)
    assert not following.done()
    gate.set()
    await following
    assert "".join(texts(client)) == "Hello world!"


async def test_nothing_is_shown_to_a_client_that_left() -> None:
    client = Client(verbatim=False, pacer=Pacer(0.001))
    await client.reply.feed(events(says("Hello world")))
    client.reply.stop()
    await asyncio.sleep(0.02)
    assert texts(client) == ["Hell"]
