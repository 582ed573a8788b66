"""Keys: the list, and what is done to those that are ticked or that the filter matches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gemini_balance.console.page import Page
from gemini_balance.console.pages.keys import bulk
from gemini_balance.console.pages.keys.asked import query_of
from gemini_balance.console.pages.keys.table import keys

if TYPE_CHECKING:
    from gemini_balance.console.page import Visit
    from gemini_balance.console.pages.keys.table import Keys
    from gemini_balance.console.sources import Sources

EVERY = 3.0  # seconds


async def show(sources: Sources, visit: Visit) -> Keys:
    return await keys(sources, query_of(visit.request.query_params))


PAGE = Page("keys", "/keys", "keys.title", show, bulk.ACTIONS, live=EVERY)
