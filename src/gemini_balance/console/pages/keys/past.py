"""What a key did: its days, its last calls, and what was changed of it."""

from __future__ import annotations

import logging
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from gemini_balance.gateway.calls import By, CallFilter, Question, Span
from gemini_balance.gateway.stores import Subject

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gemini_balance.console.sources import Sources
    from gemini_balance.gateway.calls import KeptCall, Sums
    from gemini_balance.gateway.stores import Change

log = logging.getLogger(__name__)
DAYS = 30
DAY = float(Span.DAY.value)
MOST_MODELS, MOST_CALLS, MOST_CHANGES = 8, 8, 8
FIELDS = {
    "label": "key.label",
    "project": "key.project",
    "tags": "key.tags",
    "notes": "key.notes",
    "weight": "key.weight",
    "models": "key.models",
    "proxy": "key.proxy",
    "tier": "key.tier",
    "shown": "key.secret",
}
ACTIONS = {
    "add": "key.did_add",
    "import": "key.did_import",
    "set": "key.did_set",
    "enable": "key.did_enable",
    "disable": "key.did_disable",
    "reset": "key.did_reset",
    "check": "key.did_check",
    "confirm": "key.did_confirm",
    "reject": "key.did_reject",
    "replace": "key.did_replace",
    "undo": "key.did_undo",
    "export": "key.did_export",
}


@dataclass(frozen=True, slots=True)
class Strip:
    """A model's days, the oldest first: "ok", "wait" (some failed), "bad" (most did) or "none"."""

    model: str
    days: tuple[str, ...]
    calls: int
    errors: int


@dataclass(frozen=True, slots=True)
class Field:
    """What of a key was changed: a message, and both values as text."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Event:
    """`action`: a message."""

    at: float
    who: str
    action: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Past:
    """`away`: the journal did not answer, so that nothing is known of calls."""

    since: float
    strips: tuple[Strip, ...]
    more: int  # models
    calls: tuple[KeptCall, ...]
    events: tuple[Event, ...]
    away: bool

    @property
    def count(self) -> int:
        return sum(strip.calls for strip in self.strips)

    @property
    def errors(self) -> int:
        return sum(strip.errors for strip in self.strips)


async def past_of(sources: Sources, key: str) -> Past:
    now = sources.clock.unix()
    first = now // DAY * DAY - (DAYS - 1) * DAY
    changes = await sources.changes.page(None, MOST_CHANGES, Subject.KEY, key)
    events = tuple(map(event, changes))
    asked = Question(span=Span.DAY, since=first, until=now + 1, key=key, by=By.MODEL, timed=True, percentiles=False)
    try:
        drawn = strips(await sources.statistics.ask(asked), first)
        calls = tuple((await sources.search.page(CallFilter(key=key), MOST_CALLS)).calls)
    except Exception:
        log.warning("The journal does not say what a key did", exc_info=True)
        return Past(first, (), 0, (), events, away=True)
    return Past(first, drawn[:MOST_MODELS], max(0, len(drawn) - MOST_MODELS), calls, events, away=False)


def strips(sums: Sequence[Sums], first: float) -> tuple[Strip, ...]:
    """One for each model, the busiest first. Days without calls are gaps."""
    by_model: defaultdict[str, dict[int, Sums]] = defaultdict(dict)
    for one in sums:
        by_model[one.name][int((one.at - first) // DAY)] = one
    drawn = (
        Strip(
            model,
            tuple(_day(days.get(number)) for number in range(DAYS)),
            sum(one.count for one in days.values()),
            sum(one.errors for one in days.values()),
        )
        for model, days in by_model.items()
    )
    return tuple(sorted(drawn, key=lambda strip: (-strip.calls, strip.model)))


def _day(sums: Sums | None) -> str:
    if sums is None:
        return "none"
    return "ok" if not sums.errors else "bad" if 2 * sums.errors > sums.count else "wait"


def event(change: Change) -> Event:
    before, after = _told(change.before), _told(change.after)
    named = [(message, name) for name, message in FIELDS.items() if name in before or name in after]
    fields = tuple(Field(message, before.get(name, ""), after.get(name, "")) for message, name in named)
    return Event(change.at, change.who, ACTIONS.get(change.action, "key.did_other"), fields)


def _told(text: str | None) -> dict[str, str]:
    try:
        told = msgspec.json.decode(text or "{}")
    except msgspec.DecodeError:
        return {}
    return {name: _plain(value) for name, value in told.items()} if isinstance(told, dict) else {}


def _plain(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)
