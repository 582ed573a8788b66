"""One upstream credential and its health."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TYPE_CHECKING, NewType

if TYPE_CHECKING:
    from gemini_balance.core.outcome import Cause

KeyId = NewType("KeyId", str)
_PRINTABLE = re.compile(r"[!-~]+")


class Health(Enum):
    """The states of a key, under the names the console shows."""

    READY = auto()
    COOLING = auto()  # rests until a moment
    PROBING = auto()  # one attempt in flight decides
    INVALID = auto()  # waits for an operator or a passed probe
    DISABLED = auto()  # by the operator


RETIRED = frozenset({Health.INVALID, Health.DISABLED})
"""States that no passing of time ends."""


@dataclass(frozen=True, slots=True)
class KeySpec:
    """A key as the operator gives it. An empty `project` means: a project of its own; no `models`: any."""

    id: KeyId
    secret: str = field(repr=False)
    project: str = ""
    weight: int = 1
    models: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        # Google changed the shape of keys (AIza… to AQ.…) and will again: only what no header can carry is refused.
        if not _PRINTABLE.fullmatch(self.secret):
            raise ValueError(f"key {self.id}: a key is printable characters without spaces")
        if not 1 <= self.weight <= 1000:
            raise ValueError(f"key {self.id}: weight must be between 1 and 1000")


@dataclass(slots=True)
class Key:
    """A key in the pool: what it is, and how it fares."""

    spec: KeySpec
    health: Health = Health.READY
    until: float = 0.0  # end of the rest
    failures: int = 0  # in a row, of the kind no other party explains
    reason: Cause | None = None
    in_flight: int = 0

    @property
    def id(self) -> KeyId:
        return self.spec.id

    @property
    def project(self) -> str:
        return self.spec.project or self.spec.id

    def serves(self, model: str) -> bool:
        return not self.spec.models or not model or model in self.spec.models

    def cool(self, until: float, reason: Cause) -> None:
        """Rest until then; a rest is only ever extended."""
        if self.health in (Health.READY, Health.COOLING, Health.PROBING):
            self.health, self.until, self.reason = Health.COOLING, max(self.until, until), reason

    def retire(self, reason: Cause) -> None:
        if self.health is not Health.DISABLED:
            self.health, self.reason = Health.INVALID, reason

    def recover(self) -> None:
        """A success, or the operator's reset."""
        if self.health is not Health.DISABLED:
            self.health, self.failures, self.reason, self.until = Health.READY, 0, None, 0.0
