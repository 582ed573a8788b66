"""Connect: what to set in each client, and a test call as it would make it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gemini_balance.console import choices
from gemini_balance.console.clients import BY_SLUG, CLIENTS, FORMATS, NO_TOKEN, Filling
from gemini_balance.console.page import Page, Stays
from gemini_balance.console.trial import KINDS, tried

if TYPE_CHECKING:
    from collections.abc import Callable

    from gemini_balance.console.choices import TokenChoice
    from gemini_balance.console.clients import Client
    from gemini_balance.console.forms import Form
    from gemini_balance.console.page import Visit
    from gemini_balance.console.sources import Sources
    from gemini_balance.console.trial import Tried

MISSING = {"anthropic": "connect.missing_anthropic", "responses": "connect.missing_responses"}
"""What to say of formats that the gateway doesn't speak."""


@dataclass(frozen=True, slots=True)
class Guide:
    """One client's settings, filled in; `fill` does so with a text of the client's row."""

    client: Client
    format: str
    missing: str  # a message; empty where the gateway speaks the client's format
    fill: Filling

    @property
    def testable(self) -> bool:
        return self.client.speaks in KINDS


@dataclass(frozen=True, slots=True)
class Connect:
    clients: tuple[Client, ...]
    guide: Guide
    address: str
    tokens: tuple[TokenChoice, ...]
    token: TokenChoice | None
    models: tuple[str, ...]
    model: str
    tried: Tried | None = None

    @property
    def token_choices(self) -> list[tuple[str, str]]:
        return [(one.id, one.label) for one in self.tokens]

    @property
    def model_choices(self) -> list[tuple[str, str]]:
        return [(name, name) for name in self.models]


def guide_of(slug: str, fill: Filling) -> Guide:
    """Of a client that there is not, the first one's."""
    client = BY_SLUG.get(slug, CLIENTS[0])
    return Guide(client, FORMATS[client.speaks], "" if client.offered else MISSING[client.speaks], fill)


async def show(sources: Sources, visit: Visit) -> Connect:
    return view_of(sources, visit, visit.asked)


def view_of(sources: Sources, visit: Visit, asked: Callable[[str], str]) -> Connect:
    """`asked`: the value of a field; empty where it is not there."""
    tokens = choices.tokens(sources)
    token = choices.token(tokens, asked("token"))
    models = choices.models(sources, "chat", token.caller if token else None)
    model = choices.model(models, "chat", asked("model"))
    address = sources.address(visit.request)
    guide = guide_of(asked("client"), Filling(address, NO_TOKEN, model))
    return Connect(CLIENTS, guide, address, tokens, token, models, model)


async def test(sources: Sources, visit: Visit, form: Form) -> Stays:
    view = view_of(sources, visit, form.one)
    if view.token is None or not view.guide.testable:
        return Stays(view)
    found = await tried(sources, visit.request.scope, view.guide.client.speaks, view.token, view.model)
    return Stays(replace(view, tried=found), 200)


PAGE = Page("connect", "/connect", "connect.title", show, {"test": test})
