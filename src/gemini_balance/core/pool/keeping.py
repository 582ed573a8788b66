"""A call that smaller ones pass has a project collect room for it."""

from __future__ import annotations

from copy import copy
from itertools import islice
from typing import TYPE_CHECKING

from gemini_balance.core.pool.key import free_key, tagged
from gemini_balance.core.pool.left import STEPS, in_order, left_of
from gemini_balance.core.pool.windows import Bucket

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Container, Iterable, Iterator

    from gemini_balance.core.pool.key import Key
    from gemini_balance.core.pool.lane import Lane
    from gemini_balance.core.pool.left import Left
    from gemini_balance.core.pool.queue import Ticket
    from gemini_balance.core.pool.windows import Ledger

STARVING = 12.0  # seconds for which others may pass where many wait
CALM = 0.5  # calls that wait for each project, up to which one is kept at once ...
EACH = 5  # ... of so many
LOOKS_EVERY = 1.0  # seconds
FEW = 100  # of those passed that are looked at


def keep(now: float, lane: Lane, passed: Iterable[Ticket]) -> None:
    """Somebody is about to be served before these: keep a project for one of them, if that may be."""
    if now - lane.looked <= LOOKS_EVERY:
        return
    ticket = starving(now, passed, len(lane.queue), len(lane.ledgers), lane.kept.values())
    if ticket is None:
        return
    lane.looked = now
    ledger = soonest(now, lane, ticket, lane.kept, lambda one: left_of(one, now, lane.models))
    if ledger is not None:
        lane.kept[ledger] = ticket
        lane.place(now, ledger)


def starving(
    now: float, passed: Iterable[Ticket], waiting: int, projects: int, kept: Collection[Ticket]
) -> Ticket | None:
    """The first of these for which a project may be kept.

    Where many wait, a large call's room serves several small ones: only who is passed for long has it, one at a time.
    """
    several = waiting <= CALM * projects and len(kept) < projects // EACH
    if kept and not several:
        return None
    known, longest = frozenset(kept), 0.0 if several else STARVING
    return next((one for one in islice(passed, FEW) if one not in known and now - one.since >= longest), None)


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


def soonest(
    now: float, lane: Lane, ticket: Ticket, kept: Container[Ledger], known: Callable[[Ledger], Left]
) -> Ledger | None:
    """The project that would have room first, while the caller still waits. `known`: what each has left now."""
    lefts: dict[Ledger, Left] = {}
    for at, _, event in islice(in_order(lane.spent), STEPS):
        if at > ticket.until:
            break
        if at <= now or not isinstance(event, Bucket):
            continue
        ledger = event.share.ledger
        if ledger in kept or not tagged(ledger.domain, ticket.demand.tags):
            continue
        left = lefts.get(ledger) or lefts.setdefault(ledger, copy(known(ledger)))
        left.requests += event.requests
        left.tokens += event.tokens
        if left.places >= 1 and ticket.fits(left.widest, left.most) and left.opens <= at:
            return ledger
    return None
