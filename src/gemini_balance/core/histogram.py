"""How durations are spread, so that percentiles of many hours and many replicas come of adding.

The bins are the same everywhere and grow by the sixth root of two, from a millisecond to an hour and ten minutes.
They are lanes of one integer: a duration is a power of two, and merging is one addition.
"""

from __future__ import annotations

from math import ceil, log2
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

SHORTEST = 0.001  # seconds; all that is shorter has the first bin
PER_DOUBLING = 6
DOUBLINGS = 22
LAST = PER_DOUBLING * DOUBLINGS
LONGEST = SHORTEST * 2**DOUBLINGS
"""Seconds; all that is longer has the last bin."""
ERROR = 2 ** (1 / (2 * PER_DOUBLING)) - 1
"""How far a percentile between SHORTEST and LONGEST may be from the true one, as a part of it: 5.9 %."""
LANE_BYTES = 5  # a bin's count stays below a million millions
LANE_BITS = 8 * LANE_BYTES
LANE = (1 << LANE_BITS) - 1
UNITS = tuple(1 << (LANE_BITS * index) for index in range(LAST + 1))
"""One duration of each bin."""
MIDDLES = (SHORTEST, *(SHORTEST * 2 ** ((index - 0.5) / PER_DOUBLING) for index in range(1, LAST + 1)))


def unit(seconds: float) -> int:
    """What this duration adds to `Histogram.lanes`."""
    if SHORTEST < seconds <= LONGEST:
        return UNITS[ceil(log2(seconds / SHORTEST) * PER_DOUBLING)]
    return 1 if seconds <= SHORTEST else UNITS[LAST]


class Histogram(msgspec.Struct, frozen=True, gc=False):
    """Durations, by bins."""

    lanes: int = 0

    def __add__(self, other: Histogram) -> Histogram:
        return Histogram(self.lanes + other.lanes)

    @property
    def count(self) -> int:
        return sum(count for _, count in self.bins())

    def bins(self) -> Iterator[tuple[int, int]]:
        """Each bin that isn't empty, the shortest durations first, and how many are in it."""
        index = _lowest(self.lanes)
        lanes = self.lanes >> (LANE_BITS * index)
        while lanes:
            if count := lanes & LANE:
                yield index, count
            lanes >>= LANE_BITS
            index += 1

    def percentiles(self, shares: Sequence[float]) -> list[float | None]:
        """Seconds that these shares of all durations (0 to 1, ascending) stay within; None where there are none."""
        bins = list(self.bins())
        total = sum(count for _, count in bins)
        found = _reached(bins, [max(ceil(share * total), 1) for share in shares])
        return [None] * len(shares) if not total else list(found)


def pack(lanes: int) -> bytes:
    """For keeping: the first bin that isn't empty, how many bytes the largest count has, and from that bin on the
    lowest bytes of all counts, then the next ones. Most counts are small."""
    if not lanes:
        return b""
    first = _lowest(lanes)
    lanes >>= LANE_BITS * first
    bins = -(-lanes.bit_length() // LANE_BITS)
    raw = lanes.to_bytes(bins * LANE_BYTES, "little")
    planes = [raw[at::LANE_BYTES] for at in range(LANE_BYTES)]
    while planes[-1].count(0) == bins:
        planes.pop()
    return bytes((first, len(planes))) + b"".join(planes)


def unpack(packed: bytes) -> int:
    """The lanes of what `pack` gave."""
    if not packed:
        return 0
    first, planes = packed[0], packed[1]
    bins = (len(packed) - 2) // planes
    raw = bytearray((first + bins) * LANE_BYTES)
    begin = first * LANE_BYTES
    for plane in range(planes):
        raw[begin + plane :: LANE_BYTES] = packed[2 + plane * bins : 2 + (plane + 1) * bins]
    return int.from_bytes(raw, "little")


def _lowest(lanes: int) -> int:
    return ((lanes & -lanes).bit_length() - 1) // LANE_BITS if lanes else 0


def _reached(bins: Iterable[tuple[int, int]], ranks: Sequence[int]) -> Iterator[float]:
    """For each rank, the smallest first, what stands for the bin in which it is."""
    seen, waiting = 0, iter(ranks)
    rank = next(waiting, None)
    for index, count in bins:
        seen += count
        while rank is not None and rank <= seen:
            yield MIDDLES[index]
            rank = next(waiting, None)
