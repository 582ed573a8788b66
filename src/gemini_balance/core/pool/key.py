"""Keys, their health, and which of them share a project.

Projects are told by the operator or by Google, else inferred from keys refused together.
"""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass, field
from enum import Enum, StrEnum, auto
from math import inf
from typing import TYPE_CHECKING, NewType, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Set

    from gemini_balance.core.outcome import Cause

KeyId = NewType("KeyId", str)
NO_TAGS: frozenset[str] = frozenset()
_PRINTABLE = re.compile(r"[!-~]+")
MOST_UNPROVEN = 3
"""Calls at once with a key that has not answered well yet: if it is dead, that many learn it, not a whole burst."""


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
    """A key as the operator gives it. An empty `project` means: not known; no `models`: any.

    A `paid` key serves only what is for paid keys: it costs money. One that is `off` serves nothing. Its `proxy` is the
    one that it is used through; empty: that of all keys.
    """

    id: KeyId
    secret: str = field(repr=False)
    project: str = ""
    weight: int = 1
    models: frozenset[str] = frozenset()
    paid: bool = False
    tags: frozenset[str] = NO_TAGS
    label: str = ""
    proxy: str = field(default="", repr=False)
    off: bool = False

    def __post_init__(self) -> None:
        # Google changed the shape of keys (AIza… to AQ.…) and will again: only what no header can carry is refused.
        if not _PRINTABLE.fullmatch(self.secret):
            raise ValueError(f"key {self.id}: a key is printable characters without spaces")
        if not 1 <= self.weight <= 1000:
            raise ValueError(f"key {self.id}: weight must be between 1 and 1000")


@dataclass(slots=True, eq=False)
class Key:
    """A key in the pool: what it is, and how it fares. One that shares its project with none is its own project."""

    spec: KeySpec
    health: Health = Health.READY
    until: float = 0.0  # end of the rest
    failures: int = 0  # in a row, of the kind no other party explains
    reason: Cause | None = None
    since: float = 0.0  # it rests or is invalid
    in_flight: int = 0
    used: float = 0.0  # when it was last lent; 0: not since the start
    proven: bool = False  # has answered well since it was added, reset or found invalid
    project: Project | None = None
    gone: bool = False  # removed, though attempts may still be under way

    def __post_init__(self) -> None:
        if self.spec.off:
            self.health = Health.DISABLED

    @property
    def id(self) -> KeyId:
        return self.spec.id

    @property
    def weight(self) -> int:
        return self.spec.weight

    def serves(self, model: str, tags: frozenset[str] = NO_TAGS, spared: frozenset[str] = NO_TAGS) -> bool:
        """This model, for who asks for one of these tags, if any, and leaves alone those that others wait for?"""
        spec = self.spec
        if tags or spared:
            return (not tags or not tags.isdisjoint(spec.tags)) and spared.isdisjoint(spec.tags) and self.serves(model)
        return not spec.models or not model or model in spec.models

    def free(self, now: float) -> bool:
        """May one more attempt be made with it?"""
        match self.health:
            case Health.READY:
                return self.proven or self.in_flight < MOST_UNPROVEN
            case Health.COOLING:
                return self.until <= now and self.in_flight == 0
            case _:
                return False

    def lend(self, now: float) -> None:
        """One attempt is made with it. One that rested is on probation."""
        self.used = now
        if self.health is Health.COOLING:
            self.health = Health.PROBING
        self.in_flight += 1

    def cool(self, until: float, reason: Cause, since: float = 0.0) -> None:
        """Rest until then; a rest is only ever extended."""
        if self.health not in RETIRED:
            self.since = self.since if self.health is Health.COOLING else since
            self.health, self.until, self.reason = Health.COOLING, max(self.until, until), reason

    def retire(self, reason: Cause, since: float = 0.0) -> None:
        if self.health is not Health.DISABLED:
            self.health, self.reason, self.since, self.proven = Health.INVALID, reason, since, False

    def recover(self) -> None:
        """A success, a passed probe, or the operator's reset."""
        if self.health is not Health.DISABLED:
            self.health, self.failures, self.reason, self.until = Health.READY, 0, None, 0.0


class Source(StrEnum):
    """How it is known that these keys share a project."""

    TOLD = "told"  # by the operator, or by Google's own name of the project in an error
    INFERRED = "inferred"  # it counts quota, but never carries blame


SURE = 2  # proofs from which on a group is believed
TEST_EVERY = 60.0  # seconds; twice as long after each
MOST_TESTS = 6


