"""The journal, and all that is done with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gemini_balance.gateway.retention import Retention
from gemini_balance.gateway.search import Search
from gemini_balance.gateway.statistics import Statistics

if TYPE_CHECKING:
    from gemini_balance.gateway.calls import KeptJournal
    from gemini_balance.gateway.journal import Journal
    from gemini_balance.gateway.options import OptionBook
    from gemini_balance.gateway.ports import Clock, RecordSink
    from gemini_balance.gateway.record import RequestRecord
    from gemini_balance.gateway.stores import ChangeLog


@dataclass(frozen=True, slots=True)
class Remembered:
    """`journal` takes calls; the others read them, and let go of them."""

    journal: Journal
    search: Search
    statistics: Statistics
    retention: Retention


@dataclass(frozen=True, slots=True)
class Switched:
    """Implements `RecordSink`: the journal's, while the options say so."""

    sink: RecordSink
    options: OptionBook

    async def write(self, records: list[RequestRecord]) -> None:
        if self.options.current.journal_enabled:
            await self.sink.write(records)


def remembered_of(
    calls: KeptJournal, changes: ChangeLog, journal: Journal, options: OptionBook, clock: Clock
) -> Remembered:
    search = Search(calls.log, changes, clock)
    return Remembered(
        journal, search, Statistics(calls.log, clock), Retention(calls.log, lambda: options.current, clock)
    )
