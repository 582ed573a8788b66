"""What replicas tell each other. A fact may be lost, repeated or late: each is told twice, and hearing it again is
the same as hearing it once.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from gemini_balance.core.outcome import Cause  # noqa: TC001  (msgspec asks for the types of the fields)
from gemini_balance.core.pool.key import KeyId  # noqa: TC001
from gemini_balance.core.pool.windows import Limits  # noqa: TC001

if TYPE_CHECKING:
    from gemini_balance.core.pool.lease import Lease

TIMES = 2  # that each fact is told
KEPT = 120  # seconds that a count may still be corrected


class Spent(msgspec.Struct, frozen=True, tag="spent"):
    """All that a replica sent in one second with one key."""

    origin: str
    model: str
    paid: bool
    key: KeyId
    second: int
    requests: int
    tokens: int


class Rested(msgspec.Struct, frozen=True, tag="rested"):
    """A refusal: its project rests, and perhaps named its limits."""

    model: str
    paid: bool
    key: KeyId
    until: float
    cause: Cause
    limits: Limits


class Retired(msgspec.Struct, frozen=True, tag="retired"):
    """A key is dead."""

    key: KeyId
    cause: Cause


Fact: TypeAlias = Spent | Rested | Retired


@dataclass(slots=True)
class Outbox:
    """What one replica has to tell."""

    me: str
    _counts: dict[tuple[str, bool, KeyId, int], list[int]] = field(default_factory=dict)
    _dirty: dict[tuple[str, bool, KeyId, int], int] = field(default_factory=dict)
    _facts: list[tuple[Fact, int]] = field(default_factory=list)

    def spent(self, lease: Lease, requests: int, tokens: int) -> None:
        """A request was sent, or turns out not to have been counted."""
        place = (lease.lane.model, lease.key.spec.paid, lease.key.id, int(lease.sent))
        count = self._counts.setdefault(place, [0, 0])
        count[0] += requests
        count[1] += tokens
        self._dirty[place] = TIMES

    def note(self, fact: Fact) -> None:
        self._facts.append((fact, TIMES))

    def tell(self, now: float) -> list[Fact]:
        """What the others may not know yet."""
        told: list[Fact] = [Spent(self.me, *place, *self._counts[place]) for place in self._dirty]
        told += [fact for fact, _ in self._facts]
        self._dirty = {place: times - 1 for place, times in self._dirty.items() if times > 1}
        self._facts = [(fact, times - 1) for fact, times in self._facts if times > 1]
        for place in [place for place in self._counts if place[3] < now - KEPT and place not in self._dirty]:
            del self._counts[place]
        return told
