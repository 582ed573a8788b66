"""What the pool knows, as bytes that outlive a restart: health, groups, learnt limits, rests, the day's counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from gemini_balance.core.outcome import Cause
from gemini_balance.core.pool.key import RETIRED, Health, Key, KeyId, Project, Source, domain_of, keys_of
from gemini_balance.core.pool.windows import NO_LIMITS, Limits
from gemini_balance.core.redaction import redact

if TYPE_CHECKING:
    from collections.abc import Callable

    from gemini_balance.core.pool.key import Domain
    from gemini_balance.core.pool.lane import Lane
    from gemini_balance.core.pool.registry import Registry

    Retire = Callable[[float, Key, Cause], None]


class KeyState(msgspec.Struct, omit_defaults=True):
    """Of a key that is not simply well."""

    id: str
    health: str
    until: float = 0.0
    failures: int = 0
    reason: Cause | None = None
    since: float = 0.0


class GroupState(msgspec.Struct):
    """Keys inferred to share a project, or told so by Google."""

    name: str
    source: Source
    keys: list[str]
    proofs: int = 0


class LedgerState(msgspec.Struct, omit_defaults=True):
    """Of one project and quota model. Any of its keys names the project."""

    key: str
    limits: Limits = NO_LIMITS
    rest: float = 0.0
    cause: Cause | None = None
    today: dict[str, tuple[int, int]] = {}  # key → requests, tokens


class LaneState(msgspec.Struct):
    """Of one quota model."""

    model: str
    paid: bool
    day_ends: float
    usual: Limits
    ledgers: list[LedgerState]


class PoolState(msgspec.Struct):
    """Deadlines are seconds since 1970."""

    keys: list[KeyState] = []
    groups: list[GroupState] = []
    lanes: list[LaneState] = []
    quota_models: dict[str, str] = {}
    apart: list[tuple[KeyId, KeyId]] = []  # said by the operator


def snapshot(pool: Registry) -> bytes:
    """All that would be lost."""
    changed = (key for key in pool.keys.values() if key.health is not Health.READY or key.failures)
    changed = (key for key in changed if key.health is not Health.DISABLED)  # that is the operator's to remember
    state = PoolState(
        [KeyState(key.id, key.health.name, key.until, key.failures, key.reason, key.since) for key in changed],
        [_group(project) for project in _projects(pool)],
        [_lane(lane, paid=paid) for (_, paid), lane in pool.lanes.items() if _is_kept(lane.model)],
        {model: name for model, name in pool.quota_models.items() if _is_kept(model)},
        [(pair[0], pair[1]) for pair in map(sorted, pool.apart)],
    )
    return msgspec.json.encode(state)


def restore(pool: Registry, now: float, saved: bytes, retire: Retire) -> None:
    """Raises msgspec.DecodeError for what is no such state. Keys that are gone since are passed over."""
    state = msgspec.json.decode(saved, type=PoolState)
    pool.quota_models.update(state.quota_models)
    pool.apart |= {frozenset(pair) for pair in state.apart}
    for known in state.keys:
        if (key := pool.keys.get(KeyId(known.id))) is not None:
            _restore_key(key, known, retire)
    for group in state.groups:
        _restore_group(pool, now, group)
    for lane in state.lanes:
        _restore_lane(pool, now, lane)


def _is_kept(model: str) -> bool:
    """Callers name models, and one may paste a key where the name belongs."""
    return redact(model) == model


def _projects(pool: Registry) -> list[Project]:
    """Those that the keys' own settings don't tell."""
    found = dict.fromkeys(key.project for key in pool.keys.values() if key.project is not None)
    return [project for project in found if any(key.spec.project != project.name for key in project.keys)]


def _group(project: Project) -> GroupState:
    return GroupState(project.name, project.source, [key.id for key in project.keys], project.proofs)


def _lane(lane: Lane, *, paid: bool) -> LaneState:
    domains = dict.fromkeys([*lane.ledgers, *lane.learnt])
    return LaneState(lane.model, paid, lane.day_ends, lane.usual, [_ledger(lane, domain) for domain in domains])


def _ledger(lane: Lane, domain: Domain) -> LedgerState:
    key, limits = keys_of(domain)[0].id, lane.learnt.get(domain, NO_LIMITS)
    ledger = lane.ledgers.get(domain)
    if ledger is None:
        return LedgerState(key, limits)
    today: dict[str, tuple[int, int]] = {
        share.key.id: (share.today, share.tokens_today) for share in ledger.shares if share.today
    }
    return LedgerState(key, limits, ledger.rest, ledger.cause, today)


def _restore_key(key: Key, known: KeyState, retire: Retire) -> None:
    health = Health[known.health]
    if Health.DISABLED in (key.health, health):
        return
    key.failures, key.until = known.failures, known.until
    if health in RETIRED:
        retire(known.since, key, known.reason or Cause.UNKNOWN)
    elif health is not Health.READY:
        key.cool(known.until, known.reason or Cause.UNKNOWN, known.since)


def _restore_group(pool: Registry, now: float, group: GroupState) -> None:
    keys = [pool.keys[KeyId(name)] for name in group.keys if KeyId(name) in pool.keys]
    keys = [key for key in keys if key.project is None]
    if len(keys) > 1:
        pool.regroup(now, list(keys), [Project(group.name, group.source, keys, group.proofs)])


def _restore_lane(pool: Registry, now: float, known: LaneState) -> None:
    lane = pool.lane(known.model, known.paid)
    lane.advance(now)
    lane.usual = known.usual
    for one in known.ledgers:
        if (key := pool.keys.get(KeyId(one.key))) is not None:
            _restore_ledger(pool, now, lane, domain_of(key), one, same_day=known.day_ends == lane.day_ends)


def _restore_ledger(
    pool: Registry, now: float, lane: Lane, domain: Domain, known: LedgerState, *, same_day: bool
) -> None:
    if known.limits != NO_LIMITS:
        lane.learnt[domain] = known.limits
        lane.tiers.learn(known.limits)
    if known.rest <= now and not (same_day and known.today):
        return
    ledger = lane.take_up(domain)
    ledger.rest_until(known.rest, known.cause or Cause.QUOTA_MINUTE)
    for name, (requests, tokens) in known.today.items() if same_day else ():
        if (key := pool.keys.get(KeyId(name))) is not None and domain_of(key) is domain:
            ledger.count_today(lane.share(ledger, key), requests, tokens)
    lane.place(now, ledger)
