"""What was changed of options: of one, or of all, the newest first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from gemini_balance.console.history import entry_of
from gemini_balance.console.page import Page
from gemini_balance.core.options import ROWS
from gemini_balance.gateway.stores import Subject

if TYPE_CHECKING:
    from gemini_balance.console.history import Entry
    from gemini_balance.console.page import Visit
    from gemini_balance.console.sources import Sources
    from gemini_balance.gateway.stores import Change

PATH = "/console/options/history"
MOST = 50


@dataclass(frozen=True, slots=True)
class HistoryView:
    """`name`, `env`: the option that is asked for; empty: all. `older` leads on, and is empty at the end."""

    name: str
    env: str
    entries: tuple[Entry, ...]
    older: str


async def show(sources: Sources, visit: Visit) -> HistoryView:
    """An option that is none has no history."""
    asked, before = visit.asked("name"), visit.asked("before")
    name = asked if asked in ROWS else ""
    number = int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None
    found = await sources.changes.page(number, MOST + 1, Subject.OPTION, name)
    shown = found[:MOST]
    older = _older(name, shown[-1]) if len(found) > MOST else ""
    entries = tuple(entry_of(change, visit.words.option(change.target)) for change in shown)
    return HistoryView(name, ROWS[name].env if name else "", entries, older)


def _older(name: str, last: Change) -> str:
    return f"{PATH}?{urlencode({'name': name, 'before': last.id} if name else {'before': last.id})}"


PAGE = Page("options_history", "/options/history", "options.history", show)
