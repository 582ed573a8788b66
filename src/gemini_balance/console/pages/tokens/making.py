"""A new client token: what it may do is typed, and what callers send is shown once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gemini_balance.console.page import Page, Stays
from gemini_balance.console.pages.tokens.terms import Typed, fault_in, terms_of, typed_in
from gemini_balance.core.errors import BadRequest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gemini_balance.console.forms import Form
    from gemini_balance.console.page import Visit
    from gemini_balance.console.pages.tokens.terms import Fault
    from gemini_balance.console.sources import Sources
    from gemini_balance.gateway.tokens import Made


@dataclass(frozen=True, slots=True)
class NewView:
    """`made`: the token, once it is there; its secret is in this one answer and nowhere else."""

    typed: Typed = field(default_factory=Typed)
    faults: Mapping[str, Fault] = field(default_factory=dict)
    made: Made | None = None


async def show(_: Sources, __: Visit) -> NewView:
    return NewView()


async def make(sources: Sources, visit: Visit, form: Form) -> Stays:
    typed = typed_in(form)
    terms, faults = terms_of(typed, visit.words.zone)
    if faults:
        return Stays(NewView(typed, faults))
    try:
        made = await sources.tokens.make(terms, visit.operator.name, form.one("secret").strip())
    except BadRequest as error:
        return Stays(NewView(typed, fault_in(error.param)))
    return Stays(NewView(typed, made=made), 201)


PAGE = Page("token_new", "/tokens/new", "tokens.new", show, {"make": make})
