"""What every Transport must do, tried over real sockets against servers that speak exactly as a test says."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from typing import TYPE_CHECKING

import pytest
import trustme

from gemini_balance.core.outcome import Cause
from gemini_balance.gateway.ports import TransportFailed
from gemini_balance.upstreams import origins
from gemini_balance.upstreams import transport as pooled
from gemini_balance.upstreams.gemini_api.upstream import GeminiRequest
from gemini_balance.upstreams.origins import origin_of
from gemini_balance.upstreams.transport import PooledTransport
from tests.contract.raw_server import Seen, answering, http_proxy, serving, socks_proxy

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

pytestmark = pytest.mark.anyio

BODY = b'{"contents": []}'
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 5\r\n\r\nhello"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n"
TO_THE_END = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nhello"
CUT_LENGTH = b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello"
CUT_CHUNK = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n50\r\nhello"
INTERIM = b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + OK
CLOSING = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello"
NOTHING = b"HTTP/1.1 204 No Content\r\n\r\n"
REFUSAL = b"HTTP/1.1 429 Too Many Requests\r\nContent-Type: text/event-stream\r\nContent-Length: 2\r\n\r\n{}"
MANY_HEADERS = b"HTTP/1.1 200 OK\r\n" + b"x: " + b"y" * 70_000 + b"\r\nContent-Length: 0\r\n\r\n"


@pytest.fixture
async def transport() -> AsyncIterator[PooledTransport]:
    made = PooledTransport(time_out=0.5)
    yield made
    await made.close()


def request_to(port: int, *, tls: bool = False, proxy: str = "", body: bytes = BODY) -> GeminiRequest:
    origin = origin_of(f"http{'s' if tls else ''}://{'localhost' if tls else '127.0.0.1'}:{port}", proxy)
    head = b"POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % len(body)
    return GeminiRequest(origin, head, body)


async def ask(transport: PooledTransport, request: GeminiRequest) -> tuple[int, str, bytes]:
    reply = await transport.send(request)
    try:
        return reply.status, reply.content_type, await reply.whole()
    finally:
        reply.close()


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (OK, (200, "application/json", b"hello")),
        (CHUNKED, (200, "", b"hello")),
        (TO_THE_END, (200, "text/plain", b"hello")),
        (INTERIM, (200, "application/json", b"hello")),
        (CLOSING, (200, "", b"hello")),
        (NOTHING, (204, "", b"")),
        (REFUSAL, (429, "text/event-stream", b"{}")),
    ],
    ids=["length", "chunked", "to the end", "interim", "closing", "no content", "refusal"],
)
async def test_every_form_of_reply_is_read_to_its_end(
    transport: PooledTransport, sent: bytes, expected: tuple[int, str, bytes]
) -> None:
    async with serving(answering(Seen(), sent, then_close=sent is TO_THE_END)) as port:
        assert await ask(transport, request_to(port)) == expected


async def test_the_request_arrives_byte_for_byte(transport: PooledTransport) -> None:
    seen, large = Seen(), b"x" * 300_000
    async with serving(answering(seen, OK)) as port:
        await ask(transport, request_to(port))
        await ask(transport, request_to(port, body=large))
    assert seen.heads[0] == b"POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 16\r\n\r\n"
    assert seen.bodies == [BODY, large]


@pytest.mark.parametrize("sent", [OK, CHUNKED, INTERIM, NOTHING], ids=["length", "chunked", "interim", "no content"])
async def test_a_connection_is_used_again(transport: PooledTransport, sent: bytes) -> None:
    seen = Seen()
    async with serving(answering(seen, sent)) as port:
        for _ in range(5):
            await ask(transport, request_to(port))
    assert (seen.connections, len(seen.heads)) == (1, 5)


async def test_a_connection_that_says_it_closes_is_not_used_again(transport: PooledTransport) -> None:
    seen = Seen()
    async with serving(answering(seen, CLOSING)) as port:
        for _ in range(3):
            await ask(transport, request_to(port))
    assert seen.connections == 3


async def test_calls_at_once_have_a_connection_each(transport: PooledTransport) -> None:
    seen = Seen()
    async with serving(answering(seen, OK, pause=0.05)) as port:
        await asyncio.gather(*[ask(transport, request_to(port)) for _ in range(10)])
        await asyncio.gather(*[ask(transport, request_to(port)) for _ in range(10)])
    assert (seen.connections, len(seen.heads)) == (10, 20)


@pytest.mark.parametrize(
    ("sent", "cause"),
    [
        (b"", Cause.CUT),
        (CUT_LENGTH, Cause.CUT),
        (CUT_CHUNK, Cause.CUT),
        (b"HTTP/1.1 200", Cause.CUT),
        (b"SSH-2.0-OpenSSH\r\n\r\n", Cause.CUT),
        (MANY_HEADERS, Cause.CUT),
    ],
    ids=["nothing", "length", "chunk", "head", "not http", "headers too large"],
)
async def test_what_is_not_a_whole_reply_is_an_outcome(transport: PooledTransport, sent: bytes, cause: Cause) -> None:
    async with serving(answering(Seen(), sent, then_close=True)) as port:
        with pytest.raises(TransportFailed) as failed:
            await ask(transport, request_to(port))
    assert failed.value.cause is cause


async def test_silence_is_an_outcome(transport: PooledTransport) -> None:
    async with serving(answering(Seen(), OK, pause=5)) as port:
        with pytest.raises(TransportFailed) as failed:
            await ask(transport, request_to(port))
    assert failed.value.cause is Cause.UPSTREAM_SLOW


async def test_an_address_where_nobody_listens_is_an_outcome(transport: PooledTransport) -> None:
    async with serving(answering(Seen(), OK)) as port:
        pass
    with pytest.raises(TransportFailed) as failed:
        await ask(transport, request_to(port))
    assert failed.value.cause is Cause.UNREACHABLE


async def test_a_host_that_never_answers_is_given_up(
    transport: PooledTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(origins, "CONNECT_SECONDS", 0.2)

    async def never(*_: object) -> None:
        await asyncio.sleep(60)

    monkeypatch.setattr(origins, "opened", never)
    with pytest.raises(TransportFailed) as failed:
        await ask(transport, request_to(9))
    assert failed.value.cause is Cause.UNREACHABLE


async def test_a_kept_connection_that_died_of_age_is_replaced_unseen(
    transport: PooledTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pooled, "STALE_SECONDS", -1.0)
    seen = Seen()

    async def once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.connections += 1
        await reader.readuntil(b"\r\n\r\n")
        await reader.readexactly(len(BODY))
        writer.write(OK)
        with contextlib.suppress(asyncio.IncompleteReadError):
            await reader.readuntil(b"\r\n\r\n")  # the second request meets a connection that ends without a word
        writer.close()

    async with serving(once) as port:
        assert [await ask(transport, request_to(port)) for _ in range(3)] == [(200, "application/json", b"hello")] * 3
    assert seen.connections == 3


async def test_ending_a_call_ends_it_upstream(transport: PooledTransport) -> None:
    left = asyncio.Event()

    async def endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n")
        with contextlib.suppress(ConnectionError):
            while await reader.read(100):
                pass
        left.set()
        writer.close()

    async with serving(endless) as port:
        reply = await transport.send(request_to(port))
        assert await reply.read() == b"x"
        reply.close()
        await asyncio.wait_for(left.wait(), 2)


async def test_an_upstream_that_is_faster_than_its_reader_is_made_to_wait(transport: PooledTransport) -> None:
    sent = 0

    async def flood(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n")
        with contextlib.suppress(ConnectionError):
            while sent < 100_000_000:
                writer.write(b"x" * 100_000)
                await writer.drain()
                sent += 100_000

    async with serving(flood) as port:
        reply = await transport.send(request_to(port))
        await reply.read()
        await asyncio.sleep(0.3)
        assert sent < 30_000_000  # what the sockets' own buffers hold
        reply.close()


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def trusted(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A server's context that our client trusts."""
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    origins._tls.cache_clear()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(context)
    return context


