"""A call that smaller ones have passed for long has one project collect room for it."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from gemini_balance.core.pool.forecast import STEPS, in_order, left_of
from gemini_balance.core.pool.key import free_key, tagged
from gemini_balance.core.pool.queue import Kept
from gemini_balance.core.pool.windows import Bucket

if TYPE_CHECKING:
    from gemini_balance.core.pool.forecast import Left
    from gemini_balance.core.pool.key import Key
    from gemini_balance.core.pool.lane import Lane
    from gemini_balance.core.pool.queue import Ticket
    from gemini_balance.core.pool.windows import Ledger

STARVING = 12.0  # seconds for which others may pass
LOOKS_EVERY = 1.0  # seconds


def keep(now: float, lane: Lane, ticket: Ticket) -> None:
    """It is being passed: keep a project for it if it starves, and no other call has one."""
    if lane.kept is None and now - ticket.since > STARVING and now - lane.looked > LOOKS_EVERY:
        lane.looked = now
        ledger = _soonest(now, lane, ticket)
        if ledger is not None:
            lane.kept = Kept(ledger, ticket)
            lane.place(now, ledger)


def release(now: float, lane: Lane) -> None:
    """What was kept for somebody who waits no longer is for all."""
    kept = lane.kept
    if kept is not None and (kept.ticket.gone or lane.ledgers.get(kept.ledger.domain) is not kept.ledger):
        lane.kept = None
        lane.place(now, kept.ledger)


def claim(now: float, lane: Lane) -> tuple[Ledger, Key] | None:
    """After `advance`: what was kept, if it suffices now."""
    release(now, lane)
    if lane.kept is None:
        return None
    ledger, ticket = lane.kept.ledger, lane.kept.ticket
    if ledger.rest > now or not ledger.holds(ticket.demand.units) or not ledger.fits(ticket.tokens):
        return None
    lane.kept = None
    lane.place(now, ledger)
    key = free_key(ledger.domain, now, ticket.demand.model, ticket.demand.exclude, ticket.demand.tags)
    return None if key is None else (ledger, key)


def _soonest(now: float, lane: Lane, ticket: Ticket) -> Ledger | None:
    """The project that would have room first, while the caller still waits."""
    lefts: dict[Ledger, Left] = {}
    for at, _, event in islice(in_order(lane.spent), STEPS):
        if at > ticket.until:
            break
        if not isinstance(event, Bucket):
            continue
        ledger = event.share.ledger
        if not tagged(ledger.domain, ticket.demand.tags):
            continue
        left = lefts.get(ledger) or lefts.setdefault(ledger, left_of(ledger, now, lane.models))
        left.requests += event.requests
        left.tokens += event.tokens
        if left.places >= 1 and ticket.fits(left.widest, left.most) and left.opens <= at:
            return ledger
    return None
