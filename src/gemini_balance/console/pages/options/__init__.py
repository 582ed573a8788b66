"""Options: every one with its value, where that comes from, and a field to change it. Saved all at once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec

from gemini_balance.console.page import Download, Goes, Page, Part, Said, Stays
from gemini_balance.console.pages.options.edits import NONE, edits_in
from gemini_balance.console.pages.options.shown import drawn
from gemini_balance.gateway.stores import Subject

if TYPE_CHECKING:
    from gemini_balance.console.forms import Form
    from gemini_balance.console.page import Visit
    from gemini_balance.console.pages.options.edits import Edits
    from gemini_balance.console.pages.options.shown import OptionsView
    from gemini_balance.console.sources import Sources
    from gemini_balance.gateway.stores import Change

PATH = "/console/options"
REMEMBERED = 500  # changes that are looked through for the last one of each option
EXPORT = "gemini-balance-options.json"


async def show(sources: Sources, visit: Visit) -> OptionsView:
    return await _view(sources, visit, NONE)


async def save(sources: Sources, visit: Visit, form: Form) -> Goes | Stays:
    """All that was changed, or nothing of it."""
    edits = edits_in(form, sources.options)
    if edits.faults:
        return Stays(await _view(sources, visit, edits))
    changes = await sources.options.save(edits.values, edits.back, visit.operator.name)
    told = Said("options.saved", {"count": len(changes)}) if changes else Said("options.nothing", tone="wait")
    return Goes(PATH, told)


async def preview(sources: Sources, visit: Visit, form: Form) -> Part:
    """What `save` would do with the form as it stands, and what is wrong with it."""
    edits = edits_in(form, sources.options)
    return Part("options.bar.html", replace(drawn(sources.options, visit.words.language, edits), complete=False))


async def export(sources: Sources, _: Visit, __: Form) -> Download:
    document = msgspec.json.format(msgspec.json.encode(sources.options.export()), indent=2)
    return Download(EXPORT, "application/json", document)


async def _view(sources: Sources, visit: Visit, edits: Edits) -> OptionsView:
    language, last = visit.words.language, await _last(sources)
    return drawn(sources.options, language, edits, last, visit.asked("q"), changed=bool(visit.asked("changed")))


async def _last(sources: Sources) -> dict[str, Change]:
    """The last change of each option."""
    newest = await sources.changes.page(None, REMEMBERED, Subject.OPTION)
    return {change.target: change for change in reversed(newest)}


PAGE = Page("options", "/options", "options.title", show, {"save": save, "preview": preview, "export": export})
