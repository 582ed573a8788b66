"""How long whoever tries passwords has to wait: longer after each wrong one, by address and for all together.

An address may err a few times, then each further mistake doubles its wait. All addresses together wait only where very
many err, and never one that a right password came from: nobody's guessing keeps the operator out of where he works.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address, ip_network

FREE = 4  # mistakes of one address without any wait
LONGEST = 900.0  # seconds
FORGOTTEN_AFTER = 86_400.0  # seconds without a mistake
FREE_TOGETHER = 50  # mistakes of all addresses
LONGEST_TOGETHER = 60.0
FORGOTTEN_TOGETHER = 3600.0
MOST = 10_000  # addresses that are remembered
KNOWN = 100  # addresses that a right password came from
HOUSEHOLD = 64  # bits of an IPv6 address that one household has


@dataclass(slots=True)
class Mistakes:
    """A row of them."""

    free: int
    longest: float
    forgotten_after: float
    count: int = 0
    until: float = 0.0
    last: float = 0.0

    def wait(self, now: float) -> float:
        """Seconds until the next try is looked at; 0: now."""
        return max(self.until - now, 0.0)

    def add(self, now: float) -> None:
        if now - self.last >= self.forgotten_after:
            self.count = 0
        self.count += 1
        self.last = now
        over = self.count - self.free
        if over > 0:
            self.until = now + min(2.0 ** min(over - 1, 20), self.longest)

    def forgive(self) -> None:
        """The last one was none."""
        self.count, self.until = max(self.count - 1, 0), 0.0


def _together() -> Mistakes:
    return Mistakes(FREE_TOGETHER, LONGEST_TOGETHER, FORGOTTEN_TOGETHER)


@dataclass(slots=True)
class Throttle:
    """Times are seconds that never go back. Its memory is bounded: the address that erred longest ago goes first."""

    most: int = MOST
    _together: Mistakes = field(default_factory=_together)
    _by_address: OrderedDict[str, Mistakes] = field(default_factory=OrderedDict)
    _known: OrderedDict[str, None] = field(default_factory=OrderedDict)

    def wait(self, now: float, address: str) -> float:
        """Seconds until a try of this address is looked at; 0: now."""
        own = self._by_address.get(address)
        waits = own.wait(now) if own is not None else 0.0
        return waits if address in self._known else max(waits, self._together.wait(now))

    def begin(self, now: float, address: str) -> None:
        """A try is looked at. It counts as a mistake until it proves right, so that many at once are no way around."""
        own = self._by_address.setdefault(address, Mistakes(FREE, LONGEST, FORGOTTEN_AFTER))
        self._by_address.move_to_end(address)
        own.add(now)
        self._together.add(now)
        if len(self._by_address) > self.most:
            self._by_address.popitem(last=False)

    def right(self, address: str) -> None:
        """It was right: the address begins anew, and is known from now on."""
        self._by_address.pop(address, None)
        self._together.forgive()
        self._known[address] = None
        self._known.move_to_end(address)
        if len(self._known) > KNOWN:
            self._known.popitem(last=False)


def place_of(client: str) -> str:
    """What counts as one address: of IPv6, everything that one household can call itself."""
    try:
        address = ip_address(client)
    except ValueError:
        return client
    if not isinstance(address, IPv6Address):
        return client
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ip_network((address, HOUSEHOLD), strict=False))
