"""Which addresses may be connected to where somebody else chose the host's name.

Names are resolved here, every address is judged, and exactly the judged addresses are connected to: a name that
resolves differently a moment later changes nothing.
"""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING, Protocol

from gemini_balance.core.addresses import is_public
from gemini_balance.gateway.ports import MediaFailed
from gemini_balance.upstreams.media_address import PORTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gemini_balance.core.addresses import AllowedHosts
    from gemini_balance.gateway.ports import Origin

UNKNOWN = "its host name could not be resolved"
PRIVATE = "its host is not on the public internet (the operator may allow it with {option})"
OTHER_PORT = "only the ports 80 and 443 may be asked (the operator may allow a host with {option})"


class Resolver(Protocol):
    async def __call__(self, host: str, port: int) -> Sequence[str]:
        """The host's addresses in their canonical spelling. Raises OSError, or ValueError for what is no name."""


async def ask_the_system(host: str, port: int) -> list[str]:
    """Implements `Resolver`. Octal, hex and other spellings of an IPv4 address come out in the usual one."""
    infos = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(info[4][0]) for info in infos))


async def judged(origin: Origin, allowed: AllowedHosts, resolve: Resolver, option: str) -> Sequence[str]:
    """The host's addresses, if every one of them may be asked. `option` names what allows others.

    Raises MediaFailed.
    """
    try:
        addresses = await resolve(origin.host, origin.port)
    except (OSError, ValueError) as error:
        raise MediaFailed(UNKNOWN) from error
    if not addresses:
        raise MediaFailed(UNKNOWN)
    for address in addresses:
        if allowed.allow(origin.host, address):
            continue
        if not is_public(address):
            raise MediaFailed(PRIVATE.format(option=option))
        if origin.port not in PORTS.values():
            raise MediaFailed(OTHER_PORT.format(option=option))
    return addresses
