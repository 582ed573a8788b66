"""The side menu: which pages stand in which group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gemini_balance.console.pages import connect, first_run, overview, playground, system

if TYPE_CHECKING:
    from gemini_balance.console.page import Page


@dataclass(frozen=True, slots=True)
class Row:
    page: Page
    icon: str  # in static/icons.svg


@dataclass(frozen=True, slots=True)
class Group:
    title: str  # a message
    rows: tuple[Row, ...]


NAV = (
    Group("nav.watch", (Row(overview.PAGE, "overview"),)),
    Group("nav.run", (Row(system.PAGE, "system"),)),
    Group("nav.use", (Row(playground.PAGE, "play"), Row(connect.PAGE, "plug"))),
)
PAGES = (*(row.page for group in NAV for row in group.rows), first_run.PAGE)
"""Every page. One that isn't in the menu (a key's own) is added here."""
