"""What keys used, and what is known of it, goes with them when they change projects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gemini_balance.core.outcome import Cause
from gemini_balance.core.pool.key import domain_of, keys_of
from gemini_balance.core.pool.windows import NO_LIMITS

if TYPE_CHECKING:
    from gemini_balance.core.pool.key import Domain
    from gemini_balance.core.pool.lane import Lane
    from gemini_balance.core.pool.windows import Ledger


def enter(now: float, lane: Lane, domain: Domain, before: list[Ledger]) -> None:
    """A project formed of others' keys takes over what these used, and what is known of their limits and rests."""
    old = [ledger for ledger in before if any(domain_of(key) is domain for key in keys_of(ledger.domain))]
    shares = [share for ledger in old for share in ledger.shares if domain_of(share.key) is domain]
    for known in (ledger.limits for ledger in old if ledger.limits != NO_LIMITS):
        lane.learnt[domain] = known
    ledger = lane.ledger(domain)
    for one in old:
        ledger.rest_until(one.rest, one.cause or Cause.QUOTA_MINUTE)
    for share in shares:
        ledger.adopt(share)
    ledger.inherit(now, old)
    lane.place(now, ledger)
