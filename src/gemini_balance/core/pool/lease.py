"""What the pool lends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gemini_balance.core.pool.key import Key
    from gemini_balance.core.pool.lane import Lane
    from gemini_balance.core.pool.queue import Ticket
    from gemini_balance.core.pool.windows import Bucket


TRIAL = "trial"


class Lease(msgspec.Struct, frozen=True):
    """The right to make one attempt with one key; settled exactly once."""

    id: int
    key: Key
    model: str
    sent: float
    tokens: int  # charged
    bucket: Bucket
    why: str  # how this key was chosen
    lane: Lane
    estimate: int  # of its tokens
    day: float  # the end of the Pacific day it was sent in
    units: int = 1  # requests that it counts as

    @property
    def trial(self) -> bool:
        """Was it made beyond what its group is believed to have, to see whether it is one?"""
        return self.why == TRIAL


@dataclass(frozen=True, slots=True)
class Granted:
    """Leases for those who waited, and when to look again. `lost`: those for whom no key is left."""

    leases: list[tuple[Ticket, Lease]]
    at: float
    lost: Sequence[Ticket] = ()
