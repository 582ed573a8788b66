"""Models: what callers may ask for, under which names, who may, and what is left of each one's day.

Nothing here asks Google: the list is the one that is kept fresh beside the calls.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gemini_balance.console.page import Page
from gemini_balance.console.pages.models.facts import (
    KINDS,
    WORDS,
    Users,
    described,
    kind_of,
    settings_of,
    stale,
)
from gemini_balance.console.quotas import by_name
from gemini_balance.console.tables import Column, Query, paging
from gemini_balance.core.catalog.aliases import ALIASES
from gemini_balance.core.catalog.models import suffixed
from gemini_balance.core.errors import StoreAway
from gemini_balance.gateway.calls import By, Question, Span

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gemini_balance.console.page import Visit
    from gemini_balance.console.pages.models.facts import Setting, Stale
    from gemini_balance.console.quotas import Quota
    from gemini_balance.console.sources import Sources
    from gemini_balance.console.tables import Paging
    from gemini_balance.console.words import Words
    from gemini_balance.core.catalog.aliases import Alias
    from gemini_balance.gateway.calls import Sums

PATH = "/console/models"
FORECASTS = 10.0  # seconds for which forecasts are good
DAY = 86_400
COLUMNS = (
    Column("models.name", "name"),
    Column("models.kind", "kind", "p2"),
    Column("models.also", css="p2"),
    Column("models.set", css="p3"),
    Column("models.who", css="p3"),
    Column("models.calls", "calls", "num"),
    Column("models.left", "left"),
)


@dataclass(frozen=True, slots=True)
class Row:
    """One model of Google's. `also`: names with a suffix; `calls`: None while that is not known."""

    name: str
    title: str
    kind: str
    also: tuple[str, ...]
    settings: tuple[Setting, ...]
    users: int
    calls: int | None
    errors: int
    quota: Quota | None
    retires: Alias | None

    @property
    def word(self) -> str:
        return WORDS[self.kind]

    @property
    def own_title(self) -> str:
        """What Google calls it, where that is more than its name."""
        return "" if self.title.lower().replace(" ", "-") == self.name else self.title

    @property
    def suffixes(self) -> list[str]:
        return [one.removeprefix(self.name) for one in self.also]

    @property
    def on(self) -> list[Setting]:
        return [one for one in self.settings if one.on]


@dataclass(frozen=True, slots=True)
class Other:
    """A name that Google doesn't list, and what answers for it."""

    alias: Alias
    listed: bool  # it is there after all
    answers: bool  # what answers for it is there


@dataclass(frozen=True, slots=True)
class ModelsView:
    """`known`: has any list come yet; `tokens`: how many may call at all."""

    query: Query
    paging: Paging
    rows: tuple[Row, ...]
    kinds: tuple[str, ...]
    known: int
    tokens: int
    stale: tuple[Stale, ...]
    others: tuple[Other, ...]  # all, or those that are looked for
    columns: tuple[Column, ...] = COLUMNS

    def choices(self, words: Words) -> list[tuple[str, str]]:
        """Of kinds, in the reader's language."""
        return [(kind, words(WORDS[kind])) for kind in self.kinds]


ORDERS: Mapping[str, Callable[[Row], tuple[object, ...]]] = {
    "name": lambda row: (row.name,),
    "kind": lambda row: (KINDS.index(row.kind), row.name),
    "calls": lambda row: (row.calls or 0, row.name),
    "left": lambda row: (_left(row.quota), row.name),
}


async def show(sources: Sources, visit: Visit) -> ModelsView:
    query = Query(PATH, dict(visit.request.query_params))
    rows, users = await rows_of(sources, visit.now)
    found = [row for row in rows if fits(row, query["q"], query["kind"])]
    order = ORDERS.get(query["sort"].removeprefix("-"), ORDERS["name"])
    found.sort(key=order, reverse=query["sort"].startswith("-"))
    shown, listed = paging(query, len(found)), sources.models.listed
    return ModelsView(
        query,
        shown,
        tuple(found[max(shown.first - 1, 0) : shown.last]),
        tuple(kind for kind in KINDS if any(row.kind == kind for row in rows)),
        len(rows),
        users.total,
        stale(sources.options.current, listed),
        tuple(Other(alias, alias.name in listed, alias.successor in listed) for alias in _others(query["q"])),
    )


async def rows_of(sources: Sources, now: float) -> tuple[list[Row], Users]:
    """Every model that some key lists."""
    options, users = sources.options.current, Users(sources.tokens.all())
    quotas = by_name(await sources.forecasts.recent(FORECASTS), now)
    calls = await calls_by_model(sources, now)
    rows = []
    for name, listed in sources.models.entries().items():
        also = suffixed(name, options.search_models, options.image_models)
        sums = (calls or {}).get(name)
        rows.append(
            Row(
                name=name,
                title=described(listed).display_name,
                kind=kind_of(name, listed.methods),
                also=also,
                settings=settings_of(name, options),
                users=users.count(frozenset((name, *also))),
                calls=None if calls is None else sums.count if sums else 0,
                errors=sums.errors if sums else 0,
                quota=quotas.get(name),
                retires=ALIASES.get(name),
            )
        )
    return rows, users


async def calls_by_model(sources: Sources, now: float) -> dict[str, Sums] | None:
    """Of the last 24 hours; None: the database is away."""
    question = Question(span=Span.HOUR, since=now - DAY, until=now + 1, by=By.MODEL, percentiles=False)
    try:
        found = await sources.statistics.ask(question)
    except StoreAway:
        return None
    return {one.name: one for one in found}


def fits(row: Row, q: str, kind: str) -> bool:
    words = " ".join((row.name, row.title, *row.also, *(one.env for one in row.on))).lower()
    return kind in ("", row.kind) and all(word in words for word in q.lower().split())


def _others(q: str) -> Sequence[Alias]:
    wanted = q.lower().split()
    return [one for one in ALIASES.values() if all(word in f"{one.name} {one.successor}" for word in wanted)]


def _left(quota: Quota | None) -> float:
    if quota is None or quota.left is None or not quota.limit:
        return 2.0
    return quota.left / quota.limit


PAGE = Page("models", "/models", "models.title", show)
