"""Who changed what: the latest on the page about the system, all of them on a page of their own."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gemini_balance.console import paths
from gemini_balance.console.names import key_names, token_names
from gemini_balance.console.page import Page
from gemini_balance.console.pages.system.alerts import WORDS, keys_in
from gemini_balance.console.pages.system.told import alert_in, what_of
from gemini_balance.console.tables import Query
from gemini_balance.core.alert_kinds import Kind
from gemini_balance.core.options import ROWS
from gemini_balance.gateway.stores import Subject

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gemini_balance.console.names import KeyName
    from gemini_balance.console.page import Visit
    from gemini_balance.console.pages.system.told import What
    from gemini_balance.console.sources import Sources
    from gemini_balance.console.words import Words
    from gemini_balance.gateway.stores import Change

FEW, MANY = 6, 50
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
    "returned": "change.returned",
    "reject": "change.reject",
    "replace": "change.replace",
    "reset": "change.reset",
    "reset password": "change.reset_password",
    "set": "change.set",
    "sign out everywhere": "change.sign_out",
    "undo": "change.undo",
    "unlisted": "change.unlisted",
}
"""The words that the log has → ours; another one stands as it is."""


MANY_OF = {Subject.KEY: "change.keys", Subject.TOKEN: "change.tokens", Subject.JOURNAL: "change.details"}


@dataclass(frozen=True, slots=True)
class Target:
    """What was changed. `name`: how it is called elsewhere; `address`: of its page; both may be empty."""

    shown: str
    name: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One thing that somebody did."""

    at: float
    who: str
    action: str
    subject: str
    target: Target
    what: What


@dataclass(frozen=True, slots=True)
class Names:
    """What keys and client tokens are called, by their ids."""

    keys: Mapping[str, KeyName] = field(default_factory=dict)
    tokens: Mapping[str, str] = field(default_factory=dict)


NAMELESS = Names()


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
    return _rows(sources, t, found)


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
        rows=_rows(sources, t, found[:MANY]),
        older=older,
        newest=query.but(before="") if query["before"] else "",
    )


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


def _rows(sources: Sources, t: Words, changes: Sequence[Change]) -> tuple[ChangeRow, ...]:
    keys = [change.target for change in changes if change.subject is Subject.KEY and change.count is None]
    alerts = (alert_in(change) for change in changes if change.subject is Subject.ALERT)
    keys += [key for alert in alerts if alert is not None for key in keys_in(alert)]
    tokens = any(change.subject is Subject.TOKEN for change in changes)
    names = Names(key_names(sources, keys), token_names(sources) if tokens else {})
    return tuple(row_of(t, change, names) for change in changes)


def row_of(t: Words, change: Change, names: Names = NAMELESS) -> ChangeRow:
    who, action = WHO.get(change.who), ACTIONS.get(change.action)
    return ChangeRow(
        change.at,
        t(who) if who else change.who,
        t(action) if action else change.action,
        t(SUBJECTS[change.subject]),
        _target(t, change, names),
        what_of(t, change, names.keys),
    )


def _target(t: Words, change: Change, names: Names) -> Target:
    many = MANY_OF.get(change.subject)
    if many is not None and change.count is not None:
        return Target(t(many, count=change.count))
    match change.subject:
        case Subject.KEY if change.target in names.keys:
            key = names.keys[change.target]
            return Target(f"{key.label} {key.shown}".strip(), address=key.address)
        case Subject.TOKEN if change.target in names.tokens:
            return Target(names.tokens[change.target])
        case Subject.OPTION if change.target in ROWS:
            address = f"{paths.OPTIONS}/history?name={change.target}"
            return Target(t.option(change.target), ROWS[change.target].env, address)
        case Subject.ALERT if change.target in set(Kind):
            return Target(t(WORDS[Kind(change.target)]))
        case Subject.ACCOUNT if change.target in WHO:
            return Target(t(WHO[change.target]))
        case _:
            return Target(change.target)


CHANGES = Page("changes", "/system/changes", "change.title", show)
