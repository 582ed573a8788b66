"""Pooled HTTP to the upstreams: one aiohttp session per proxy, made at first use, closed with the process."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, cast

import aiohttp
from aiohttp_socks import ProxyConnector
from yarl import URL

from gemini_balance.core.outcome import Cause
from gemini_balance.gateway.ports import TransportFailed

if TYPE_CHECKING:
    from multidict import CIMultiDict

    from gemini_balance.gateway.ports import WireRequest

CONNECT_SECONDS = 10.0
READ_BUFFER = 32 * 1024  # bytes held per stream before the upstream is made to wait
LARGEST_WHOLE = 256 * 1024 * 1024  # bytes of one unary answer
OURS_TO_SET = ("User-Agent", "Accept", "Accept-Encoding")

_url = lru_cache(maxsize=4096)(lambda text: URL(text, encoded=True))


class AiohttpTransport:
    """Implements `Transport`. `time_out`: seconds to the first byte, and between two reads."""

    def __init__(self, time_out: float) -> None:
        self._sessions: dict[str, aiohttp.ClientSession] = {}
        self._timeout = aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS, sock_read=time_out)

    async def send(self, request: WireRequest) -> AiohttpReply:
        session = self._sessions.get(request.proxy) or self._open(request.proxy)
        try:
            response = await session.request(
                request.method,
                _url(request.url),
                data=request.body or None,
                headers=cast("CIMultiDict[str]", request.headers),
                timeout=self._timeout,
                allow_redirects=False,
            )
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise _failed(error) from error
        return AiohttpReply(response)

    async def close(self) -> None:
        for session in self._sessions.values():
            await session.close()

    def _open(self, proxy: str) -> aiohttp.ClientSession:
        connector = ProxyConnector.from_url(proxy, limit=0) if proxy else aiohttp.TCPConnector(limit=0)
        session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            skip_auto_headers=OURS_TO_SET,
            auto_decompress=False,
            read_bufsize=READ_BUFFER,
        )
        self._sessions[proxy] = session
        return session


class AiohttpReply:
    """Implements `UpstreamReply`."""

    __slots__ = ("_response", "status")

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._response = response
        self.status = response.status

    @property
    def content_type(self) -> str:
        return self._response.headers.get("Content-Type", "")

    async def read(self) -> bytes:
        try:
            return await self._response.content.readany()
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise _failed(error) from error

    async def whole(self) -> bytes:
        first = await self.read()
        reads, size = [first], len(first)
        while read := await self.read():
            reads.append(read)
            size += len(read)
            if size > LARGEST_WHOLE:
                raise TransportFailed(Cause.CUT, "The upstream's answer is larger than this gateway can hold.")
        return b"".join(reads) if len(reads) > 1 else first

    def close(self) -> None:
        self._response.close()


def _failed(error: Exception) -> TransportFailed:
    match error:
        case aiohttp.ConnectionTimeoutError():
            return TransportFailed(Cause.UNREACHABLE, "The upstream could not be reached in time.")
        case TimeoutError():
            return TransportFailed(Cause.UPSTREAM_SLOW, "The upstream was silent for too long.")
        case aiohttp.ClientConnectorError():
            return TransportFailed(Cause.UNREACHABLE, f"The upstream could not be reached: {error.os_error.strerror}")
        case _:
            return TransportFailed(Cause.CUT, f"The upstream broke off: {type(error).__name__}")
