"""One page with every component, each with the same text in all its places."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import ChoiceLoader, FileSystemLoader

from gemini_balance.console.drawing import TEMPLATES, environment
from gemini_balance.console.files import Files
from gemini_balance.console.nav import NAV
from gemini_balance.console.page import Page
from gemini_balance.console.pages import system
from gemini_balance.console.pools import Cell, Comeback, Share
from gemini_balance.console.quotas import Outlook, Quota
from gemini_balance.console.reader import Reader
from gemini_balance.console.shapes import Chart, Meter, Series, spark
from gemini_balance.console.states import STATES
from gemini_balance.console.tables import Column, Paging, Query
from gemini_balance.console.words import Words

if TYPE_CHECKING:
    from gemini_balance.console.shapes import Spark
    from gemini_balance.console.states import State

NOW = 1_795_329_127.0
AT = [NOW + 1200 * n for n in range(72)]
UP, DOWN = [float(n % 17) for n in range(72)], [float(n % 5) for n in range(72)]
ALL = tuple(STATES.values())
PARTS = Page("parts", "/parts", "system.title", system.PAGE.show)
COLUMNS = (Column("system.keys", "label"), Column("system.calls", "calls"), Column("system.version", css="num"))


LINE = spark([1, 4, 2, 8])
LINES = Chart(AT, [Series("half", "accent-fill", UP), Series("slow", "text-3", DOWN, dashed=True)], low=True)
METER, BACK, PAGING = Meter(62.0, 14.0), Comeback((3.0, 98.0), NOW + 48, NOW + 5280), Paging(1, 100, 250, "", "?page=1")


@dataclass(frozen=True)
class Parts:
    text: str
    spark: Spark | None = LINE
    states: tuple[State, ...] = ALL
    meter: Meter = METER
    comeback: Comeback = BACK
    shares: tuple[Share, ...] = (Share(ALL[0], 9, 0.0, 90.0), Share(ALL[3], 1, 90.3, 9.7))
    columns: tuple[Column, ...] = COLUMNS
    paging: Paging = PAGING
    lines: Chart = LINES

    @property
    def cells(self) -> tuple[Cell, ...]:
        return tuple(Cell(state, self.text, NOW if state is ALL[1] else 0.0, "reason.failures") for state in ALL)

    @property
    def bars(self) -> Chart:
        return Chart(
            AT, [Series(self.text, "accent-pale", UP), Series("failed", "bad-fill", DOWN)], bars=True, unit="k"
        )

    @property
    def quotas(self) -> tuple[Quota, ...]:
        short = Quota(self.text, True, Meter(0.0, 14.8), 59, 400, 341, Outlook("quota.runs_out", "wait", 0, NOW, 3120))
        return short, Quota(self.text, False, None, None, None, 212, Outlook("quota.unknown"))

    @property
    def query(self) -> Query:
        return Query("/console", {"sort": "label", "q": self.text})


def draw(text: str, language: str) -> str:
    """The page as the console would send it."""
    loader = ChoiceLoader([FileSystemLoader(Path(__file__).parent), FileSystemLoader(TEMPLATES)])
    made = environment(Files(), NAV, "0.0.0", loader)
    words = Words(language, UTC, NOW)
    reader = Reader(words, "", exposed=False, path="/console")
    return made.get_template("parts.html").render(t=words, reader=reader, page=PARTS, view=Parts(text), told=None)
