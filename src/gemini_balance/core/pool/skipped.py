"""Why keys were passed over: what an operator is told of a call that had to wait, or was refused."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from gemini_balance.core.outcome import Cause
from gemini_balance.core.pool.key import Health, KeyId, domain_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gemini_balance.core.pool.demand import Demand
    from gemini_balance.core.pool.key import Key
    from gemini_balance.core.pool.lane import Lane

MOST = 8  # that are told
LOOKS = 64  # keys that are looked at: a pool may have a hundred thousand
FULL, TRIED, OFF = "minute_full", "tried", "disabled"


class Skipped(NamedTuple):
    """`why` is a `Cause`, or one of the words above; `until` in seconds since 1970, 0 where no time ends it."""

    key: KeyId
    why: str
    until: float


def skipped(now: float, lane: Lane, keys: Iterable[Key], demand: Demand) -> list[Skipped]:
    """Some of the keys that could have served this call, each with what stood in its way."""
    fit = (key for key in islice(keys, LOOKS) if key.serves(demand.model, demand.tags) and key.spec.paid == demand.paid)
    return list(islice(_told(now, lane, fit, demand), MOST))


def _told(now: float, lane: Lane, keys: Iterable[Key], demand: Demand) -> Iterator[Skipped]:
    for key in keys:
        why, until = _why(now, lane, key, demand)
        if why:
            yield Skipped(key.id, why, until)


def _why(now: float, lane: Lane, key: Key, demand: Demand) -> tuple[str, float]:
    if key.health is Health.DISABLED:
        return OFF, 0.0
    if key.health is Health.INVALID:
        return key.reason or Cause.UNKNOWN, 0.0
    if key.health is Health.COOLING and key.until > now:
        return key.reason or Cause.UNKNOWN, key.until
    ledger = lane.ledgers.get(domain_of(key))
    if ledger is not None and ledger.rest > now:
        return ledger.cause or Cause.UNKNOWN, ledger.rest
    if ledger is not None and (not ledger.holds(demand.units) or not ledger.fits(demand.tokens)):
        return FULL, 0.0
    return (TRIED if key.id in demand.exclude else ""), 0.0
