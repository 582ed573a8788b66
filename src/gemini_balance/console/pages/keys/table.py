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

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Mapping

    from gemini_balance.console.pages.keys.asking import Asking, Question
    from gemini_balance.console.pages.keys.rows import KeyRow
    from gemini_balance.console.sources import Sources
    from gemini_balance.console.states import State
    from gemini_balance.console.tables import Paging, Query
    from gemini_balance.gateway.calls import Sums
    from gemini_balance.gateway.key_survey import Survey
    from gemini_balance.gateway.key_views import KeyView

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
    seen = await survey(sources.keyring, filter_of(query))
    today = await sources.statistics.keys_today(TODAY)
    found = ordered(seen.found, query["sort"], today)
    part = paging(query, len(found))
    shown = found[max(part.first - 1, 0) : part.last]
    return Keys(
        query,
        seen.total,
        seen.states.total(),
        [(query.but(state=s.name), s, seen.states[state], query["state"] == s.name) for state, s in SHOWN.items()],
        [row(view, lanes_of(sources, view), today, query["model"]) for view in shown],
        part,
        choices(sources, seen),
        asking,
    )


def ordered(found: list[KeyView], sort: str, today: Mapping[str, Sums]) -> list[KeyView]:
    """By age, where nothing else is asked for; those that are alike stay by age."""

    def calls(view: KeyView) -> int:
        return today[view.id].count if view.id in today else 0

    ways = {
        "label": lambda view: (view.label.casefold(), view.shown),
        "state": lambda view: _RANK[view.state],
        "project": lambda view: (view.project or view.inferred).casefold(),
        "calls": calls,
        "used": lambda view: view.used or 0.0,
    }
    way = ways.get(sort.removeprefix("-"))
    return found if way is None else sorted(found, key=way, reverse=sort.startswith("-"))


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
