"""The list of keys: searched, filtered, sorted, and a part of it drawn."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gemini_balance.console.pages.keys.asked import NONE, SHOWN, filter_of
from gemini_balance.console.pages.keys.asking import QUESTIONS
from gemini_balance.console.pages.keys.rows import OFF, lanes_of, row
from gemini_balance.console.states import REASONS
from gemini_balance.console.tables import Column, paging
from gemini_balance.gateway.key_survey import survey
from gemini_balance.gateway.key_views import only

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable, Mapping

    from gemini_balance.console.pages.keys.asking import Asking, Question
    from gemini_balance.console.pages.keys.rows import KeyRow
    from gemini_balance.console.sources import Sources
    from gemini_balance.console.states import State
    from gemini_balance.console.tables import Paging, Query
    from gemini_balance.gateway.calls import Sums
    from gemini_balance.gateway.key_survey import Survey
    from gemini_balance.gateway.key_views import KeyView

ROWS = 50
TODAY = 5.0  # seconds for which sums of the journal are good
MOST_CHOICES = 200  # of a filter, those with most keys
COLUMNS = (
    Column("keys.key", "label"),
    Column("keys.state", "state"),
    Column("keys.why"),
    Column("keys.project", "project", "p2"),
    Column("keys.tags", css="p3"),
    Column("keys.left", css="p2c"),
    Column("keys.calls", "calls", "num"),
    Column("keys.used", "used", "num p2"),
)
_RANK = {state: rank for rank, state in enumerate(SHOWN)}
_REASONS = {cause.value: message for cause, message in REASONS.items()} | OFF


@dataclass(frozen=True, slots=True)
class Choices:
    """What each filter offers: pairs of value and text, or of value and message."""

    projects: list[tuple[str, str]]
    tags: list[tuple[str, str]]
    models: list[tuple[str, str]]
    reasons: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Keys:
    """`total`: all keys there are; `states`: address, State, how many, whether it is the one that is shown."""

    query: Query
    total: int
    anyhow: int  # that fit, whatever their state
    states: list[tuple[str, State, int, bool]]
    rows: list[KeyRow]
    paging: Paging
    choices: Choices
    asking: Asking | None = None
    columns: tuple[Column, ...] = COLUMNS
    questions: Mapping[str, Question] = field(default_factory=lambda: QUESTIONS)


async def keys(sources: Sources, query: Query, asking: Asking | None = None) -> Keys:
    today = await sources.statistics.keys_today(TODAY)
    sort = query["sort"]
    way = orders(today).get(sort.removeprefix("-"))
    seen = await survey(sources.keyring, filter_of(query), *((way,) if way else ()), down=sort.startswith("-"))
    part = paging(query, len(seen.found), ROWS)
    ids = seen.found[max(part.first - 1, 0) : part.last]
    views = {view.id: view for view in sources.keyring.views(only(*ids))}
    return Keys(
        query,
        seen.total,
        seen.states.total(),
        [(query.but(state=s.name), s, seen.states[state], query["state"] == s.name) for state, s in SHOWN.items()],
        [row(views[name], lanes_of(sources, views[name]), today, query["model"]) for name in ids if name in views],
        part,
        choices(sources, seen),
        asking,
    )


def orders(today: Mapping[str, Sums]) -> Mapping[str, Callable[[KeyView], str | float]]:
    """What each sort of the columns compares."""
    return {
        "label": lambda view: f"{view.label.casefold()}\0{view.shown}",
        "state": lambda view: _RANK[view.state],
        "project": lambda view: (view.project or view.inferred).casefold(),
        "calls": lambda view: today[view.id].count if view.id in today else 0,
        "used": lambda view: view.used or 0.0,
    }


def choices(sources: Sources, seen: Survey) -> Choices:
    asked = {lane.model for pool in sources.pools.values() for lane in pool.lanes.values() if lane.model}
    models = sorted(asked | set(_common(seen.models)))[:MOST_CHOICES]
    return Choices(
        _named(seen.projects),
        _named(seen.tags),
        [(model, model) for model in models],
        [(name, _REASONS.get(name, "reason.failures")) for name in sorted(seen.reasons)],
    )


def _named(counts: Counter[str]) -> list[tuple[str, str]]:
    names = [(name, name) for name in _common(counts) if name]
    return [*names, (NONE, "")] if counts[""] and names else names


def _common(counts: Counter[str]) -> list[str]:
    return sorted(name for name, _ in counts.most_common(MOST_CHOICES))
