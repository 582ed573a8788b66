"""How the pool fares, for whoever looks at it: a walk that changes nothing but what time has changed anyway."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from gemini_balance.core.outcome import Cause
from gemini_balance.core.pool.key import Health, domain_of, living
from gemini_balance.core.pool.windows import BARS, NO_LIMITS, Ledger

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gemini_balance.core.pool.key import Domain, Key
    from gemini_balance.core.pool.lane import Lane
    from gemini_balance.core.pool.registry import Registry

HOUR = 3600.0


class Standing(StrEnum):
    """Where a key stands in one quota model."""

    READY = "ready"
    FULL = "full"  # its project's minute is used up
    RESTING = "resting"  # until a moment
    PROBING = "probing"  # an attempt in flight decides
    BARRED = "barred"  # its project may not use the model
    INVALID = "invalid"
    DISABLED = "disabled"


class Capacity(StrEnum):
    """Whether Google has any for a model."""

    OPEN = "open"
    PACED = "paced"  # some attempts are refused for it: the others are spread
    PAUSED = "paused"  # nearly all are: one at a time finds out


@dataclass(frozen=True, slots=True)
class Window:
    """Of all projects that may serve, taken together. None: of one of them nothing is known."""

    limit: int | None
    used: int
    left: int | None


@dataclass(frozen=True, slots=True)
class LaneReport:
    """One quota model. Moments are seconds since 1970."""

    model: str
    names: tuple[str, ...]  # it is asked by
    paid: bool
    projects: int  # that may serve
    told: int  # of them, those whose limits are known; the others are taken to have what is usual
    minute_requests: Window
    minute_tokens: Window
    day_requests: Window
    day_tokens: Window
    keys: dict[Standing, int]
    ready_at: float | None  # when the first key has rested, where none is ready
    waiting: int  # calls
    capacity: Capacity
    opens_at: float | None  # when the next attempt may be made, while it has none
    resets_at: float  # the day's windows


def lane_report(pool: Registry, lane: Lane, *, paid: bool, now: float) -> LaneReport:
    """Costs time for every key."""
    lane.advance(now)
    keys = [key for key in pool.keys.values() if key.spec.paid == paid and any(map(key.serves, lane.models))]
    standings = [_standing(now, lane, key) for key in keys]
    domains = dict.fromkeys(map(domain_of, keys))
    ledgers = [_ledger(lane, domain) for domain in domains if living(domain)]
    serving = [ledger for ledger in ledgers if ledger.cause not in BARS or ledger.rest <= now]
    counts = Counter(standing for standing, _ in standings)
    refuses, opens = lane.breaker.refuses(now), lane.breaker.opens_at(now)
    return LaneReport(
        lane.model,
        tuple(sorted(lane.models)),
        paid,
        len(serving),
        sum(lane.limits(ledger.domain) != NO_LIMITS for ledger in serving),
        *_windows(now, serving),
        {standing: counts[standing] for standing in Standing},
        _ready_at(standings, counts),
        len(lane.queue),
        Capacity.PAUSED if refuses else Capacity.PACED if opens > now else Capacity.OPEN,
        opens if opens > now else None,
        lane.day_ends,
    )


@dataclass(frozen=True, slots=True)
class KeyLane:
    """One quota model as one key has it. What is used is its project's. Moments are seconds since 1970."""

    model: str
    standing: Standing
    until: float  # when its rest ends; 0: it has none
    cause: Cause | None  # of a rest that is this model's alone
    minute_requests: Window
    minute_tokens: Window
    day_requests: Window
    day_tokens: Window
    resets_at: float  # the day's windows


def key_lanes(pool: Registry, key: Key, now: float) -> list[KeyLane]:
    """All models that its project was asked for since it was last well and unused, those it may not use among them."""
    lanes = (lane for (_, paid), lane in pool.lanes.items() if paid == key.spec.paid)
    return [_key_lane(lane, key, now) for lane in lanes if lane.model and domain_of(key) in lane.ledgers]


