"""The side menu: which pages stand in which group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gemini_balance.console.pages import (
    call,
    calls,
    connect,
    errors,
    first_run,
    models,
    options,
    overview,
    playground,
    projects,
    system,
    tokens,
)
from gemini_balance.console.pages.keys import adding as keys_add
from gemini_balance.console.pages.keys import checking as keys_check
from gemini_balance.console.pages.keys import key
from gemini_balance.console.pages.keys import listing as keys
from gemini_balance.console.pages.models import one as model
from gemini_balance.console.pages.options import bringing as options_import
from gemini_balance.console.pages.options import history as options_history
from gemini_balance.console.pages.tokens import making as token_new
from gemini_balance.console.pages.tokens import one as token

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
    Group("nav.watch", (Row(overview.PAGE, "overview"), Row(calls.PAGE, "calls"), Row(errors.PAGE, "errors"))),
    Group(
        "nav.run",
        (
            Row(keys.PAGE, "key"),
            Row(projects.PAGE, "folder"),
            Row(tokens.PAGE, "token"),
            Row(models.PAGE, "models"),
            Row(options.PAGE, "options"),
            Row(system.PAGE, "system"),
        ),
    ),
    Group("nav.use", (Row(playground.PAGE, "play"), Row(connect.PAGE, "plug"))),
)
UNLISTED = (
    first_run.PAGE,
    call.PAGE,
    keys_add.PAGE,
    keys_check.PAGE,
    key.PAGE,
    token_new.PAGE,
    token.PAGE,
    model.PAGE,
    options_history.PAGE,
    options_import.PAGE,
    system.CHANGES,
)
PAGES = (*(row.page for group in NAV for row in group.rows), *UNLISTED)
"""Every page. One that isn't in the menu (a key's own) is added here; the first path that fits is taken."""
