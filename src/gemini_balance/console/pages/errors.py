"""Errors: what fails, how often, and what to do about each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from gemini_balance.console import paths
from gemini_balance.console.faults import fault_named
from gemini_balance.console.names import key_names
from gemini_balance.console.page import Page
from gemini_balance.gateway.calls import Question, Span

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gemini_balance.console.faults import Fault
    from gemini_balance.console.names import KeyName
    from gemini_balance.console.page import Visit
    from gemini_balance.console.sources import Sources
    from gemini_balance.gateway.failing import FailureClass

EVERY = 10.0  # seconds: each look counts what failed
RANGES = {
    "1h": ("errors.1h", "errors.in_1h", Span.MINUTE, 3600.0),
    "24h": ("errors.24h", "errors.in_24h", Span.HOUR, 86_400.0),
    "7d": ("errors.7d", "errors.in_7d", Span.HOUR, 604_800.0),
}
USUAL = "24h"
MOST_CLASSES = 60


@dataclass(frozen=True, slots=True)
class Row:
    """One class. `calls`: the address of those behind it; `latest`: that of the last one."""

    failed: FailureClass
    fault: Fault
    calls: str
    latest: str
    keys: tuple[KeyName, ...]


@dataclass(frozen=True, slots=True)
class ErrorsView:
    """`total`: calls of all kinds. `since`: from when on failures were counted; `whole`: was that all of the time?"""

    range: str
    said: str  # the range, as a message
    ranges: tuple[tuple[str, str, bool], ...]  # address, message, is it the one that is shown
    rows: tuple[Row, ...]
    more: int
    failed: int
    total: int
    since: float
    whole: bool


async def show(sources: Sources, visit: Visit) -> ErrorsView:
    asked = visit.asked("range")
    asked = asked if asked in RANGES else USUAL
    _, said, span, seconds = RANGES[asked]
    since = visit.now - seconds
    found = await sources.search.failures(since)
    sums = await sources.statistics.ask(Question(span=span, since=since, until=visit.now + 1, percentiles=False))
    shown = found.classes[:MOST_CLASSES]
    names = key_names(sources, [key for one in shown for key, _ in one.keys.named])
    return ErrorsView(
        range=asked,
        said=said,
        ranges=tuple((f"{paths.ERRORS}?range={name}", row[0], name == asked) for name, row in RANGES.items()),
        rows=tuple(_row(one, asked, names) for one in shown),
        more=len(found.classes) - len(shown),
        failed=found.calls,
        total=max(found.calls, sum(one.count for one in sums)),
        since=found.back_to,
        whole=found.back_to <= since,
    )


def _row(one: FailureClass, asked: str, names: Mapping[str, KeyName]) -> Row:
    calls = f"{paths.CALLS}?{urlencode({'class': one.name, 'range': asked})}"
    keys = tuple(names[key] for key, _ in one.keys.named)
    return Row(one, fault_named(one.name), calls, f"{paths.CALLS}/{one.latest}", keys)


PAGE = Page("errors", "/errors", "errors.title", show, live=EVERY)
