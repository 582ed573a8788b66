"""Alerts posted to an address that an operator chose: by the same rules as media that callers name.

Who may change options is not always who may reach our network, so a private address has to be allowed.
"""

from __future__ import annotations

import asyncio
import hmac
from typing import TYPE_CHECKING

from gemini_balance.core.addresses import AllowedHosts
from gemini_balance.gateway.alerts import NotDelivered
from gemini_balance.gateway.ports import MediaFailed, TransportFailed
from gemini_balance.upstreams.connection import Connection
from gemini_balance.upstreams.guard import Resolver, ask_the_system, judged
from gemini_balance.upstreams.media_address import MediaAddress, media_address
from gemini_balance.upstreams.origins import connect, host_header

if TYPE_CHECKING:
    from gemini_balance.gateway.alerts import Target
    from gemini_balance.gateway.ports import Clock

SECONDS = 10.0
SIGNATURE = "X-Gemini-Balance-Signature"
OPTION = "ALLOWED_WEBHOOK_HOSTS"


class Webhooks:
    """Implements `AlertSender`. Redirects are not followed."""

    def __init__(self, clock: Clock, resolve: Resolver = ask_the_system) -> None:
        self._clock = clock
        self._resolve = resolve

    async def send(self, target: Target, body: bytes) -> None:
        try:
            async with asyncio.timeout(SECONDS):
                status = await self._post(target, body)
        except TimeoutError as error:
            raise NotDelivered(f"it took longer than {SECONDS:g} s") from error
        except MediaFailed as failed:
            raise NotDelivered(failed.reason) from failed
        except TransportFailed as failed:
            raise NotDelivered("its server could not be reached") from failed
        if not 200 <= status < 300:
            raise NotDelivered(f"its server answered with status {status}")

    async def _post(self, target: Target, body: bytes) -> int:
        address = media_address(target.url)
        addresses = await judged(address.origin, AllowedHosts(target.allowed), self._resolve, OPTION)
        connection = await connect(address.origin, addresses, Connection)
        try:
            await connection.exchange(self._head(address, target.secret, body), body, SECONDS)
            return connection.status
        finally:
            connection.abort()

    def _head(self, address: MediaAddress, secret: str, body: bytes) -> bytes:
        lines = [
            f"POST {address.target} HTTP/1.1",
            f"Host: {host_header(address.origin)}",
            "User-Agent: gemini-balance",
            "Content-Type: application/json",
            f"Content-Length: {len(body)}",
            *((f"{SIGNATURE}: {signature(secret, int(self._clock.unix()), body)}",) if secret else ()),
            "Connection: close",
        ]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("ascii")


def signature(secret: str, at: int, body: bytes) -> str:
    """`t=SECONDS,v1=HEX`, where HEX is HMAC-SHA256 of `SECONDS.BODY`: the time is signed, so nobody can repeat it."""
    digest = hmac.digest(secret.encode(), b"%d.%b" % (at, body), "sha256")
    return f"t={at},v1={digest.hex()}"
