"""A client token's own page: what it may do, what it used, and who changed it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gemini_balance.console.history import entry_of_fields
from gemini_balance.console.page import Goes, Page, Said, Stays
from gemini_balance.console.pages.tokens import PATH, row_of
from gemini_balance.console.pages.tokens.standing import WHY
from gemini_balance.console.pages.tokens.terms import fault_in, terms_of, typed_in, typed_of
from gemini_balance.console.pages.tokens.usage import PERIODS, by_model, period, today
from gemini_balance.core.errors import BadRequest
from gemini_balance.gateway.stores import Subject
from gemini_balance.gateway.token_rows import Terms

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gemini_balance.console.forms import Form
    from gemini_balance.console.history import Entry
    from gemini_balance.console.page import Visit
    from gemini_balance.console.pages.tokens import Row
    from gemini_balance.console.pages.tokens.terms import Fault, Typed
    from gemini_balance.console.pages.tokens.usage import Period
    from gemini_balance.console.sources import Sources
    from gemini_balance.gateway.calls import Sums
    from gemini_balance.gateway.stores import KeptToken

CHANGES = 20
FIELDS = {
    "name": "tokens.name",
    "models": "tokens.models",
    "tags": "tokens.tags",
    "rpm": "tokens.rpm",
    "tokens_per_day": "tokens.tokens_per_day",
    "expires": "tokens.expires",
}


@dataclass(frozen=True, slots=True)
class TokenView:
    """`why` is a message; `day` and `week` are None while the database is away; `shown`: which of them is drawn."""

    row: Row
    why: str
    typed: Typed
    faults: Mapping[str, Fault]
    day: Period | None
    week: Period | None
    shown: str
    models: Sequence[Sums]
    history: tuple[Entry, ...]

    @property
    def token(self) -> KeptToken:
        return self.row.token

    @property
    def drawn(self) -> Period | None:
        return self.week if self.shown == "7d" else self.day


async def show(sources: Sources, visit: Visit) -> TokenView:
    """Raises NotFound."""
    token = sources.tokens.get(visit.request.path_params["id"])
    return await _view(sources, visit, token, typed_of(token, visit.words.zone), {})


async def change(sources: Sources, visit: Visit, form: Form) -> Goes | Stays:
    token = sources.tokens.get(visit.request.path_params["id"])
    typed, before = typed_in(form), typed_of(token, visit.words.zone)
    terms, faults = terms_of(typed, visit.words.zone, before)
    if faults:
        return Stays(await _view(sources, visit, token, typed, faults))
    if terms == Terms():
        return Goes(_path(token), Said("tokens.nothing", {"name": token.name}, "wait"))
    try:
        changed = await sources.tokens.change(token.id, terms, visit.operator.name)
    except BadRequest as error:
        return Stays(await _view(sources, visit, token, typed, fault_in(error.param)))
    return Goes(_path(token), Said("tokens.changed", {"name": changed.name}))


async def disable(sources: Sources, visit: Visit, form: Form) -> Goes:
    token = await sources.tokens.disable(visit.request.path_params["id"], visit.operator.name)
    return Goes(_back(form, token), Said("tokens.was_disabled", {"name": token.name}))


async def enable(sources: Sources, visit: Visit, form: Form) -> Goes:
    token = await sources.tokens.enable(visit.request.path_params["id"], visit.operator.name)
    return Goes(_back(form, token), Said("tokens.was_enabled", {"name": token.name}))


async def revoke(sources: Sources, visit: Visit, _: Form) -> Goes:
    token = sources.tokens.get(visit.request.path_params["id"])
    await sources.tokens.delete(token.id, visit.operator.name)
    return Goes(PATH, Said("tokens.was_revoked", {"name": token.name}))


async def _view(
    sources: Sources, visit: Visit, token: KeptToken, typed: Typed, faults: Mapping[str, Fault]
) -> TokenView:
    row = row_of(sources, token, await today(sources, visit.now), visit.now)
    changes = await sources.changes.page(None, CHANGES, Subject.TOKEN, token.id)
    asked = visit.asked("period")
    return TokenView(
        row=row,
        why=WHY[row.state.name],
        typed=typed,
        faults=faults,
        day=await period(sources, visit.words, token.id, "24h"),
        week=await period(sources, visit.words, token.id, "7d"),
        shown=asked if asked in PERIODS else "24h",
        models=await by_model(sources, token.id, visit.now),
        history=tuple(entry_of_fields(one, token.name, FIELDS, visit.words) for one in changes),
    )


def _path(token: KeptToken) -> str:
    return f"{PATH}/{token.id}"


def _back(form: Form, token: KeptToken) -> str:
    """To the list, where it was asked for there."""
    return PATH if form.one("from") == "list" else _path(token)


ACTIONS = {"change": change, "disable": disable, "enable": enable, "revoke": revoke}
PAGE = Page("token", "/tokens/{id}", "tokens.one", show, ACTIONS)
