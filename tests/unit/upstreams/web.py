"""A small web on loopback: hosts that say exactly what a test wrote, byte by byte, and names that lead to them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

Page = Callable[["Visit"], Awaitable[None]]
PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)


@dataclass
class Visit:
    """One request to a host: its head, where the rest of it comes from, and the writer of its answer."""

    head: bytes
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    @property
    def path(self) -> str:
        return self.head.split(b" ", 2)[1].decode()

    async def say(self, *pieces: bytes, pause: float = 0.0) -> None:
        for number, piece in enumerate(pieces):
            if number:
                await asyncio.sleep(pause)
            self.writer.write(piece)
            await self.writer.drain()


@dataclass
class Host:
    """What one address serves."""

    address: str
    page: Page
    port: int = 0
    visits: list[Visit] = field(default_factory=list)
    open: int = 0
    most_open: int = 0
    gone: int = 0  # visitors who had seen enough before the end
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.tasks.append(asyncio.create_task(self._answer(reader, writer)))

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        try:
            visit = Visit(await reader.readuntil(b"\r\n\r\n"), reader, writer)
            self.visits.append(visit)
            await self.page(visit)
            writer.close()
        except (OSError, asyncio.IncompleteReadError):
            self.gone += 1
        finally:
            self.open -= 1
            if not writer.is_closing():
                writer.transport.abort()
            with contextlib.suppress(OSError):
                await writer.wait_closed()


@contextlib.asynccontextmanager
async def host(page: Page, address: str = "127.0.0.1", port: int = 0) -> AsyncIterator[Host]:
    new = Host(address, page)
    server = await asyncio.start_server(new.answer, address, port)
    new.port = server.sockets[0].getsockname()[1]
    try:
        yield new
    finally:
        server.close()
        for task in new.tasks:
            task.cancel()
        await asyncio.gather(*new.tasks, return_exceptions=True)


def says(*pieces: bytes, pause: float = 0.0) -> Page:
    async def page(visit: Visit) -> None:
        await visit.say(*pieces, pause=pause)

    return page


def found(data: bytes = PNG, kind: str = "image/png") -> Page:
    return says(ok(f"Content-Type: {kind}", f"Content-Length: {len(data)}") + data)


def moved(location: str, status: int = 302) -> Page:
    return says(f"HTTP/1.1 {status} Moved\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode())


def ok(*headers: str) -> bytes:
    return "\r\n".join(["HTTP/1.1 200 OK", *headers, "", ""]).encode()


@dataclass
class Names:
    """Implements `Resolver`: each time a name is asked for, its next answer; the last one stays."""

    answers: dict[str, list[list[str]]]
    asked: list[str] = field(default_factory=list)

    async def __call__(self, host: str, port: int) -> list[str]:
        self.asked.append(host)
        left = self.answers.get(host)
        if not left:
            raise OSError("unknown name")
        return left.pop(0) if len(left) > 1 else left[0]
