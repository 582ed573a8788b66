"""What every RawTransport must do beside what a Transport does, over real sockets."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from gemini_balance.core.outcome import Cause
from gemini_balance.gateway.ports import TransportFailed
from gemini_balance.upstreams.gemini_api.upstream import GeminiRequest
from gemini_balance.upstreams.origins import origin_of
from gemini_balance.upstreams.raw import RawPooledTransport
from tests.contract.raw_server import Seen, answering, serving

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

pytestmark = pytest.mark.anyio
OK = b"HTTP/1.1 200 OK\r\nX-A: 1\r\nx-b: 2\r\nX-A: 3\r\nContent-Length: 5\r\n\r\nhello"
INTERIM = b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + OK
HEADERS = [(b"x-a", b"1"), (b"x-b", b"2"), (b"x-a", b"3"), (b"content-length", b"5")]
EARLY = b"HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno"


@dataclass
class Given:
    """Implements `Pieces`."""

    left: list[bytes]
    length: int | None
    read_so_far: int = 0

    async def read(self) -> bytes:
        self.read_so_far += 1
        return self.left.pop(0) if self.left else b""


class Left(Exception):
    """The caller is gone."""


@dataclass
class Leaving(Given):
    async def read(self) -> bytes:
        if self.left:
            return self.left.pop(0)
        raise Left


@pytest.fixture
async def transport() -> AsyncIterator[RawPooledTransport]:
    made = RawPooledTransport(time_out=0.5)
    yield made
    await made.close()


def request_to(port: int, length: int | None = None, body: bytes = b"") -> GeminiRequest:
    told = b"Transfer-Encoding: chunked" if length is None else b"Content-Length: %d" % length
    return GeminiRequest(
        origin_of(f"http://127.0.0.1:{port}"), b"POST /x HTTP/1.1\r\nHost: a\r\n%b\r\n\r\n" % told, body
    )


async def ask(
    transport: RawPooledTransport, request: GeminiRequest, pieces: Given | None = None
) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    reply = await transport.send(request, pieces)
    try:
        return reply.status, list(reply.headers), await reply.whole()
    finally:
        reply.close()


@pytest.mark.parametrize("sent", [OK, INTERIM], ids=["plain", "after an interim reply"])
async def test_all_headers_are_told_in_small_letters_as_often_as_they_came(
    transport: RawPooledTransport, sent: bytes
) -> None:
    seen = Seen()
    async with serving(answering(seen, sent)) as port:
        for _ in range(3):
            assert await ask(transport, request_to(port, 2, b"{}")) == (200, HEADERS, b"hello")
    assert (seen.connections, seen.bodies) == (1, [b"{}"] * 3)


async def test_pieces_arrive_as_one_body_of_the_length_told(transport: RawPooledTransport) -> None:
    seen, pieces = Seen(), [b"ab", b"cde", b"f" * 500_000]
    async with serving(answering(seen, OK)) as port:
        given = Given(list(pieces), 500_005)
        assert (await ask(transport, request_to(port, 500_005), given))[0] == 200
    assert seen.bodies == [b"".join(pieces)]


async def test_pieces_of_no_told_length_arrive_in_chunks(transport: RawPooledTransport) -> None:
    wanted = b"2\r\nab\r\n3\r\ncde\r\n0\r\n\r\n"
    got = []

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        got.append(await reader.readexactly(len(wanted)))
        writer.write(OK)
        await asyncio.sleep(5)

    async with serving(listen) as port:
        assert (await ask(transport, request_to(port), Given([b"ab", b"cde"], None)))[0] == 200
    assert got == [wanted]


async def test_a_reply_before_the_end_is_heard_and_ends_the_reading(transport: RawPooledTransport) -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(EARLY)
        await asyncio.sleep(5)

    given = Given([bytes(1_000_000)] * 50, 50_000_000)
    async with serving(refuse) as port:
        status, _, body = await ask(transport, request_to(port, 50_000_000), given)
    assert (status, body) == (413, b"no")
    assert given.read_so_far < 50


async def test_an_upstream_that_stops_reading_stops_us_and_is_too_slow(transport: RawPooledTransport) -> None:
    async def deaf(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(5)

    given = Given([bytes(1_000_000)] * 50, 50_000_000)
    async with serving(deaf) as port:
        with pytest.raises(TransportFailed) as failed:
            await ask(transport, request_to(port, 50_000_000), given)
    assert failed.value.cause is Cause.UPSTREAM_SLOW
    assert given.read_so_far < 20


async def test_a_caller_that_leaves_cuts_the_request(transport: RawPooledTransport) -> None:
    ended = asyncio.Event()

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        try:
            await reader.readexactly(100)
        except (asyncio.IncompleteReadError, ConnectionError):
            ended.set()

    async with serving(listen) as port:
        with pytest.raises(Left):
            await ask(transport, request_to(port, 100), Leaving([b"ab"], 100))
        await asyncio.wait_for(ended.wait(), 2)
