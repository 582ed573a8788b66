"""What the gateway's protocol does instead of uvicorn: the same bytes, and the same end of idle connections."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

import pytest
import uvicorn

from gemini_balance.api.asgi import BEGIN_REPLY
from gemini_balance.protocol import GatewayProtocol

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from gemini_balance.api.asgi import Headers, Receive, Scope, Send

KEEP_ALIVE = 0.3
HEADERS: Headers = [(b"content-type", b"text/plain"), (b"x-request-id", b"1")]
GET = b"GET /%b HTTP/1.1\r\nHost: x\r\n%b\r\n"


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """`/fast/…` asks our protocol for the head, anything else writes it as ASGI has it; `…/chunked` has no length."""
    path: str = scope["path"]
    length = None if path.endswith("chunked") else 2
    headers = HEADERS if length is None else [*HEADERS, (b"content-length", b"2")]
    if path.endswith("/broken"):
        headers = [*headers, (b"x-bad", b"a\r\nx-more: b")]
    begin: Any = scope["extensions"][BEGIN_REPLY]
    if not path.startswith("/fast") or not begin(scope, 200, headers, length):
        await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"ok"})


@contextlib.asynccontextmanager
async def connected() -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A connection to the app, on a real socket."""
    config = uvicorn.Config(app, http=GatewayProtocol, lifespan="off", ws="none", log_config=None, date_header=False)
    config.load()
    config.timeout_keep_alive = KEEP_ALIVE  # type: ignore[assignment]  # whole seconds, says uvicorn
    state = uvicorn.server.ServerState()
    state.default_headers = [(b"x-default", b"1")]
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: GatewayProtocol(config, state, {}), "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    try:
        yield reader, writer
    finally:
        writer.close()
        server.close()


async def answer(path: bytes, extra: bytes = b"") -> bytes:
    """Everything that comes until the connection is idle or closed."""
    async with connected() as (reader, writer):
        writer.write(GET % (path, extra))
        return await asyncio.wait_for(reader.read(), 5)


@pytest.mark.anyio
@pytest.mark.parametrize("kind", [b"whole", b"chunked"])
@pytest.mark.parametrize("extra", [b"", b"Connection: close\r\n", b"Expect: 100-continue\r\n"])
async def test_a_reply_is_the_same_byte_for_byte_as_uvicorns(kind: bytes, extra: bytes) -> None:
    assert await answer(b"fast/" + kind, extra) == await answer(b"slow/" + kind, extra)


@pytest.mark.anyio
async def test_a_line_end_in_a_header_never_becomes_a_header() -> None:
    assert await answer(b"fast/broken") == b""


@pytest.mark.anyio
async def test_an_idle_connection_is_closed_in_time_counted_from_its_last_reply() -> None:
    loop = asyncio.get_running_loop()
    async with connected() as (reader, writer):
        for _ in range(3):
            writer.write(GET % (b"fast/whole", b""))
            await reader.readuntil(b"ok")
            replied = loop.time()
            await asyncio.sleep(KEEP_ALIVE / 2)
        assert await asyncio.wait_for(reader.read(), 5) == b""
        assert KEEP_ALIVE * 0.9 < loop.time() - replied < KEEP_ALIVE * 3


@pytest.mark.anyio
async def test_calls_in_a_pipeline_are_answered_one_after_the_other() -> None:
    async with connected() as (reader, writer):
        writer.write(GET % (b"fast/whole", b"") + GET % (b"fast/chunked", b"") + GET % (b"fast/whole", b""))
        told = await asyncio.wait_for(reader.read(), 5)
    assert told.count(b"HTTP/1.1 200 OK") == 3
    assert told.count(b"ok") == 3
