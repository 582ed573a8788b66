"""Taking over an export: pasted or chosen, looked at, then taken whole or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from gemini_balance.console.page import Goes, Page, Said, Stays
from gemini_balance.console.pages.options.edits import difference
from gemini_balance.console.pages.options.fields import fault_of
from gemini_balance.core.options import ROWS, OptionError

if TYPE_CHECKING:
    from gemini_balance.console.forms import Form
    from gemini_balance.console.page import Visit
    from gemini_balance.console.pages.options.edits import Difference
    from gemini_balance.console.pages.options.fields import Fault
    from gemini_balance.console.sources import Sources
    from gemini_balance.core.options import Json


@dataclass(frozen=True, slots=True)
class ImportView:
    """`planned`: None until it was looked at; `unknown`: names that are no options here; `env`: what can't be taken."""

    text: str = ""
    planned: tuple[Difference, ...] | None = None
    unknown: tuple[str, ...] = ()
    fault: Fault | None = None
    env: str = ""
    unreadable: bool = False


async def show(_: Sources, __: Visit) -> ImportView:
    return ImportView()


async def preview(sources: Sources, _: Visit, form: Form) -> Stays:
    text = form.one("document")
    try:
        found = sources.options.preview(_document(text))
    except OptionError as error:
        return Stays(_refused(text, error))
    planned = tuple(difference(one.name, one.before, one.after) for one in found.planned)
    return Stays(ImportView(text, planned, found.unknown), 200)


async def apply(sources: Sources, visit: Visit, form: Form) -> Goes | Stays:
    text = form.one("document")
    try:
        done = await sources.options.bring_in(_document(text), visit.operator.name)
    except OptionError as error:
        return Stays(_refused(text, error))
    return Goes("/console/options", Said("options.saved", {"count": len(done.planned)}))


def _document(text: str) -> Json:
    try:
        document: Json = msgspec.json.decode(text)
    except msgspec.DecodeError as error:
        raise OptionError(str(error)) from error
    return document


def _refused(text: str, error: OptionError) -> ImportView:
    name = error.param or ""
    if name not in ROWS:
        return ImportView(text, unreadable=True)
    return ImportView(text, fault=fault_of(name), env=ROWS[name].env)


PAGE = Page("options_import", "/options/import", "options.import", show, {"preview": preview, "apply": apply})
