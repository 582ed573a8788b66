"""A model's own page: what Google says of it, what options say of it, who may use it, and how its day goes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gemini_balance.console.page import Page
from gemini_balance.console.pages.models import rows_of
from gemini_balance.console.pages.models.facts import Users, described
from gemini_balance.core.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gemini_balance.console.page import Visit
    from gemini_balance.console.pages.models import Row
    from gemini_balance.console.pages.models.facts import Described
    from gemini_balance.console.sources import Sources
    from gemini_balance.gateway.stores import KeptToken

MOST_TOKENS = 20


@dataclass(frozen=True, slots=True)
class ModelView:
    """`tokens`: the first of those that may use it, of `row.users`; `all_tokens`: of how many."""

    row: Row
    described: Described
    methods: tuple[str, ...]
    tokens: Sequence[KeptToken]
    all_tokens: int


async def show(sources: Sources, visit: Visit) -> ModelView:
    """Raises NotFound for what no key lists."""
    name = visit.request.path_params["name"]
    rows, users = await rows_of(sources, visit.now)
    row = next((one for one in rows if one.name == name), None)
    if row is None:
        raise NotFound(f"No key lists a model named {name[:100]!r}.")
    listed = sources.models.entries()[name]
    return ModelView(row, described(listed), tuple(sorted(listed.methods)), _users(users, row), users.total)


def _users(users: Users, row: Row) -> Sequence[KeptToken]:
    return users.who(frozenset((row.name, *row.also)))[:MOST_TOKENS]


PAGE = Page("model", "/models/{name}", "models.one", show)
