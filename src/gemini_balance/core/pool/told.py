"""The operator tells other limits while the pool is at work."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from gemini_balance.core.outcome import Cause
from gemini_balance.core.pool.windows import MINUTE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gemini_balance.core.pool.lane import Lane
    from gemini_balance.core.pool.windows import Ledger, Limits


def tell(now: float, lane: Lane, told: Mapping[str, Limits]) -> None:
    """`told`: by project, `*` for the rest. Whoever has more room for it serves at once, who has less rests."""
    lane.told = told
    lane.ranks.by_tokens = lane.ranks.by_tokens or any(limits.tpm or limits.tpd for limits in told.values())
    for ledger in list(lane.ledgers.values()):
        _limit(ledger, lane.limits(ledger.domain))
        lane.place(now, ledger)


def _limit(ledger: Ledger, limits: Limits) -> None:
    """What was believed below the old limits is not believed any longer, and a day that isn't spent goes on."""
    if limits == ledger.limits:
        return
    spent, ledger.limits = ledger.day_spent, limits
    ledger.ceiling, ledger.grows, ledger.patience = inf, inf, MINUTE
    if spent and not ledger.day_spent and ledger.cause is Cause.QUOTA_DAY:
        ledger.rest, ledger.cause = 0.0, None
