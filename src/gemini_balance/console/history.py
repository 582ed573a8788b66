"""Who changed what, as it is shown: an entry for each change, with what was and what became."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gemini_balance.gateway.stores import Change

WHO = {
    "operator": "history.operator",
    "environment": "history.environment",
    "command line": "history.command_line",
}
ACTIONS = {
    "set": "history.set",
    "reset": "history.reset",
    "import": "history.import",
    "make": "history.make",
    "change": "history.change",
    "disable": "history.disable",
    "enable": "history.enable",
    "delete": "history.delete",
    "added": "history.added",
    "returned": "history.returned",
    "unlisted": "history.unlisted",
}
MOST = 200  # characters of a value


@dataclass(frozen=True, slots=True)
class Step:
    """`name` is a message, or empty where the change is of one thing."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Entry:
    """`who` and `action` are messages where we know them, `known` says which; `about`: what was changed."""

    at: float
    who: str
    action: str
    about: str
    steps: tuple[Step, ...]

    @property
    def who_known(self) -> bool:
        return self.who in WHO.values()

    @property
    def action_known(self) -> bool:
        return self.action in ACTIONS.values()


def entry_of(change: Change, about: str, names: Mapping[str, str] | None = None) -> Entry:
    """`names`: messages for the fields of a change that holds several."""
    who, action = WHO.get(change.who, change.who), ACTIONS.get(change.action, change.action)
    steps = _fields(change, names) if names else _one(change)
    return Entry(change.at, who, action, about, steps)


def _one(change: Change) -> tuple[Step, ...]:
    if change.before is None and change.after is None:
        return ()
    return (Step("", _short(_value(change.before)), _short(_value(change.after))),)


def _fields(change: Change, names: Mapping[str, str]) -> tuple[Step, ...]:
    before, after = _object(change.before), _object(change.after)
    said = [name for name in names if before.get(name) != after.get(name)]
    return tuple(Step(names[name], _short(before.get(name)), _short(after.get(name))) for name in said)


def _object(text: str | None) -> Mapping[str, object]:
    value = _value(text)
    return value if isinstance(value, dict) else {}


def _value(text: str | None) -> object:
    try:
        return None if text is None else msgspec.json.decode(text)
    except msgspec.DecodeError:
        return text


def _short(value: object) -> str:
    """What is not there, or holds nothing, is empty."""
    if value is None or value in ("", [], {}):
        return ""
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        text = ", ".join(value)
    else:
        text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return text if len(text) <= MOST else f"{text[:MOST]}…"
