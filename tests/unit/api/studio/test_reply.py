"""Answers that are encoded in a thread and may be refused after all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gemini_balance.api.studio.reply import MadeReply
from gemini_balance.core.errors import BadRequest, UpstreamFailed
from gemini_balance.core.gemini.verdict import parts_of
from tests.unit.api.door import Client, events
from tests.unit.gateway.stage import ROLE, STOP, says

if TYPE_CHECKING:
    from gemini_balance.core.errors import GatewayError
    from gemini_balance.core.gemini.events import Event

pytestmark = pytest.mark.anyio
REFUSED = BadRequest("Too long.")
HELLO, WORLD, NO = says("Hello "), says("world"), says("no")


class Letters:
    """Implements `Encoder`: the texts alone, and none with a "no" in it."""

    content_type = b"audio/pcm"
    heartbeat = b""

    def __init__(self, failing: bytes = b"") -> None:
        self._failing = failing

    def visible(self, events: list[Event]) -> bool:
        return any(self._text(one) for one in events)

    def feed(self, events: list[Event]) -> bytes:
        text = "".join(map(self._text, events))
        if "no" in text:
            raise REFUSED
        return text.encode()

    def finish(self, rest: bytes) -> bytes:
        return b"." + rest

    def whole(self, *events: Event) -> bytes:
        return self.feed(list(events)) + b"!"

    def failure(self, error: GatewayError) -> bytes:
        return self._failing

    def _text(self, one: Event) -> str:
        return "".join(part.text or "" for part in parts_of(one.reply))


def made(patience: float | None, failing: bytes = b"") -> tuple[Client, MadeReply]:
    client = Client()
    return client, MadeReply(client.exchange, Letters(failing), client.clock, patience)


async def test_a_whole_answer_leaves_once_the_attempt_is_settled() -> None:
    client, reply = made(None)
    await reply.whole(events(HELLO)[0])
    assert client.messages == []
    await reply.deliver()
    assert (client.status, client.body, client.ended) == (200, b"Hello !", True)
    assert client.headers["content-length"] == "7"


async def test_a_whole_answer_that_is_refused_sends_nothing() -> None:
    client, reply = made(None)
    await reply.whole(events(NO)[0])
    with pytest.raises(BadRequest):
        await reply.deliver()
    assert client.messages == []


async def test_a_stream_begins_with_what_can_be_heard() -> None:
    client, reply = made(20.0)
    await reply.feed(events(ROLE))
    assert (client.messages, reply.committed) == ([], False)
    await reply.feed(events(HELLO))
    assert (client.body, reply.committed) == (b"Hello ", True)
    await reply.feed(events(WORLD, STOP))
    await reply.finish(b"\n")
    await reply.deliver()
    assert (client.body, client.ended) == (b"Hello world.\n", True)
    reply.stop()


async def test_what_an_attempt_left_before_the_first_sound_is_forgotten() -> None:
    client, reply = made(20.0)
    await reply.feed(events(ROLE))
    reply.restart()
    await reply.feed(events(WORLD))
    assert client.body == b"world"
    reply.stop()


async def test_a_refusal_inside_a_stream_is_raised_at_its_end_and_nothing_follows_it() -> None:
    client, reply = made(20.0)
    for one in (HELLO, NO, WORLD):
        await reply.feed(events(one))
    await reply.finish(b"")
    with pytest.raises(BadRequest):
        await reply.deliver()
    assert (client.body, client.ended) == (b"Hello ", False)
    reply.stop()


@pytest.mark.parametrize(("failing", "ended"), [(b"", False), (b"error", True)], ids=["bare", "events"])
async def test_bare_sound_that_fails_stays_unended(failing: bytes, ended: bool) -> None:
    client, reply = made(20.0, failing)
    await reply.feed(events(HELLO))
    await reply.fail(UpstreamFailed("cut"))
    assert (client.body, client.ended) == (b"Hello " + failing, ended)
    reply.stop()
