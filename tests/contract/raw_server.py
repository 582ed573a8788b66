"""A server that says exactly what a test tells it to, byte for byte, and a proxy that only passes bytes on."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ssl

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Seen:
    """What reached the server."""

    connections: int = 0
    heads: list[bytes] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    targets: list[str] = field(default_factory=list)  # of a proxy: where callers wanted to go


@contextlib.asynccontextmanager
async def serving(handler: Handler, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """The port of a running server."""
    running: set[asyncio.Task[None]] = set()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        running.add(task)
        try:
            await handler(reader, writer)
        except asyncio.CancelledError:
            pass  # the test is over
        finally:
            running.discard(task)
            writer.transport.abort()

    server = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in tuple(running):
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


def answering(seen: Seen, *replies: bytes, then_close: bool = False, pause: float = 0.0) -> Handler:
    """Each request on a connection gets the next of `replies`, then the last again; `then_close` ends it after one."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.connections += 1
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            for number in range(1000):
                await read_request(reader, seen)
                await asyncio.sleep(pause)
                writer.write(replies[min(number, len(replies) - 1)])
                await writer.drain()
                if then_close:
                    break
            await _closed(writer)

    return handle


async def _closed(writer: asyncio.StreamWriter) -> None:
    """What was written still goes out."""
    writer.close()
    with contextlib.suppress(ConnectionError):
        await writer.wait_closed()


async def read_request(reader: asyncio.StreamReader, seen: Seen) -> None:
    head = await reader.readuntil(b"\r\n\r\n")
    seen.heads.append(head)
    length = next((int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0)
    seen.bodies.append(await reader.readexactly(length))


def http_proxy(seen: Seen) -> Handler:
    """Understands CONNECT."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        target = head.split(b" ")[1].decode()
        seen.targets.append(target)
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        host, _, port = target.rpartition(":")
        await _join(reader, writer, host, int(port))

    return handle


def socks_proxy(seen: Seen) -> Handler:
    """Understands SOCKS5 without sign-in, for IPv4 addresses and names."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        _, methods = await reader.readexactly(2)
        await reader.readexactly(methods)
        writer.write(b"\x05\x00")
        kind = (await reader.readexactly(4))[3]
        length = 4 if kind == 1 else (await reader.readexactly(1))[0]
        address = await reader.readexactly(length)
        port = int.from_bytes(await reader.readexactly(2))
        host = ".".join(map(str, address)) if kind == 1 else address.decode()
        seen.targets.append(f"{host}:{port}")
        writer.write(b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00")
        await _join(reader, writer, host, port)

    return handle


async def _join(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: str, port: int) -> None:
    far_reader, far_writer = await asyncio.open_connection(host, port)
    try:
        await asyncio.gather(_pass_on(reader, far_writer), _pass_on(far_reader, writer))
    finally:
        far_writer.transport.abort()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while read := await reader.read(65536):
            writer.write(read)
            await writer.drain()
    writer.close()
