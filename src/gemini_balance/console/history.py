"""Who changed what, as it is shown: an entry for each change, with what was and what became."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from gemini_balance.console.format import number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gemini_balance.console.words import Words
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
MOMENTS = frozenset({"expires"})
"""Fields that hold seconds since 1970."""
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


def entry_of(change: Change, about: str) -> Entry:
    """Of one value."""
    return Entry(change.at, _who(change), _action(change), about, _one(change))


def entry_of_fields(change: Change, about: str, names: Mapping[str, str], words: Words) -> Entry:
    """`names`: messages for the fields that the change is of."""
    before, after = _object(change.before), _object(change.after)
    said = [name for name in names if before.get(name) != after.get(name)]
    steps = (Step(names[name], *(_told(name, one.get(name), words) for one in (before, after))) for name in said)
    return Entry(change.at, _who(change), _action(change), about, tuple(steps))


def _who(change: Change) -> str:
    return WHO.get(change.who, change.who)


def _action(change: Change) -> str:
    return ACTIONS.get(change.action, change.action)


def _told(name: str, value: object, words: Words) -> str:
    return words.plain_moment(value) if name in MOMENTS and isinstance(value, int | float) else _short(value)


def _one(change: Change) -> tuple[Step, ...]:
    if change.before is None and change.after is None:
        return ()
    return (Step("", _short(_value(change.before)), _short(_value(change.after))),)


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
    elif isinstance(value, int | float) and not isinstance(value, bool):
        text = number(int(value)) if value == int(value) else repr(value)
    else:
        text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return text if len(text) <= MOST else f"{text[:MOST]}…"
