"""Who is at the other end, and under which address they reach us: proxies in front are believed only when trusted."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from ipaddress import IPv4Network, IPv6Network

    from gemini_balance.api.asgi import Scope


LONGEST = 64  # characters of what a proxy calls its client: more than any address with zone and port has


class TrustedProxies:
    """Networks whose `X-Forwarded-*` headers are believed; `*` believes everybody."""

    def __init__(self, networks: Iterable[str]) -> None:
        names = tuple(networks)
        self._all = "*" in names
        self._networks: tuple[IPv4Network | IPv6Network, ...] = tuple(
            ip_network(name, strict=False) for name in names if name != "*"
        )

    def __contains__(self, host: str) -> bool:
        if self._all or not self._networks:
            return self._all
        try:
            address = ip_address(host)
        except ValueError:
            return False
        return any(address in network for network in self._networks)


def client_of(scope: Scope, headers: Mapping[bytes, bytes], trusted: TrustedProxies) -> str:
    """The caller's address: the last one in X-Forwarded-For that is not a trusted proxy itself."""
    peer = str(scope["client"][0]) if scope.get("client") else ""
    if peer not in trusted:
        return peer
    told = headers.get(b"x-forwarded-for", b"").decode("latin-1").split(",")
    hops = [hop.strip()[:LONGEST] for hop in told if hop.strip()]  # it is remembered, and written down
    return next((hop for hop in reversed(hops) if hop not in trusted), hops[0] if hops else peer)


@dataclass(frozen=True, slots=True)
class PublicUrl:
    """Builds every URL we hand out: from PUBLIC_URL where set, else from the request's own host."""

    configured: str
    trusted: TrustedProxies

    def of(self, scope: Scope, headers: Mapping[bytes, bytes]) -> str:
        """Without a slash at the end."""
        if self.configured:
            return self.configured.rstrip("/")
        peer = str(scope["client"][0]) if scope.get("client") else ""
        believed = peer in self.trusted
        scheme = _first(headers, b"x-forwarded-proto") if believed else ""
        host = _first(headers, b"x-forwarded-host") if believed else ""
        return f"{scheme or scope['scheme']}://{host or headers.get(b'host', b'').decode('latin-1')}"


def _first(headers: Mapping[bytes, bytes], name: bytes) -> str:
    return headers.get(name, b"").decode("latin-1").partition(",")[0].strip()
