"""What every SocketTransport must do, tried over real sockets."""

from __future__ import annotations

import asyncio
import logging
import ssl
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
import trustme
from websockets.asyncio.server import ServerConnection, serve

from gemini_balance.core.gemini.live import Parting
from gemini_balance.core.outcome import Cause
from gemini_balance.gateway.ports import SocketClosed, SocketRefused, TransportFailed
from gemini_balance.upstreams import origins
from gemini_balance.upstreams.gemini_api.upstream import GeminiRequest
from gemini_balance.upstreams.origins import host_header, origin_of
from gemini_balance.upstreams.sockets import WebSockets
from tests.contract.raw_server import Seen, answering, http_proxy, serving, socks_proxy

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

pytestmark = pytest.mark.anyio

KEY = "AIza-a-secret"
REFUSAL = b"HTTP/1.1 429 Too Many Requests\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"


@pytest.fixture
def sockets() -> WebSockets:
    return WebSockets(0.5)


@pytest.fixture
def trusted(monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    client = ssl.create_default_context()
    authority.configure_trust(client)
    monkeypatch.setattr(origins, "_tls", lambda: client)
    return context


def request_to(port: int, *, tls: bool = False, proxy: str = "") -> GeminiRequest:
    origin = origin_of(f"http{'s' if tls else ''}://{'localhost' if tls else '127.0.0.1'}:{port}", proxy)
    head = f"GET /base/ws/x?alt=y HTTP/1.1\r\nHost: {host_header(origin)}\r\nx-goog-api-key: {KEY}\r\n\r\n"
    return GeminiRequest(origin, head.encode(), b"")


@asynccontextmanager
async def echo(tls: ssl.SSLContext | None = None, seen: list[ServerConnection] | None = None) -> AsyncIterator[int]:
    """A server that says what it hears, and leaves when told so."""

    async def handle(socket: ServerConnection) -> None:
        if seen is not None:
            seen.append(socket)
        async for message in socket:
            if message == "leave":
                await socket.send("last")
                return await socket.close(1011, "You exceeded your current quota")
            await socket.send(message)
        return None

    host = "localhost" if tls else "127.0.0.1"
    async with serve(handle, host, 0, ssl=tls) as server:
        yield next(iter(server.sockets)).getsockname()[1]


async def test_messages_stay_what_they_are_and_only_our_headers_go_along(sockets: WebSockets) -> None:
    seen: list[ServerConnection] = []
    async with echo(seen=seen) as port:
        socket = await sockets.open(request_to(port))
        for message in ("text", b"bytes", "ä" * 70_000):
            await socket.send(message)
            assert await socket.receive() == message
        await socket.close(Parting(1000))
    asked = seen[0].request
    assert asked is not None
    assert (asked.path, asked.headers["x-goog-api-key"]) == ("/base/ws/x?alt=y", KEY)
    assert asked.headers.get_all("Host") == [f"127.0.0.1:{port}"]
    assert not {"user-agent", "sec-websocket-extensions", "origin"} & {name.lower() for name in asked.headers}


async def test_the_last_words_come_before_the_parting(sockets: WebSockets) -> None:
    async with echo() as port:
        socket = await sockets.open(request_to(port))
        await socket.send("leave")
        assert await socket.receive() == "last"
        with pytest.raises(SocketClosed) as closed:
            await socket.receive()
        with pytest.raises(SocketClosed):
            await socket.send("more")
    assert closed.value.parting == Parting(1011, "You exceeded your current quota")


async def test_who_vanishes_says_nothing(sockets: WebSockets) -> None:
    seen: list[ServerConnection] = []
    async with echo(seen=seen) as port:
        socket = await sockets.open(request_to(port))
        await socket.send("hi")
        await socket.receive()
        seen[0].transport.abort()
        with pytest.raises(SocketClosed) as closed:
            await socket.receive()
    assert closed.value.parting == Parting(1006)


@pytest.mark.parametrize("tls", [False, True], ids=["plain", "tls"])
@pytest.mark.parametrize("scheme", ["http", "socks5"])
async def test_it_goes_through_a_proxy(sockets: WebSockets, trusted: ssl.SSLContext, scheme: str, tls: bool) -> None:
    seen = Seen()
    make = http_proxy if scheme == "http" else socks_proxy
    async with echo(trusted if tls else None) as port, serving(make(seen)) as way:
        socket = await sockets.open(request_to(port, tls=tls, proxy=f"{scheme}://127.0.0.1:{way}"))
        await socket.send("hi")
        assert await socket.receive() == "hi"
        await socket.close(Parting(1000))
    assert [target.rpartition(":")[2] for target in seen.targets] == [str(port)]


async def test_an_answer_of_http_is_a_refusal_with_its_body(sockets: WebSockets) -> None:
    async with serving(answering(Seen(), REFUSAL)) as port:
        with pytest.raises(SocketRefused) as refused:
            await sockets.open(request_to(port))
    told = refused.value
    assert (told.status, told.body, told.content_type) == (429, b"{}", "application/json")


@pytest.mark.parametrize(("reply", "status"), [(OK, 200), (b"HTTP/1.1 302 Found\r\nLocation: /x\r\n\r\n", 302)])
async def test_nothing_else_than_a_websocket_will_do(sockets: WebSockets, reply: bytes, status: int) -> None:
    async with serving(answering(Seen(), reply, then_close=True)) as port:
        with pytest.raises(SocketRefused) as refused:
            await sockets.open(request_to(port))
    assert refused.value.status == status


@pytest.mark.parametrize(
    ("reply", "pause", "cause"),
    [(b"nonsense\r\n\r\n", 0.0, Cause.CUT), (b"", 0.0, Cause.CUT), (b"", 5.0, Cause.UPSTREAM_SLOW)],
    ids=["nonsense", "cut", "silent"],
)
async def test_no_answer_is_an_outcome(sockets: WebSockets, reply: bytes, pause: float, cause: Cause) -> None:
    async with serving(answering(Seen(), reply, then_close=True, pause=pause)) as port:
        with pytest.raises(TransportFailed) as failed:
            await sockets.open(request_to(port))
    assert failed.value.cause is cause


async def test_nobody_there_is_an_outcome(sockets: WebSockets) -> None:
    with pytest.raises(TransportFailed) as failed:
        await sockets.open(request_to(1))
    assert failed.value.cause is Cause.UNREACHABLE


async def test_a_slow_reader_slows_the_sender_down(sockets: WebSockets) -> None:
    sent = 0

    async def handle(socket: ServerConnection) -> None:
        nonlocal sent
        while True:
            await socket.send(b"x" * 100_000)
            sent += 1

    async with serve(handle, "127.0.0.1", 0) as server:
        socket = await sockets.open(request_to(next(iter(server.sockets)).getsockname()[1]))
        await asyncio.sleep(0.5)
        held = sent
        await asyncio.sleep(0.3)
        assert sent == held
        socket.abort()
    assert held < 200


async def test_the_key_is_logged_at_no_level(sockets: WebSockets, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with echo() as port:
        socket = await sockets.open(request_to(port))
        await socket.send("hi")
        await socket.close(Parting(1000))
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith("websockets.server")]
    assert KEY not in "".join(ours)
