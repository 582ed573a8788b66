"""Media that a request names by its address: fetched from the public internet, and from nowhere else.

The caller chooses the address, so each is an attempt to reach our own network until it is proven to be none. Operators'
proxies are not used: they would resolve the name once more.
"""

from __future__ import annotations

import asyncio
from io import BytesIO
from typing import TYPE_CHECKING, NamedTuple

from gemini_balance.core.outcome import Cause
from gemini_balance.gateway.ports import Fetched, MediaFailed, TransportFailed
from gemini_balance.upstreams.budget import Budget
from gemini_balance.upstreams.connection import Connection
from gemini_balance.upstreams.guard import Resolver, ask_the_system, judged
from gemini_balance.upstreams.media_address import MediaAddress, media_address, redirected
from gemini_balance.upstreams.origins import connect, host_header

if TYPE_CHECKING:
    from gemini_balance.core.addresses import AllowedHosts

MOST_REDIRECTS = 3
REDIRECTS = frozenset({301, 302, 303, 307, 308})
ACCEPT = "image/*, audio/*, video/*, application/pdf, */*;q=0.1"
REASONS = {
    Cause.UNREACHABLE: "its server could not be reached",
    Cause.UPSTREAM_SLOW: "its server was silent for too long",
    Cause.CUT: "its server's answer was cut",
}
ALLOWED = "ALLOWED_MEDIA_HOSTS"


class MediaLimits(NamedTuple):
    """`size`: bytes of one item. `seconds`: for one item, redirects included, waiting for others not.

    The rest holds over all calls: how many fetches at a time, and how many bytes they may hold together.
    """

    size: int
    seconds: float
    at_once: int = 8
    in_flight: int = 64_000_000


class MediaConnection(Connection):
    """Also remembers what a redirect and a limit need; the connections to Google do without."""

    __slots__ = ("content_length", "encoding", "location")

    def _begin(self) -> None:
        super()._begin()
        self.location = self.encoding = ""
        self.content_length: int | None = None

    def on_header(self, name: bytes, value: bytes) -> None:
        super().on_header(name, value)
        match name.lower():
            case b"location":
                self.location = value.decode(errors="surrogateescape")
            case b"content-encoding":
                self.encoding = value.decode("latin-1").strip().lower()
            case b"content-length":
                self.content_length = int(value)
            case _:
                pass


class WebMedia:
    """Implements `MediaFetcher`. One per process."""

    def __init__(self, allowed: AllowedHosts, limits: MediaLimits, resolve: Resolver = ask_the_system) -> None:
        self.use(allowed, limits)
        self._resolve = resolve
        self._slots = asyncio.Semaphore(limits.at_once)
        self._budget = Budget(limits.in_flight)

    def use(self, allowed: AllowedHosts, limits: MediaLimits) -> None:
        """From the next item on; but for what holds over all calls, which stays as it is."""
        self._allowed = allowed
        self._limits = limits

    @property
    def held(self) -> int:
        """Bytes that the fetches under way may hold."""
        return self._budget.taken

    async def fetch(self, url: str) -> Fetched:
        async with self._slots:
            clock = asyncio.timeout(self._limits.seconds)
            try:
                async with clock:
                    return await self._follow(url, clock)
            except TimeoutError as error:
                slow = f"it took longer than {self._limits.seconds:g} s (MEDIA_TIME_OUT)"
                raise MediaFailed(slow) from error
            except TransportFailed as failed:
                raise MediaFailed(REASONS.get(failed.cause, "its server failed")) from failed

    async def _follow(self, url: str, clock: asyncio.Timeout) -> Fetched:
        for _ in range(MOST_REDIRECTS + 1):
            address = media_address(url)
            addresses = await judged(address.origin, self._allowed, self._resolve, ALLOWED)
            connection = await connect(address.origin, addresses, MediaConnection)
            try:
                await connection.exchange(_head(address), b"", self._limits.seconds)
                if connection.status not in REDIRECTS:
                    return await self._take(connection, clock)
                url = redirected(url, connection.location)
            finally:
                connection.abort()
        raise MediaFailed(f"it was redirected more than {MOST_REDIRECTS} times")

    async def _take(self, connection: MediaConnection, clock: asyncio.Timeout) -> Fetched:
        if connection.status != 200:
            raise MediaFailed(f"its server answered with status {connection.status}")
        if connection.encoding not in ("", "identity"):
            raise MediaFailed("its server sent it compressed without being asked to")
        length = connection.content_length
        if length is not None and length > self._limits.size:
            raise self._too_large()
        share = self._limits.size if length is None else length
        await self._wait_for(share, clock)
        try:
            return Fetched(connection.content_type, await self._read(connection))
        finally:
            self._budget.give(share)

    async def _wait_for(self, share: int, clock: asyncio.Timeout) -> None:
        """Waiting for others is not this item's own slowness, so its clock stands still."""
        loop, until = asyncio.get_running_loop(), clock.when()
        assert until is not None
        left = until - loop.time()
        clock.reschedule(None)
        await self._budget.take(share)
        clock.reschedule(loop.time() + left)

    async def _read(self, connection: MediaConnection) -> bytes:
        whole = BytesIO()
        while read := await connection.read():
            whole.write(read)
            if whole.tell() > self._limits.size:
                raise self._too_large()
        return whole.getvalue()

    def _too_large(self) -> MediaFailed:
        return MediaFailed(f"it is larger than {self._limits.size / 1_000_000:g} MB (MEDIA_MAX_MB)")


def _head(address: MediaAddress) -> bytes:
    """Nothing of the caller's but the address goes along: no cookies, no credentials."""
    host = host_header(address.origin)
    lines = (f"GET {address.target} HTTP/1.1", f"Host: {host}", "User-Agent: gemini-balance", f"Accept: {ACCEPT}")
    return ("\r\n".join(lines) + "\r\nConnection: close\r\n\r\n").encode("ascii")
