"""What operators were told, and what holds at this moment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gemini_balance.core.alert_kinds import Kind

if TYPE_CHECKING:
    from gemini_balance.console.sources import Sources
    from gemini_balance.gateway.alerts import Told

MOST = 6
WORDS = {
    Kind.KEY_DEAD: "alert.key_dead",
    Kind.POOL_LOW: "alert.pool_low",
    Kind.POOL_DEAD: "alert.pool_dead",
    Kind.QUOTA_EXHAUSTED: "alert.quota_exhausted",
    Kind.MODEL_OVERLOADED: "alert.model_overloaded",
    Kind.JOURNAL_LOSING: "alert.journal_losing",
    Kind.UNKNOWN_ANSWERS: "alert.unknown_answers",
    Kind.DATABASE_AWAY: "alert.database_away",
    Kind.TEST: "alert.test",
}
DELIVERED = "delivered"


@dataclass(frozen=True, slots=True)
class AlertRow:
    """`kind` is a message; `told` the sentence that went out; `failed`: why it did not arrive."""

    at: float
    kind: str
    subject: str
    told: str
    holds: bool
    delivered: bool
    failed: str


@dataclass(frozen=True, slots=True)
class AlertsView:
    """`active`: messages."""

    webhook: bool
    active: tuple[str, ...]
    rows: tuple[AlertRow, ...]


def alerts_view(sources: Sources) -> AlertsView:
    active = tuple(WORDS[Kind(kind)] for kind, holds in sources.alerts.holding() if holds)
    rows = tuple(row_of(told) for told in sources.alerts.recent()[:MOST])
    return AlertsView(bool(sources.options.current.alert_webhook_url), active, rows)


def row_of(told: Told) -> AlertRow:
    alert, delivered = told.alert, told.delivery == DELIVERED
    return AlertRow(
        alert.at,
        WORDS[alert.kind],
        alert.subject,
        alert.message,
        alert.holds,
        delivered,
        "" if delivered else told.delivery,
    )