@dataclass(slots=True, eq=False)
class Project:
    """Several keys with one quota. They take turns by their weights."""

    name: str
    source: Source
    keys: list[Key] = field(default_factory=list)
    proofs: int = 0  # refusals that its members' use, taken together, explained to the last request
    tried: float = 0.0  # when it was last put to the test
    tests: int = 0  # so far
    weight: int = 0
    _turns: deque[Key] = field(default_factory=deque)

    def __post_init__(self) -> None:
        for key in self.keys:
            key.project = self
        self.refresh()

    def add(self, *keys: Key) -> None:
        for key in keys:
            key.project = self
        self.keys += keys
        self.refresh()

    def refresh(self) -> None:
        """Its keys or their health changed: who takes turns from now on?"""
        alive = living(self)
        self._turns = deque(key for key in alive for _ in range(key.weight))
        self.weight = sum(key.weight for key in alive)

    def doubtful(self, now: float) -> bool:
        """Shall it be put to the test whether these keys share anything?"""
        return self.source is Source.INFERRED and self.proofs < SURE and now - self.tried >= TEST_EVERY * 2**self.tests

    def test(self, now: float) -> None:
        """It is being put to the test; the next one comes later."""
        self.tried = now
        self.tests = min(self.tests + 1, MOST_TESTS)

    def next(
        self,
        now: float,
        model: str,
        exclude: Set[KeyId],
        tags: frozenset[str] = NO_TAGS,
        spared: frozenset[str] = NO_TAGS,
    ) -> Key | None:
        """The key whose turn it is among those that may serve."""
        for _ in range(len(self._turns)):
            key = self._turns[0]
            self._turns.rotate(-1)
            if key.id not in exclude and key.serves(model, tags, spared) and key.free(now):
                return key
        return None


def project_of(name: str, *, paid: bool) -> str:
    """Keys that cost money stay apart, whatever project they are of: free calls take turns within a project."""
    return f"{name} (paid)" if name and paid else name


Domain: TypeAlias = Key | Project
"""What a quota belongs to: a project, or a key that is not known to share its own."""


def told_of(domain: Domain) -> bool:
    """Did the operator or Google say which keys share this quota?"""
    return isinstance(domain, Project) and domain.source is Source.TOLD


def domain_of(key: Key) -> Domain:
    return key.project or key


def free_key(
    domain: Domain,
    now: float,
    model: str,
    exclude: Set[KeyId],
    tags: frozenset[str] = NO_TAGS,
    spared: frozenset[str] = NO_TAGS,
) -> Key | None:
    """A key of this project that one more attempt may be made with."""
    if isinstance(domain, Project):
        return domain.next(now, model, exclude, tags, spared)
    return domain if domain.id not in exclude and domain.serves(model, tags, spared) and domain.free(now) else None


def wakes_at(domain: Domain, now: float) -> float:
    """When the first of its keys that rest may serve again; infinity when no passing of time frees one."""
    rests = (key.until for key in keys_of(domain) if key.health is Health.COOLING and key.until > now)
    return min(rests, default=inf)


def name_of(domain: Domain) -> str:
    return domain.id if isinstance(domain, Key) else domain.name


def keys_of(domain: Domain) -> list[Key]:
    return [domain] if isinstance(domain, Key) else domain.keys


def group_of(keys: list[Key], proofs: int = 0) -> Domain:
    """These keys share a quota, as far as can be inferred. A single one shares it with none."""
    return keys[0] if len(keys) == 1 else Project(f"group-{min(key.id for key in keys)}", Source.INFERRED, keys, proofs)


def tags_of(domain: Domain) -> frozenset[str]:
    """Of all its living keys."""
    return domain.spec.tags if isinstance(domain, Key) else NO_TAGS.union(*(key.spec.tags for key in living(domain)))


def tagged(domain: Domain, tags: frozenset[str]) -> bool:
    """Has one of its keys one of these, if any are named?"""
    return not tags or any(not tags.isdisjoint(key.spec.tags) for key in keys_of(domain))


def able_one_day(domain: Domain, model: str, tags: frozenset[str]) -> bool:
    """May one of its keys serve this, if not now?"""
    return any(key.serves(model, tags) for key in living(domain))


def living(domain: Domain) -> list[Key]:
    """Those that time, an answer or the end of an attempt may let serve."""
    return [key for key in keys_of(domain) if key.health not in RETIRED]
