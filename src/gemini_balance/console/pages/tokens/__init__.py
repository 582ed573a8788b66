"""Tokens: who may call, what each may do, and what it used today."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gemini_balance.console.page import Page
from gemini_balance.console.pages.tokens.standing import ACTIVE, ORIGINS, STATES, standing_of
from gemini_balance.console.pages.tokens.usage import today
from gemini_balance.console.shapes import Meter, meter
from gemini_balance.console.tables import Column, Query, paging

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gemini_balance.console.page import Visit
    from gemini_balance.console.sources import Sources
    from gemini_balance.console.states import State
    from gemini_balance.console.tables import Paging
    from gemini_balance.gateway.calls import Sums
    from gemini_balance.gateway.stores import KeptToken

PATH = "/console/tokens"
COLUMNS = (
    Column("tokens.name", "name"),
    Column("tokens.state"),
    Column("tokens.origin", css="p3"),
    Column("tokens.models"),
    Column("tokens.tags", css="p3"),
    Column("tokens.rpm", css="num p2"),
    Column("tokens.today", "today"),
    Column("tokens.expires", "expires", "p2"),
    Column("tokens.last_used", "last"),
)


@dataclass(frozen=True, slots=True)
class Row:
    """One token. `used`: tokens since 00:00 UTC; `calls`: None while that is not known; `left` of its day's tokens."""

    token: KeptToken
    state: State
    used: int
    calls: int | None
    left: Meter | None

    @property
    def origin(self) -> str:
        """A message."""
        return ORIGINS[self.token.origin]

    @property
    def models(self) -> list[str]:
        return sorted(self.token.models)

    @property
    def tags(self) -> list[str]:
        return sorted(self.token.tags)

    @property
    def tail(self) -> str:
        """Its last characters, where they aren't its name anyway."""
        return "" if self.token.name == f"…{self.token.shown}" else self.token.shown


@dataclass(frozen=True, slots=True)
class TokensView:
    query: Query
    paging: Paging
    rows: tuple[Row, ...]
    total: int
    counts: tuple[tuple[State, int], ...]
    columns: tuple[Column, ...] = COLUMNS

    @property
    def serving(self) -> int:
        return next((count for state, count in self.counts if state is ACTIVE), 0)


ORDERS: Mapping[str, Callable[[Row], tuple[object, ...]]] = {
    "name": lambda row: (row.token.name.lower(), row.token.id),
    "today": lambda row: (row.used, row.token.id),
    "expires": lambda row: (row.token.expires or float("inf"), row.token.id),
    "last": lambda row: (row.token.last_used or 0.0, row.token.id),
}


async def show(sources: Sources, visit: Visit) -> TokensView:
    used = await today(sources, visit.now)
    rows = [row_of(sources, token, used, visit.now) for token in sources.tokens.all()]
    query = Query(PATH, dict(visit.request.query_params))
    counts = Counter(row.state.name for row in rows)
    found = _ordered([row for row in rows if fits(row, query["q"], query["state"])], query["sort"])
    shown = paging(query, len(found))
    return TokensView(
        query,
        shown,
        tuple(found[max(shown.first - 1, 0) : shown.last]),
        len(rows),
        tuple((state, counts[state.name]) for state in STATES if counts[state.name]),
    )


def row_of(sources: Sources, token: KeptToken, used: Mapping[str, Sums] | None, now: float) -> Row:
    """What decides about the limit of a day is what this process has counted; of others the journal knows."""
    sums = (used or {}).get(token.id)
    counted = sources.tokens.used_today(token.id) if token.tokens_per_day else sums.usage.total if sums else 0
    left = meter(token.tokens_per_day - counted, token.tokens_per_day) if token.tokens_per_day else None
    calls = None if used is None else sums.count if sums else 0
    return Row(token, standing_of(token, now), counted, calls, left)


def fits(row: Row, q: str, state: str) -> bool:
    token = row.token
    words = " ".join((token.name, token.shown, token.id, *token.models, *token.tags)).lower()
    return state in ("", row.state.name) and all(word in words for word in q.lower().split())


def _ordered(rows: Sequence[Row], sort: str) -> Sequence[Row]:
    """The oldest first, unless another order is asked for."""
    order = ORDERS.get(sort.removeprefix("-"))
    return rows if order is None else sorted(rows, key=order, reverse=sort.startswith("-"))


PAGE = Page("tokens", "/tokens", "tokens.title", show)
