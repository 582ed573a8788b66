"""Projects: keys that share a quota, as somebody said or as it seems; what seems so is confirmed or rejected."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from gemini_balance.console import paths
from gemini_balance.console.page import Goes, Page, Said, Stays
from gemini_balance.console.pages.keys.asked import NONE, PATH, SHOWN
from gemini_balance.console.pages.keys.rows import lanes_of, scarcest
from gemini_balance.console.tables import Column, Query, paging
from gemini_balance.core.errors import NotFound
from gemini_balance.core.keys import UnusableKey
from gemini_balance.gateway.key_survey import walk
from gemini_balance.gateway.key_views import only

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gemini_balance.console.forms import Form
    from gemini_balance.console.page import Visit
    from gemini_balance.console.pages.keys.rows import Left
    from gemini_balance.console.sources import Sources
    from gemini_balance.console.states import State
    from gemini_balance.console.tables import Paging
    from gemini_balance.gateway.key_views import KeyState, KeyView

HERE = f"{paths.HOME}/projects"
ROWS = 50
MOST_PROPOSALS, MOST_MEMBERS = 20, 12
FIELDS = ("q", "sort", "page")
COLUMNS = (
    Column("projects.project", "name"),
    Column("projects.keys", "keys", "num"),
    Column("projects.states"),
    Column("projects.left", css="p2c"),
)


@dataclass(slots=True)
class Seen:
    """Of all projects: how many keys each has, in which states, and one of them, since they share what is left."""

    counts: Counter[str] = field(default_factory=Counter)
    states: Counter[tuple[str, KeyState]] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)
    inferred: set[str] = field(default_factory=set)  # those of which nobody has said that they are one


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    count: int
    inferred: bool
    address: str
    states: tuple[tuple[State, int, str], ...]  # how many, and where they are
    left: Left | None


@dataclass(frozen=True, slots=True)
class Proposal:
    """Keys that seem to share a project. `typed`, `wrong`: of the field with the name that it shall have."""

    name: str
    keys: tuple[KeyView, ...]
    more: int
    proofs: int
    typed: str = ""
    wrong: str = ""

    @property
    def count(self) -> int:
        return len(self.keys) + self.more


@dataclass(frozen=True, slots=True)
class Projects:
    """`alone`: keys of no known project."""

    query: Query
    proposals: tuple[Proposal, ...]
    more: int
    rows: tuple[Row, ...]
    paging: Paging
    total: int
    alone: int
    alone_at: str
    columns: tuple[Column, ...] = COLUMNS


async def show(sources: Sources, visit: Visit) -> Projects:
    asked = visit.request.query_params
    return await _shown(sources, Query(HERE, {name: asked[name][:200] for name in FIELDS if asked.get(name)}))


async def _shown(sources: Sources, query: Query, refused: Proposal | None = None) -> Projects:
    seen = await _seen(sources)
    text = query["q"].strip().casefold()
    listed = _ordered(seen, [name for name in seen.counts if name and text in name.casefold()], query["sort"])
    part = paging(query, len(listed), ROWS)
    proposals = _proposals(sources, refused)
    return Projects(
        query,
        proposals[:MOST_PROPOSALS],
        max(0, len(proposals) - MOST_PROPOSALS),
        tuple(_row(sources, seen, name) for name in listed[max(part.first - 1, 0) : part.last]),
        part,
        len(seen.counts) - ("" in seen.counts),
        seen.counts[""],
        f"{PATH}?{urlencode({'project': NONE})}",
    )


async def _seen(sources: Sources) -> Seen:
    seen = Seen()
    async for view in walk(sources.keyring):
        name = view.inferred or view.project
        seen.counts[name] += 1
        seen.states[name, view.state] += 1
        seen.examples.setdefault(name, view.id)
        if view.inferred:
            seen.inferred.add(name)
    return seen


def _ordered(seen: Seen, names: list[str], sort: str) -> list[str]:
    if sort.removeprefix("-") == "keys":
        return sorted(names, key=lambda name: seen.counts[name], reverse=sort.startswith("-"))
    return sorted(names, key=str.casefold, reverse=sort == "-name")


def _row(sources: Sources, seen: Seen, name: str) -> Row:
    shown = [(state, seen.states[name, known]) for known, state in SHOWN.items() if seen.states[name, known]]
    there = {"project": name}
    states = tuple((state, count, f"{PATH}?{urlencode(there | {'state': state.name})}") for state, count in shown)
    (example,) = sources.keyring.views(only(seen.examples[name])) or (None,)
    left = scarcest(lanes_of(sources, example)) if example is not None else None
    return Row(name, seen.counts[name], name in seen.inferred, f"{PATH}?{urlencode(there)}", states, left)


def _proposals(sources: Sources, refused: Proposal | None) -> tuple[Proposal, ...]:
    groups = [group for pool in sources.pools.values() for group in pool.groups()]
    found = (_proposal(sources, group.name, [key.id for key in group.keys], group.proofs) for group in groups)
    return tuple(refused if refused is not None and refused.name == one.name else one for one in found)


def _proposal(
    sources: Sources, name: str, ids: Sequence[str], proofs: int, typed: str = "", wrong: str = ""
) -> Proposal:
    views = sources.keyring.views(only(*ids[:MOST_MEMBERS]))
    return Proposal(name, tuple(views), max(0, len(ids) - MOST_MEMBERS), proofs, typed, wrong)


async def confirm(sources: Sources, visit: Visit, form: Form) -> Goes | Stays:
    name, project = form.one("name"), form.one("project").strip()
    try:
        done = await sources.keyring.confirm(name, visit.operator.name, project)
    except NotFound:
        return _gone()
    except UnusableKey:
        group = next(one for one in sources.keyring.groups() if one.name == name)
        refused = _proposal(sources, name, group.keys, 0, project, "keys.project_wrong")
        return Stays(await _shown(sources, Query(HERE, {}), refused))
    return Goes(HERE, Said("projects.confirmed", {"count": len(done), "project": (project or name)[:60]}))


async def reject(sources: Sources, visit: Visit, form: Form) -> Goes:
    try:
        done = await sources.keyring.reject(form.one("name"), visit.operator.name)
    except NotFound:
        return _gone()
    return Goes(HERE, Said("projects.rejected", {"count": len(done)}))


def _gone() -> Goes:
    return Goes(HERE, Said("projects.gone", tone="wait"))


PAGE = Page("projects", "/projects", "projects.title", show, {"confirm": confirm, "reject": reject})