def _key_lane(lane: Lane, key: Key, now: float) -> KeyLane:
    lane.advance(now)
    standing, until = _standing(now, lane, key)
    ledger = _ledger(lane, domain_of(key))
    resting = ledger.rest > now
    windows = _windows(now, [ledger])
    rest = until if standing in {Standing.RESTING, Standing.BARRED} else 0.0
    return KeyLane(lane.model, standing, rest, ledger.cause if resting else None, *windows, lane.day_ends)


def used_today(lane: Lane, now: float) -> int:
    """Requests of all projects on the running day of the quotas."""
    lane.advance(now)
    return sum(ledger.today for ledger in lane.ledgers.values())


def health_counts(keys: Iterable[Key], now: float) -> dict[Standing, int]:
    """How many keys are well, whatever the model."""
    counts = Counter(standing_of(key, now) for key in keys)
    return {standing: counts[standing] for standing in Standing}


def exhausted_at(now: float, left: int | None, pace: float, resets_at: float) -> float | None:
    """When nothing is left, at `pace` requests a second; None: not before the reset, or not known."""
    if left is None or (left > 0 and pace <= 0):
        return None
    at = now + left / pace if left > 0 else now
    return at if at < resets_at else None


def _ledger(lane: Lane, domain: Domain) -> Ledger:
    """As it is, with usual limits where its own are not known; of a project that never served, an empty one."""
    limits = lane.usual.under(lane.limits(domain))
    known = lane.ledgers.get(domain)
    if known is None:
        return Ledger(domain, limits)
    like = Ledger(domain, limits, [], known.requests, known.tokens, known.today, known.tokens_today)
    like.rest, like.cause = known.rest, known.cause
    return like


def _windows(now: float, ledgers: list[Ledger]) -> tuple[Window, Window, Window, Window]:
    resting = [ledger.rest > now for ledger in ledgers]
    spent = [rests and one.cause is Cause.QUOTA_DAY for one, rests in zip(ledgers, resting, strict=True)]
    limits = [ledger.limits for ledger in ledgers]
    return (
        _window([one.rpm for one in limits], [one.requests for one in ledgers], resting),
        _window([one.tpm for one in limits], [one.tokens for one in ledgers], resting),
        _window([one.rpd for one in limits], [one.today for one in ledgers], spent),
        _window([one.tpd for one in limits], [one.tokens_today for one in ledgers], spent),
    )


def _window(limits: list[int | None], used: list[int], closed: list[bool]) -> Window:
    """`closed`: nothing is left there, whatever the counts say."""
    known = [limit for limit in limits if limit is not None]
    left = [
        0 if shut else None if limit is None else max(0, limit - count)
        for limit, count, shut in zip(limits, used, closed, strict=True)
    ]
    sure = [one for one in left if one is not None]
    return Window(
        sum(known) if len(known) == len(limits) else None,
        sum(used),
        sum(sure) if len(sure) == len(left) else None,
    )


def _standing(now: float, lane: Lane, key: Key) -> tuple[Standing, float]:
    """And until when, where that is known."""
    health, ledger = standing_of(key, now), lane.ledgers.get(domain_of(key))
    if ledger is None or health in {Standing.INVALID, Standing.DISABLED}:
        return health, key.until
    if ledger.rest > now:
        return Standing.BARRED if ledger.cause in BARS else Standing.RESTING, max(key.until, ledger.rest)
    if health is Standing.READY and (ledger.room < 1 or ledger.token_room < 1):
        return Standing.FULL, 0.0
    return health, key.until


def standing_of(key: Key, now: float) -> Standing:
    """Whatever the model. A rest that is over is none, though the pool notes that only at the next call."""
    match key.health:
        case Health.COOLING:
            return Standing.RESTING if key.until > now else Standing.READY
        case Health.PROBING:
            return Standing.PROBING
        case Health.INVALID:
            return Standing.INVALID
        case Health.DISABLED:
            return Standing.DISABLED
        case _:
            return Standing.READY


def _ready_at(standings: list[tuple[Standing, float]], counts: Counter[Standing]) -> float | None:
    if counts[Standing.READY] or counts[Standing.FULL]:
        return None
    return min((until for standing, until in standings if standing is Standing.RESTING), default=None)
