"""What operators were told, and what holds at this moment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from markupsafe import Markup, escape

from gemini_balance.console.marks import code, link
from gemini_balance.console.names import key_names
from gemini_balance.core.alert_kinds import Kind
from gemini_balance.core.outcome import Cause
from gemini_balance.gateway.alerts import DELIVERED, FAILED, TOO_MANY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gemini_balance.console.names import KeyName
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
WHY: dict[str, str] = {
    Cause.KEY_DEAD: "alert.why_key_dead",
    Cause.KEY_REFUSED: "alert.why_key_refused",
    Cause.PROJECT_BLOCKED: "alert.why_project_blocked",
    Cause.PROJECT_UNPAID: "alert.why_project_unpaid",
}
OTHERWISE = "alert.why_failures"
MINUTE = 60
Keys: TypeAlias = "Mapping[str, KeyName]"
NOBODY: Keys = {}
"""What keys are called, by their ids."""


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
    recent = sources.alerts.recent()[:MOST]
    keys = key_names(sources, (key for told in recent for key in keys_in(told.alert)))
    rows = tuple(row_of(t, told, keys) for told in recent)
    return AlertsView(bool(sources.options.current.alert_webhook_url), active, rows)


def keys_in(alert: Alert) -> Mapping[str, str]:
    """Ids of the keys that it names, with the cause's word."""
    keys = alert.facts.get("keys")
    return keys if isinstance(keys, dict) else {}


def row_of(t: Words, told: Told, keys: Keys = NOBODY) -> AlertRow:
    alert = told.alert
    failed, why = _failure(told.delivery)
    return AlertRow(
        alert.at,
        WORDS[alert.kind],
        alert.subject,
        said(t, alert, keys),
        alert.holds,
        told.delivery == DELIVERED,
        failed,
        why,
    )


def said(t: Words, alert: Alert, keys: Keys = NOBODY) -> str:
    """What an alert tells. One that was written down before its facts were stands as it was told."""
    facts = alert.facts
    written: dict[str, object] = {**facts}
    if isinstance(percent := facts.get("percent"), int):
        written["percent"] = t.percent(percent / 100)
    if isinstance(minutes := facts.get("minutes"), int):
        written["wait"] = t.duration(max(1, minutes) * MINUTE)
    if dead := keys_in(alert):
        written["names"] = _dead(t, dead, keys, facts.get("count"))
    try:
        return t(TOLD[alert.kind], **written)
    except KeyError:
        return alert.message


def _dead(t: Words, dead: Mapping[str, str], keys: Keys, count: object) -> Markup:
    """Which keys died, and why each."""
    pairs = ((_named(name, keys), t(WHY.get(why, OTHERWISE))) for name, why in dead.items())
    named = t.listed(t("alert.dead_key", key=key, why=why) for key, why in pairs)
    more = count - len(dead) if isinstance(count, int) else 0
    return t("alert.and_more", names=named, count=more) if more > 0 else named


def _named(name: str, keys: Keys) -> Markup:
    key = keys.get(name)
    if key is None:
        return code(name)
    text = f"{key.label} {key.shown}".strip()
    return link(text, key.address) if key.address else escape(text)


def _failure(delivery: str) -> tuple[str, str]:
    if delivery == TOO_MANY:
        return "system.not_sent", ""
    return ("system.not_delivered", delivery.removeprefix(FAILED)) if delivery.startswith(FAILED) else ("", "")
