"""Which addresses lie on the public internet, and which private ones an operator allows. Pure: nothing is resolved."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

GLOBAL_V6 = IPv6Network("2000::/3")  # all that IANA has ever given out as global unicast
NAT64 = IPv6Network("64:ff9b::/96")

# IANA's special-purpose registries; our own table, because `is_global` differs between versions of Python.
SPECIAL_V4 = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "168.63.129.16/32",  # public by its number, but every virtual machine of Azure reaches its own host there
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
SPECIAL_V6 = tuple(
    IPv6Network(network)
    for network in (
        "2001::/23",  # protocol assignments, Teredo among them
        "2001:db8::/32",
        "3ffe::/16",  # the experimental network of old, and the first Teredo prefix in it
        "3fff::/20",
    )
)


def is_public(address: str) -> bool:
    """Is it a global unicast address? Only the canonical spelling counts: resolve first, then ask."""
    try:
        found = ip_address(address)
    except ValueError:
        return False
    if isinstance(found, IPv6Address) and found.scope_id is not None:
        return False
    found = unwrapped(found)
    if isinstance(found, IPv4Address):
        return not any(found in network for network in SPECIAL_V4)
    return found in GLOBAL_V6 and not any(found in network for network in SPECIAL_V6)


def unwrapped(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address that a mapped, NAT64 or 6to4 one leads to.

    NAT64 of the local kind (64:ff9b:1::/48) is left as it is: where the IPv4 address stands in it is each network's
    own choice, so it can't be judged, and it isn't global.
    """
    if isinstance(address, IPv4Address):
        return address
    if address in NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


class AllowedHosts:
    """Host names, addresses and networks that may be fetched from although they are private, on any port.

    Raises ValueError for something with a slash that is no network.
    """

    def __init__(self, entries: Iterable[str]) -> None:
        self._names: set[str] = set()
        self._networks: list[IPv4Network | IPv6Network] = []
        for entry in entries:
            bare = entry.strip("[]").rstrip(".").lower()
            try:
                self._networks.append(ip_network(bare, strict=False))
            except ValueError:
                if "/" in bare:
                    raise
                self._names.add(bare)

    def allow(self, host: str, address: str) -> bool:
        """May `host`, which resolved to `address`, be asked? A name of the list may lead anywhere."""
        if host in self._names:
            return True
        try:
            found = unwrapped(ip_address(address))
        except ValueError:
            return False
        return any(found in network for network in self._networks)
