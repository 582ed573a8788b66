"""Templates to HTML. Everything is escaped; a name that isn't there is an error, not an empty place."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.responses import HTMLResponse

from gemini_balance.console import paths
from gemini_balance.console.faults import told
from gemini_balance.console.files import SCRIPTS, STYLES, Files
from gemini_balance.console.marks import MARKS
from gemini_balance.console.shapes import meter

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from jinja2 import BaseLoader, Environment
    from markupsafe import Markup

    from gemini_balance.console.nav import Group
    from gemini_balance.console.page import Page, Visit
    from gemini_balance.console.reader import Reader
    from gemini_balance.console.words import Words

TEMPLATES = Path(__file__).parent / "templates"


def environment(files: Files, nav: Sequence[Group], version: str, loader: BaseLoader | None = None) -> Environment:
    """Templates are compiled once for each process, and never kept in a file that somebody else could write."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # each start would pay for it, few ever look

    made = Environment(
        loader=loader or FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        cache_size=-1,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {
        **MARKS,
        "asset": files.address,
        "icons": files.address("icons.svg"),
        "meter_of": meter,
        "nav": nav,
        "paths": paths,
        "scripts": files.addresses(SCRIPTS),
        "error_words": told,
        "styles": files.addresses(STYLES),
        "version": version,
    }
    return made


@dataclass(frozen=True, slots=True)
class Told:
    """What the action before this page told, ready to be shown."""

    text: Markup
    tone: str
    undo: str = ""  # where its button posts to


class Drawing:
    """The frame around every page is drawn here, what is in it by the page's own template."""

    def __init__(self, make: Callable[[], Environment]) -> None:
        self._make = make
        self._preparing = asyncio.Lock()
        self._prepared = False

    @cached_property
    def _templates(self) -> Environment:
        return self._make()

    async def prepare(self) -> None:
        """Before the first page: all templates are compiled beside the loop, which has calls to serve."""
        async with self._preparing:
            if not self._prepared:
                await asyncio.to_thread(self._compile)
                self._prepared = True

    def _compile(self) -> None:
        for name in self._templates.list_templates():
            self._templates.get_template(name)

    def text(self, template: str, words: Words, view: object) -> str:
        """A piece of a page."""
        return self._templates.get_template(template).render(t=words, view=view)

    def part(self, template: str, words: Words, view: object, status: int = 200) -> HTMLResponse:
        return HTMLResponse(self.text(template, words, view), status, {"vary": "HX-Request"})

    def page(
        self, page: Page, visit: Visit, reader: Reader, view: object, status: int = 200, told: Told | None = None
    ) -> HTMLResponse:
        """A page in the frame with the menu."""
        drawn = {"t": visit.words, "visit": visit, "reader": reader, "page": page, "view": view, "told": told}
        return HTMLResponse(self._templates.get_template(f"{page.name}.html").render(drawn), status)

    def solo(self, template: str, reader: Reader, view: object, status: int = 200) -> HTMLResponse:
        """A page of its own, before anybody is signed in."""
        drawn = {"t": reader.words, "reader": reader, "view": view}
        return HTMLResponse(self._templates.get_template(template).render(drawn), status)
