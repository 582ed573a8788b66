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
MOST_PROPOSALS, MOST_MEMBERS = 20, 12
FIELDS = ("q", "sort", "page")
COLUMNS = (
    Column("projects.project", "name"),
    Column("projects.keys", "keys", "num"),
    Column("projects.states"),
    Column("projects.left", css="p2c"),
)


@dataclass(slots=True)
class Project:
    """`inferred`: nobody has said that these are one. `example`: any of its keys, since they share what is left."""

    name: str
    inferred: bool
    states: Counter[KeyState] = field(default_factory=Counter)
    example: KeyView | None = None

    @property
    def count(self) -> int:
        return self.states.total()


@dataclass(frozen=True, slots=True)
class Row:
    project: Project
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
    found = await _found(sources)
    alone = found.pop("", None)
    text = query["q"].strip().casefold()
    listed = _ordered([one for one in found.values() if text in one.name.casefold()], query["sort"])
    part = paging(query, len(listed))
    proposals = _proposals(sources, refused)
    return Projects(
        query,
        proposals[:MOST_PROPOSALS],
        max(0, len(proposals) - MOST_PROPOSALS),
        tuple(_row(sources, one) for one in listed[max(part.first - 1, 0) : part.last]),
        part,
        len(found),
        alone.count if alone else 0,
        f"{PATH}?{urlencode({'project': NONE})}",
    )


async def _found(sources: Sources) -> dict[str, Project]:
    found: dict[str, Project] = {}
    async for view in walk(sources.keyring):
        name = view.inferred or view.project
        project = found.setdefault(name, Project(name, bool(view.inferred)))
        project.states[view.state] += 1
        project.example = project.example or view
    return found


def _ordered(found: list[Project], sort: str) -> list[Project]:
    if sort.removeprefix("-") == "keys":
        return sorted(found, key=lambda one: (one.count, one.name), reverse=sort.startswith("-"))
    return sorted(found, key=lambda one: one.name.casefold(), reverse=sort == "-name")


def _row(sources: Sources, project: Project) -> Row:
    shown = [(state, project.states[key_state]) for key_state, state in SHOWN.items() if project.states[key_state]]
    there = {"project": project.name}
    states = tuple((state, count, f"{PATH}?{urlencode(there | {'state': state.name})}") for state, count in shown)
    left = scarcest(lanes_of(sources, project.example)) if project.example is not None else None
    return Row(project, f"{PATH}?{urlencode(there)}", states, left)


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
