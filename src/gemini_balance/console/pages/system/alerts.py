"""What operators were told, and what holds at this moment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gemini_balance.core.alert_kinds import Kind
from gemini_balance.gateway.alerts import DELIVERED, FAILED, TOO_MANY

if TYPE_CHECKING:
    from gemini_balance.console.sources import Sources
    from gemini_balance.console.words import Words
    from gemini_balance.core.alerts import Alert
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
TOLD = {
    Kind.KEY_DEAD: "alert.told_key_dead",
    Kind.POOL_LOW: "alert.told_pool_low",
    Kind.POOL_DEAD: "alert.told_pool_dead",
    Kind.QUOTA_EXHAUSTED: "alert.told_quota_exhausted",
    Kind.MODEL_OVERLOADED: "alert.told_model_overloaded",
    Kind.JOURNAL_LOSING: "alert.told_journal_losing",
    Kind.UNKNOWN_ANSWERS: "alert.told_unknown_answers",
    Kind.DATABASE_AWAY: "alert.told_database_away",
    Kind.TEST: "alert.told_test",
}
MINUTE = 60


@dataclass(frozen=True, slots=True)
class AlertRow:
    """`kind` is a message, `told` a sentence in the reader's words.

    `failed`: a message of what became of it where it did not arrive; `why`: in English."""

    at: float
    kind: str
    subject: str
    told: str
    holds: bool
    delivered: bool
    failed: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class AlertsView:
    """`active`: messages."""

    webhook: bool
    active: tuple[str, ...]
    rows: tuple[AlertRow, ...]


def alerts_view(sources: Sources, t: Words) -> AlertsView:
    active = tuple(WORDS[Kind(kind)] for kind, holds in sources.alerts.holding() if holds)
    rows = tuple(row_of(t, told) for told in sources.alerts.recent()[:MOST])
    return AlertsView(bool(sources.options.current.alert_webhook_url), active, rows)


def row_of(t: Words, told: Told) -> AlertRow:
    alert = told.alert
    failed, why = _failure(told.delivery)
    return AlertRow(
        alert.at,
        WORDS[alert.kind],
        alert.subject,
        said(t, alert),
        alert.holds,
        told.delivery == DELIVERED,
        failed,
        why,
    )


def said(t: Words, alert: Alert) -> str:
    """What an alert tells. One that was written down before its facts were stands as it was told."""
    facts = alert.facts
    written: dict[str, object] = {**facts}
    if isinstance(percent := facts.get("percent"), int):
        written["percent"] = t.percent(percent / 100)
    if isinstance(minutes := facts.get("minutes"), int):
        written["wait"] = t.duration(max(1, minutes) * MINUTE)
    try:
        return t(TOLD[alert.kind], **written)
    except KeyError:
        return alert.message


def _failure(delivery: str) -> tuple[str, str]:
    if delivery == TOO_MANY:
        return "system.not_sent", ""
    return ("system.not_delivered", delivery.removeprefix(FAILED)) if delivery.startswith(FAILED) else ("", "")
