"""Answers that are passed on as bytes."""

import asyncio

import pytest

from gemini_balance.api.raw_reply import PassedOn
from gemini_balance.core.errors import UpstreamFailed
from gemini_balance.core.wire.sse import BLANK
from tests.unit.api.door import Client

pytestmark = pytest.mark.anyio

EVENTS = [(b"content-type", b"text/event-stream")]
BYTES = [(b"content-type", b"video/mp4")]
EVENT = b"event: x\ndata: {}\n\n"


def passing(client: Client, patience: float = 0.01) -> PassedOn:
    return PassedOn(client.exchange, client.clock, patience)


async def test_status_headers_and_length_are_googles() -> None:
    client = Client()
    reply = passing(client)
    await reply.begin(206, [*BYTES, (b"etag", b"x")], 5)
    assert reply.committed
    await reply.write(b"hello")
    await reply.end()
    assert (client.status, client.body, client.ended) == (206, b"hello", True)
    assert (client.headers["content-length"], client.headers["etag"]) == ("5", "x")
    assert client.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("status", [204, 304])
async def test_what_has_no_body_tells_no_length(status: int) -> None:
    client = Client()
    await passing(client).begin(status, [], None)
    assert "content-length" not in client.headers


@pytest.mark.parametrize(
    ("written", "heard"),
    [
        (EVENT, True),
        (EVENT.replace(b"\n", b"\r\n"), True),
        (EVENT + b"data: {", False),
        (EVENT[:-1], False),
        (b"", False),
    ],
)
async def test_silence_between_two_events_is_filled_with_blank_lines(written: bytes, heard: bool) -> None:
    client = Client()
    reply = passing(client)
    await reply.begin(200, EVENTS, None)
    await reply.write(written)
    client.clock.time += 1
    await asyncio.sleep(0.03)
    reply.stop()
    rest = client.body.removeprefix(written)
    assert bool(rest) is heard
    assert set(rest) <= set(BLANK)


async def test_bytes_of_a_file_are_never_added_to() -> None:
    client = Client()
    reply = passing(client)
    await reply.begin(200, BYTES, None)
    await reply.write(b"\n\n")
    client.clock.time += 1
    await asyncio.sleep(0.03)
    assert client.body == b"\n\n"


async def test_after_the_end_there_are_no_heartbeats() -> None:
    client = Client()
    reply = passing(client)
    await reply.begin(200, EVENTS, None)
    await reply.write(EVENT)
    await reply.end()
    client.clock.time += 1
    await asyncio.sleep(0.03)
    assert (client.body, client.ended) == (EVENT, True)


@pytest.mark.parametrize(("written", "between"), [(EVENT, b""), (EVENT[:-5], b"\n\n")])
async def test_a_cut_stream_of_events_ends_with_an_error_event(written: bytes, between: bytes) -> None:
    client = Client()
    reply = passing(client)
    await reply.begin(200, EVENTS, None)
    await reply.write(written)
    await reply.fail(UpstreamFailed("Cut."))
    error = b'event: error\ndata: {"event_type":"error","error":{"code":"upstream_error","message":"Cut."}}\n\n'
    assert (client.body, client.ended) == (written + between + error, True)


async def test_a_cut_file_never_looks_whole() -> None:
    client = Client()
    reply = passing(client)
    await reply.begin(200, BYTES, 100)
    await reply.write(b"half")
    await reply.fail(UpstreamFailed("Cut."))
    assert (client.body, client.ended) == (b"half", False)
