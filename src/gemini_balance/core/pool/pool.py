"""Choosing a key. Two verbs, synchronous and told the time; the quota scheduler fits behind the same ones."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

import msgspec

from gemini_balance.core.outcome import Blame, Cause, Outcome
from gemini_balance.core.pool.key import RETIRED, Health, Key, KeyId, KeySpec
from gemini_balance.core.pool.lane import Lane

if TYPE_CHECKING:
    from collections.abc import Iterable

DAY = 86_400.0
DEFAULT_REST = {  # seconds, where Google names none
    Cause.QUOTA_MINUTE: 60.0,
    Cause.QUOTA_UNKNOWN: 20.0,
    Cause.QUOTA_DAY: 3_600.0,
    Cause.QUOTA_NONE: DAY,
    Cause.MODEL_NOT_OFFERED: DAY,
}
LONGEST_MINUTE_REST = 65.0


class Demand(msgspec.Struct, frozen=True, gc=False):
    """What the next attempt needs from a key."""

    model: str
    exclude: frozenset[KeyId] = frozenset()  # tried already for this call
    pinned: KeyId | None = None  # uploads and caches live with the key that made them


class Lease(msgspec.Struct, frozen=True):
    """The right to make one attempt with one key; settled exactly once."""

    id: int
    key: Key
    model: str


@dataclass(frozen=True, slots=True)
class NotYet:
    """No key may serve now; one may at `at`."""

    at: float


@dataclass(frozen=True, slots=True)
class Never:
    """No key will, until the operator or the caller changes something.

    `dead`: none is usable at all; `cause`: those that are may not use this model.
    """

    dead: bool = False
    cause: Cause | None = None


class KeyPool:
    """All keys, their health and the rests of (project, model)."""

    def __init__(self, specs: Iterable[KeySpec] = (), max_failures: int = 3) -> None:
        self.keys: dict[KeyId, Key] = {spec.id: Key(spec) for spec in specs}
        self.max_failures = max_failures
        self._lanes: dict[str, Lane] = {}
        self._rests: dict[str, dict[str, float]] = {}  # model → project → until
        self._barred: dict[tuple[str, str], tuple[float, Cause]] = {}  # (model, project) → until: not offered to it
        self._open: set[int] = set()
        self._ids = count(1)

    def acquire(self, now: float, demand: Demand) -> Lease | NotYet | Never:
        key = self._pinned(now, demand) if demand.pinned else self._lane(demand.model).next(now, demand.exclude)
        if isinstance(key, Key):
            return self._lend(key, demand.model)
        if isinstance(key, NotYet):
            return key
        return Never(dead=not self.usable()) if demand.pinned else self._refuse(now, demand.model)

    def settle(self, now: float, lease: Lease, outcome: Outcome) -> None:
        """Record what the attempt came to. A second time is a no-op, so callers may do it in `finally`."""
        if lease.id not in self._open:
            return
        self._open.remove(lease.id)
        lease.key.in_flight -= 1
        self._judge(now, lease, outcome)
        if lease.key.health is Health.PROBING and lease.key.in_flight == 0:
            lease.key.cool(now, Cause.UNKNOWN)  # a probe that proved nothing: the next call may try

    def usable(self) -> int:
        """How many keys are neither invalid nor disabled."""
        return sum(key.health not in RETIRED for key in self.keys.values())

    def reset(self, key_id: KeyId) -> None:
        """The operator says this key is well; it serves at once."""
        self.keys[key_id].recover()
        self._lanes.clear()

    def _refuse(self, now: float, model: str) -> NotYet | Never:
        """When some key wakes; but waiting for one that may not use the model would be in vain."""
        lane = self._lane(model)
        at, first = lane.opens_at(now), lane.first_to_wake()
        until, cause = self._barred.get((model, first.project), (0.0, None)) if first else (0.0, None)
        if cause is not None and until == at:
            return Never(cause=cause) if self.usable() else Never(dead=True)
        return NotYet(at) if at < float("inf") else Never(dead=not self.usable())

    def _pinned(self, now: float, demand: Demand) -> Key | NotYet | None:
        key = self.keys.get(demand.pinned) if demand.pinned else None
        if key is None or key.id in demand.exclude or key.health in RETIRED:
            return None
        until = max(key.until, self._rests.get(demand.model, {}).get(key.project, 0.0))
        return NotYet(until) if until > now else key

    def _lane(self, model: str) -> Lane:
        lane = self._lanes.get(model)
        if lane is None:
            serving = [key for key in self.keys.values() if key.serves(model)]
            lane = self._lanes[model] = Lane(serving, self._rests.setdefault(model, {}))
        return lane

    def _lend(self, key: Key, model: str) -> Lease:
        if key.health is Health.COOLING:
            key.health = Health.PROBING
        key.in_flight += 1
        lease = Lease(next(self._ids), key, model)
        self._open.add(lease.id)
        return lease

    def _judge(self, now: float, lease: Lease, outcome: Outcome) -> None:
        key = lease.key
        match outcome.blame:
            case Blame.NOBODY if key.health in (Health.READY, Health.PROBING):
                key.recover()  # a late success never cuts a rest short
            case Blame.KEY if outcome.cause is Cause.KEY_DEAD:
                key.retire(outcome.cause)
            case Blame.KEY:
                self._count_failure(now, key, outcome.cause)
            case Blame.PROJECT:
                self._retire_project(key, outcome.cause)
            case Blame.QUOTA | Blame.MODEL:
                self._rest(now, lease, outcome)
            case _:
                pass

    def _count_failure(self, now: float, key: Key, cause: Cause) -> None:
        key.failures += 1
        if self.max_failures and key.failures >= self.max_failures:
            key.retire(cause)
        else:
            key.cool(now + 5.0 * 2**key.failures, cause)

    def _retire_project(self, key: Key, cause: Cause) -> None:
        """A suspended or unpaid project takes its keys with it; only what the operator labelled is a project."""
        for other in self.keys.values():
            if other.project == key.project:
                other.retire(cause)

    def _rest(self, now: float, lease: Lease, outcome: Outcome) -> None:
        rests = self._rests.setdefault(lease.model, {})
        until = now + _rest_seconds(outcome)
        rests[lease.key.project] = max(rests.get(lease.key.project, 0.0), until)
        if outcome.blame is Blame.MODEL:
            self._barred[lease.model, lease.key.project] = rests[lease.key.project], outcome.cause
        if lease.key.health is Health.PROBING:
            lease.key.recover()  # it spoke for itself: the key is well, its window is spent


def _rest_seconds(outcome: Outcome) -> float:
    """A day's window carries a tiny, misleading retryDelay, so only a minute's is believed."""
    default = DEFAULT_REST[outcome.cause]
    if outcome.cause in (Cause.QUOTA_MINUTE, Cause.QUOTA_UNKNOWN) and outcome.retry_after is not None:
        return min(max(outcome.retry_after, 1.0), LONGEST_MINUTE_REST)
    return default
