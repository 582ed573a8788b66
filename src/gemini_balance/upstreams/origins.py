"""Where connections lead, and opening one: directly to the fastest of a host's addresses, or through a proxy."""

from __future__ import annotations

import asyncio
import socket
import ssl
from contextlib import asynccontextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

import aiohappyeyeballs
from python_socks import ProxyError, ProxyTimeoutError
from python_socks.async_.asyncio import Proxy

from gemini_balance.core.outcome import Cause
from gemini_balance.gateway.ports import Origin, TransportFailed
from gemini_balance.upstreams.connection import Connection

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from aiohappyeyeballs import AddrInfoType

Kind = TypeVar("Kind", bound=Connection)
AnyProtocol = TypeVar("AnyProtocol", bound=asyncio.BaseProtocol)
CONNECT_SECONDS = 10.0
NEXT_ADDRESS_SECONDS = 0.25  # before another address of the host is tried beside the first (RFC 8305)


def host_header(origin: Origin) -> str:
    host = f"[{origin.host}]" if ":" in origin.host else origin.host
    return host if origin.port == (443 if origin.tls else 80) else f"{host}:{origin.port}"


def origin_of(url: str, proxy: str = "") -> Origin:
    """Raises ValueError for what is no http(s) address."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{url!r} is not an http:// or https:// address")
    tls = parts.scheme == "https"
    return Origin(tls, parts.hostname, parts.port or (443 if tls else 80), proxy)


async def connect(origin: Origin, addresses: Sequence[str] = (), kind: type[Kind] = Connection) -> Kind:  # type: ignore[assignment]  # mypy has no defaults of type variables in Python 3.11
    """To one of `addresses` where given, so that the host's name is not resolved again.

    Raises TransportFailed, UNREACHABLE, within CONNECT_SECONDS.
    """
    async with connecting():
        return await opened(origin, kind, addresses)


@asynccontextmanager
async def connecting() -> AsyncIterator[None]:
    """Within it what fails to connect, or takes too long, raises TransportFailed."""
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            yield
    except (TimeoutError, ProxyTimeoutError) as error:
        raise _unreachable("it did not answer in time") from error
    except (OSError, ssl.SSLError, ProxyError) as error:
        raise _unreachable(str(error)) from error


async def opened(origin: Origin, kind: Callable[[], AnyProtocol], addresses: Sequence[str] = ()) -> AnyProtocol:
    """A connection that a protocol of this kind speaks on. To be called within `connecting`."""
    sock = await (_through_proxy(origin) if origin.proxy else _directly(origin, addresses))
    try:
        _, connection = await asyncio.get_running_loop().create_connection(
            kind,
            sock=sock,
            ssl=_tls() if origin.tls else None,
            server_hostname=origin.host if origin.tls else None,
        )
    except BaseException:
        sock.close()
        raise
    return connection


async def _directly(origin: Origin, addresses: Sequence[str]) -> socket.socket:
    infos = [_info(address, origin.port) for address in addresses] or await asyncio.get_running_loop().getaddrinfo(
        origin.host, origin.port, type=socket.SOCK_STREAM
    )
    sock = await aiohappyeyeballs.start_connection(infos, happy_eyeballs_delay=NEXT_ADDRESS_SECONDS)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock


def _info(address: str, port: int) -> AddrInfoType:
    """A numeric address as the resolver would give it."""
    if ":" in address:
        return (socket.AF_INET6, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (address, port, 0, 0))
    return (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (address, port))


async def _through_proxy(origin: Origin) -> socket.socket:
    return await Proxy.from_url(origin.proxy).connect(origin.host, origin.port, timeout=CONNECT_SECONDS)


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    """One for the process: loading the system's certificates takes tens of milliseconds."""
    context = ssl.create_default_context()
    context.set_alpn_protocols(["http/1.1"])
    return context


def _unreachable(why: str) -> TransportFailed:
    return TransportFailed(Cause.UNREACHABLE, f"The upstream could not be reached: {why}")
