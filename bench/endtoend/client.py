"""The callers: each sends its call when its time has come, over HTTP/1.1 connections that are kept."""

import asyncio
import contextlib
import time
from collections.abc import Mapping

import httptools

from bench.endtoend.answers import Answer

PIECE = 65_536
KEPT_SECONDS = 2.0  # idle for longer, the server may be about to close it

Wire = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Parsed:
    """Collects what the parser finds in one reply."""

    def __init__(self) -> None:
        self.headers: dict[str, str] = {}
        self.body: list[bytes] = []
        self.whole = False
        self._parser = httptools.HttpResponseParser(self)

    async def read(self, reader: asyncio.StreamReader) -> Answer:
        """Until the reply's end, or the connection's."""
        while not self.whole and (piece := await reader.read(PIECE)):
            self._parser.feed_data(piece)
        return Answer(self._parser.get_status_code(), self.headers, b"".join(self.body), self.whole)

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers[name.decode().lower()] = value.decode()

    def on_body(self, piece: bytes) -> None:
        self.body.append(piece)

    def on_message_complete(self) -> None:
        self.whole = True


class Client:
    """Asks one server."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._idle: list[tuple[float, Wire]] = []

    async def post(self, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """One request and its reply. Raises OSError where there is nobody."""
        reader, writer = wire = await self._wire()
        try:
            writer.write(_head(path, headers, len(body)) + body)
            answer = await Parsed().read(reader)
        except BaseException:
            writer.close()
            raise
        if answer.whole:
            self._idle.append((time.monotonic(), wire))
        else:
            writer.close()
        return answer

    async def close(self) -> None:
        """Let go of all connections."""
        for _, (_, writer) in self._idle:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def _wire(self) -> Wire:
        while self._idle:
            since, wire = self._idle.pop()
            if time.monotonic() - since < KEPT_SECONDS and not wire[0].at_eof():
                return wire
            wire[1].close()
        return await asyncio.open_connection("127.0.0.1", self._port)


def _head(path: str, headers: Mapping[str, str], length: int) -> bytes:
    named = {"host": "127.0.0.1", "content-length": str(length), **headers}
    lines = (f"POST {path} HTTP/1.1", *(f"{name}: {value}" for name, value in named.items()), "", "")
    return "\r\n".join(lines).encode()