async def test_tls_is_spoken_and_the_certificate_checked(transport: PooledTransport, trusted: ssl.SSLContext) -> None:
    stranger = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    trustme.CA().issue_cert("localhost").configure_cert(stranger)
    async with serving(answering(Seen(), OK), trusted) as port:
        assert await ask(transport, request_to(port, tls=True)) == (200, "application/json", b"hello")
    async with serving(answering(Seen(), OK), stranger) as port:
        with pytest.raises(TransportFailed) as failed:
            await ask(transport, request_to(port, tls=True))
    assert failed.value.cause is Cause.UNREACHABLE


@pytest.mark.parametrize("tls", [False, True], ids=["plain", "tls"])
@pytest.mark.parametrize(("scheme", "proxy"), [("http", http_proxy), ("socks5", socks_proxy)], ids=["http", "socks5"])
async def test_proxies_are_gone_through(
    transport: PooledTransport, trusted: ssl.SSLContext, scheme: str, proxy: object, tls: bool
) -> None:
    seen, passed = Seen(), Seen()
    make = http_proxy if proxy is http_proxy else socks_proxy
    async with serving(answering(seen, OK), trusted if tls else None) as port, serving(make(passed)) as way:
        request = request_to(port, tls=tls, proxy=f"{scheme}://127.0.0.1:{way}")
        assert await ask(transport, request) == (200, "application/json", b"hello")
        assert await ask(transport, request) == (200, "application/json", b"hello")
        await transport.close()
    assert (len(passed.targets), seen.connections) == (1, 1)
    assert passed.targets[0].endswith(f":{port}")


async def test_a_proxy_that_is_down_is_an_outcome(transport: PooledTransport) -> None:
    async with serving(answering(Seen(), OK)) as port:
        with pytest.raises(TransportFailed) as failed:
            await ask(transport, request_to(port, proxy="http://127.0.0.1:1"))
    assert failed.value.cause is Cause.UNREACHABLE
