"""Who changed what: the latest on the page about the system, all of them on a page of their own."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from gemini_balance.console import paths
from gemini_balance.console.page import Page
from gemini_balance.console.pages.system.alerts import WORDS, said
from gemini_balance.console.tables import Query
from gemini_balance.core.alert_kinds import Kind
from gemini_balance.core.alerts import Alert
from gemini_balance.gateway.stores import Subject

if TYPE_CHECKING:
    from gemini_balance.console.page import Visit
    from gemini_balance.console.sources import Sources
    from gemini_balance.console.words import Words
    from gemini_balance.gateway.stores import Change

FEW, MANY = 6, 50
LONGEST = 160  # characters of what was, or is since then
SUBJECTS = {
    Subject.KEY: "change.key",
    Subject.TOKEN: "change.token",
    Subject.OPTION: "change.option",
    Subject.ACCOUNT: "change.account",
    Subject.POOL: "change.pool",
    Subject.JOURNAL: "change.journal",
    Subject.BACKUP: "change.backup",
    Subject.ALERT: "change.alert",
}
WHO = {
    "operator": "change.by_operator",
    "environment": "change.by_environment",
    "command line": "change.by_command_line",
    "gateway": "change.by_gateway",
}
ACTIONS = {
    "add": "change.add",
    "added": "change.add",
    "check": "change.check",
    "change": "change.change",
    "change password": "change.change_password",
    "confirm": "change.confirm",
    "delete": "change.delete",
    "disable": "change.disable",
    "disabled": "change.disable",
    "enable": "change.enable",
    "enabled": "change.enable",
    "end": "change.end",
    "export": "change.export",
    "import": "change.import",
    "make": "change.make",
    "make first password": "change.make_first_password",
    "raise": "change.raise",
    "reject": "change.reject",
    "replace": "change.replace",
    "reset": "change.reset",
    "reset password": "change.reset_password",
    "set": "change.set",
    "sign out everywhere": "change.sign_out",
}
"""The words that the log has → ours; another one stands as it is."""


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One thing that somebody did."""

    at: float
    who: str
    action: str
    subject: str
    target: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ChangesView:
    """`older`, `newest`: addresses; empty where there is none."""

    query: Query
    subjects: tuple[tuple[str, str], ...]
    rows: tuple[ChangeRow, ...]
    older: str
    newest: str


async def latest(sources: Sources, t: Words) -> tuple[ChangeRow, ...]:
    """None while the database is away: the page says so elsewhere."""
    try:
        found = await sources.changes.page(None, FEW)
    except Exception:  # noqa: BLE001  (whatever the database raises)
        return ()
    return tuple(row_of(t, change) for change in found)


async def show(sources: Sources, visit: Visit) -> ChangesView:
    t = visit.words
    asked = {name: visit.asked(name) for name in ("subject", "before")}
    query = Query(f"{paths.HOME}/system/changes", asked)
    subject = Subject(query["subject"]) if query["subject"] in set(Subject) else None
    found = await sources.changes.page(_number(query["before"]), MANY + 1, subject)
    older = query.but(before=found[MANY - 1].id) if len(found) > MANY else ""
    return ChangesView(
        query=query,
        subjects=tuple((one.value, t(SUBJECTS[one])) for one in Subject),
        rows=tuple(row_of(t, change) for change in found[:MANY]),
        older=older,
        newest=query.but(before="") if query["before"] else "",
    )


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


def row_of(t: Words, change: Change) -> ChangeRow:
    who, action = WHO.get(change.who), ACTIONS.get(change.action)
    return ChangeRow(
        change.at,
        t(who) if who else change.who,
        t(action) if action else change.action,
        t(SUBJECTS[change.subject]),
        _target(t, change),
        _short(change.before),
        _alerted(t, change) or _short(change.after),
    )


def _target(t: Words, change: Change) -> str:
    if change.subject is Subject.ALERT and change.target in set(Kind):
        return t(WORDS[Kind(change.target)])
    return change.target if change.count is None else t("change.keys", count=change.count)


def _alerted(t: Words, change: Change) -> str:
    """What an alert told; empty for other changes, and for what can't be read."""
    if change.subject is not Subject.ALERT or not change.after:
        return ""
    with suppress(msgspec.DecodeError):
        return said(t, msgspec.json.decode(change.after, type=Alert))
    return ""


def _short(text: str | None) -> str:
    text = text or ""
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


CHANGES = Page("changes", "/system/changes", "change.title", show)
