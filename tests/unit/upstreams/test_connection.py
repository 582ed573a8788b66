"""One connection: large bodies leave in slices, and a reply that comes before their end is heard."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from gemini_balance.core.outcome import Cause
from gemini_balance.gateway.ports import Origin, TransportFailed
from gemini_balance.upstreams.connection import SLICE
from gemini_balance.upstreams.origins import connect
from tests.unit.upstreams.web import host

if TYPE_CHECKING:
    from gemini_balance.upstreams.connection import Connection
    from tests.unit.upstreams.web import Host, Visit

pytestmark = pytest.mark.anyio
LARGE = bytes(range(256)) * (20 * SLICE // 256) + b"end"
HEAD = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(LARGE)
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


async def connected(server: Host) -> Connection:
    return await connect(Origin(False, server.address, server.port))


async def test_a_large_body_arrives_whole_at_a_reader_who_pauses() -> None:
    got = bytearray()

    async def page(visit: Visit) -> None:
        while len(got) < len(LARGE):
            got.extend(await visit.reader.read(SLICE))
            await asyncio.sleep(0.001)
        await visit.say(OK)

    async with host(page) as server:
        connection = await connected(server)
        await connection.exchange(HEAD, LARGE, 5)
        assert (connection.status, await connection.read(), connection.reusable) == (200, b"ok", True)
        connection.abort()
    assert got == LARGE


async def test_a_reply_before_the_end_is_heard_and_ends_the_sending() -> None:
    async def page(visit: Visit) -> None:
        await visit.say(b"HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno")
        await asyncio.sleep(5)

    async with host(page) as server:
        connection = await connected(server)
        await connection.exchange(HEAD, LARGE, 5)
        assert (connection.status, await connection.read(), connection.reusable) == (413, b"no", False)
        connection.abort()


async def test_a_reader_who_stops_is_silence() -> None:
    async def page(visit: Visit) -> None:
        await asyncio.sleep(5)

    async with host(page) as server:
        with pytest.raises(TransportFailed) as failed:
            await (await connected(server)).exchange(HEAD, LARGE, 0.1)
    assert failed.value.cause is Cause.UPSTREAM_SLOW


async def test_a_reader_who_leaves_is_a_cut() -> None:
    async def page(visit: Visit) -> None:
        await visit.reader.read(1000)

    async with host(page) as server:
        with pytest.raises(TransportFailed) as failed:
            await (await connected(server)).exchange(HEAD, LARGE, 5)
    assert failed.value.cause is Cause.CUT
