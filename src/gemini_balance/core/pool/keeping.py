"""A call that smaller ones have passed for long has one project collect room for it."""

from __future__ import annotations

from itertools import islice, takewhile
from typing import TYPE_CHECKING

from gemini_balance.core.pool.forecast import STEPS, in_order, left_of
from gemini_balance.core.pool.key import free_key, tagged
from gemini_balance.core.pool.windows import Bucket

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gemini_balance.core.pool.forecast import Left
    from gemini_balance.core.pool.key import Key
    from gemini_balance.core.pool.lane import Lane
    from gemini_balance.core.pool.queue import Ticket, Waiting
    from gemini_balance.core.pool.windows import Ledger

STARVING = 12.0  # seconds for which others may pass where many wait
CALM = 0.5  # calls that wait for each project, up to which one is kept at once ...
EACH = 5  # ... of so many
LOOKS_EVERY = 0.25  # seconds


def keep(now: float, lane: Lane, line: Waiting, by: Ticket | None) -> None:
    """Those that stand before this one are being passed: keep a project for the first that has none, if that may be."""
    if now - lane.looked <= LOOKS_EVERY or not _may_keep(lane, now - line.first().since):
        return
    kept = set(lane.kept.values())
    passed = takewhile(lambda ticket: ticket is not by, line.order.values())
    ticket = next((ticket for ticket in passed if ticket not in kept), None)
    if ticket is None:
        return
    lane.looked = now
    ledger = _soonest(now, lane, ticket)
    if ledger is not None:
        lane.kept[ledger] = ticket
        lane.place(now, ledger)


def _may_keep(lane: Lane, waited: float) -> bool:
    """Where many wait, a large call's room serves several small ones: only who starves has it, one at a time."""
    if waited > STARVING and not lane.kept:
        return True
    calm = len(lane.queue) <= CALM * len(lane.ledgers)
    return calm and len(lane.kept) < len(lane.ledgers) // EACH


def release(now: float, lane: Lane) -> None:
    """What was kept for somebody who waits no longer is for all."""
    for ledger, ticket in list(lane.kept.items()):
        if ticket.gone or lane.ledgers.get(ledger.domain) is not ledger:
            del lane.kept[ledger]
            lane.place(now, ledger)


def claim(now: float, lane: Lane) -> Iterator[tuple[Ticket, Ledger, Key]]:
    """After `advance`: what was kept, where it suffices now."""
    release(now, lane)
    for ledger, ticket in list(lane.kept.items()):
        demand = ticket.demand
        if ledger.rest > now or not ledger.holds(demand.units) or not ledger.fits(ticket.tokens):
            continue
        del lane.kept[ledger]
        lane.place(now, ledger)
        key = free_key(ledger.domain, now, demand.model, demand.exclude, demand.tags)
        if key is not None:
            yield ticket, ledger, key


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
        if ledger not in lane.kept and left.places >= 1 and ticket.fits(left.widest, left.most) and left.opens <= at:
            return ledger
    return None
