"""Who waits because keys of which nothing is known are held back, and until when."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gemini_balance.core.pool.lane import Lane
    from gemini_balance.core.pool.queue import Ticket


def holds_back(lane: Lane, tags: frozenset[str]) -> bool:
    """Are there projects never used that are not tried for now?"""
    return not lane.exploring.allowed and bool(lane.fresh.of(tags))


def impatient(now: float, lane: Lane) -> Ticket | None:
    """Who has waited long enough for those that are in use."""
    if lane.exploring.allowed:
        return None
    heads = ((tags, line.first()) for (_, _, tags), line in lane.queue.lines())
    return next((ticket for tags, ticket in heads if ticket.settles <= now and holds_back(lane, tags)), None)


def next_impatient(lane: Lane) -> float:
    """When somebody will have."""
    if lane.exploring.allowed:
        return inf
    heads = (line.first().settles for (_, _, tags), line in lane.queue.lines() if holds_back(lane, tags))
    return min(heads, default=inf)
