"""What replicas tell each other. A fact may be lost, repeated or late: each is told twice, and hearing it again is
the same as hearing it once.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import takewhile
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from gemini_balance.core.outcome import Cause, Outcome
from gemini_balance.core.pool.key import Key, KeyId, Source, keys_of
from gemini_balance.core.pool.turns import Present

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gemini_balance.core.pool.key import Domain
    from gemini_balance.core.pool.lease import Lease

TIMES = 2  # that each fact is told
KEPT = 300.0  # seconds in which a count may still be corrected: nearly all answers have ended by then
RECENT = 120.0  # seconds that whoever was away is told of


class Spent(msgspec.Struct, frozen=True, tag="spent"):
    """All that a replica sent with one key from this moment on that leaves the window together."""

    origin: str
    model: str
    paid: bool
    key: KeyId
    sent: float
    changes: int  # of the count so far: an older one is out of date
    requests: int
    tokens: int


class Refused(msgspec.Struct, frozen=True, tag="refused"):
    """An attempt met a spent quota, or a project that may not use this model. Its outcome is told without its words."""

    origin: str
    model: str
    paid: bool
    key: KeyId
    sent: float
    at: float
    refusals: int  # in a row, of unknown length, this one included
    outcome: Outcome
    units: int = 1  # requests that it counts as


class Divided(msgspec.Struct, frozen=True, tag="divided"):
    """Each of these sets of keys is inferred to have a quota of its own."""

    at: float
    groups: tuple[tuple[KeyId, ...], ...]


class Retired(msgspec.Struct, frozen=True, tag="retired"):
    """A key is dead."""

    key: KeyId
    cause: Cause


Fact: TypeAlias = Present | Spent | Refused | Divided | Retired


@dataclass(slots=True)
class Outbox:
    """What one replica has to tell."""

    me: str
    _counts: dict[tuple[str, bool, KeyId, float], list[int]] = field(default_factory=dict)
    _dirty: dict[tuple[str, bool, KeyId, float], int] = field(default_factory=dict)
    _facts: list[tuple[Fact, int]] = field(default_factory=list)

    def spent(self, lease: Lease, requests: int, tokens: int) -> None:
        """A request was sent, or turns out not to have been counted."""
        place = (lease.model, lease.key.spec.paid, lease.key.id, lease.bucket.sent)
        count = self._counts.setdefault(place, [0, 0, 0])
        count[0] += 1
        count[1] += requests
        count[2] += tokens
        self._dirty[place] = TIMES

    def refused(self, now: float, lease: Lease, outcome: Outcome) -> None:
        """What it means for the project is for each to find out, from all that it knows."""
        told = Outcome(
            outcome.cause,
            retry_after=outcome.retry_after,
            quota_model=outcome.quota_model,
            limits=outcome.limits,
            consumer=outcome.consumer,
        )
        place, row = (lease.model, lease.key.spec.paid, lease.key.id), lease.lane.of(lease.key).refusals
        self.note(Refused(self.me, *place, lease.sent, now, row, told, lease.units))

    def divided(self, now: float, domains: Iterable[Domain]) -> None:
        """Who shares a quota with whom. What the operator or Google named is known without."""
        inferred = (d for d in domains if isinstance(d, Key) or d.source is Source.INFERRED)
        if groups := tuple(tuple(key.id for key in keys_of(domain)) for domain in inferred):
            self.note(Divided(now, groups))

    def note(self, fact: Fact) -> None:
        self._facts.append((fact, TIMES))

    def repeat(self, now: float) -> None:
        """Somebody is new or was away: what counts still is told once more."""
        recent = (place for place in self._counts if place[3] > now - RECENT)
        self._dirty = {**dict.fromkeys(recent, 1), **self._dirty}

    def tell(self, now: float) -> list[Fact]:
        """What the others may not know yet."""
        told: list[Fact] = [Spent(self.me, *place, *self._counts[place]) for place in self._dirty]
        told += [fact for fact, _ in self._facts]
        self._dirty = {place: times - 1 for place, times in self._dirty.items() if times > 1}
        self._facts = [(fact, times - 1) for fact, times in self._facts if times > 1]
        self._forget(now)
        return told

    def _forget(self, now: float) -> None:
        """Counts stand in the order in which they were sent."""
        old = takewhile(lambda place: place[3] < now - KEPT, self._counts)
        for place in [place for place in old if place not in self._dirty]:
            del self._counts[place]
