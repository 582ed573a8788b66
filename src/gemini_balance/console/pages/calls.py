"""Calls: the journal, the newest first, and what of it is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zlib import crc32

from gemini_balance.console import counts, paths
from gemini_balance.console.call_filters import FIELDS, Asked, asked_of, plain
from gemini_balance.console.faults import BECAME, fault_named, fault_of, pip
from gemini_balance.console.names import key_names, token_names
from gemini_balance.console.page import Page
from gemini_balance.console.tables import Query
from gemini_balance.gateway.call_outcomes import CallOutcome
from gemini_balance.gateway.calls import Found

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gemini_balance.console.faults import Became, Fault
    from gemini_balance.console.figures import Drawn
    from gemini_balance.console.names import KeyName
    from gemini_balance.console.page import Visit
    from gemini_balance.console.sources import Sources
    from gemini_balance.gateway.calls import KeptCall

EVERY = 3.0  # seconds: calls are in the journal after one
ROWS = 50
LAST = (1 << 63) - 1
MOST_PIPS = 8  # that are drawn of one call
STATUSES = ("2xx", "4xx", "5xx", "400", "401", "403", "404", "429", "499", "500", "502", "503", "504")
OUTCOMES = (("not_whole", "calls.not_whole"), *((one.value, BECAME[one].word) for one in CallOutcome))
RANGES = (("1h", "calls.hour"), ("24h", "calls.day"), ("7d", "calls.week"))


@dataclass(frozen=True, slots=True)
class Row:
    """One call. `pips`: tones and messages of its attempts; `more`: attempts that are not drawn."""

    call: KeptCall
    address: str
    became: Became
    fault: Fault | None
    pips: tuple[tuple[str, str], ...]
    more: int
    token: str
    key: KeyName | None


@dataclass(frozen=True, slots=True)
class CallsView:
    """`choices` of what is not written: tokens and models. `older`, `newest`: addresses, empty where there is none.

    `nothing`: a message that says what was asked for and is not there, so that nothing can be found.
    """

    query: Query
    asked: Asked
    rows: tuple[Row, ...]
    back_to: float | None
    older: str
    newest: str
    live: bool
    tokens: tuple[tuple[str, str], ...]
    models: tuple[str, ...]
    key: KeyName | None
    fault: Fault | None
    days: float  # that calls are kept; 0: for good
    written: bool  # are new calls put into the journal?
    drawn: Drawn | None  # how many there were, where sums know
    wider: bool  # and with them others that do not fit
    nothing: str = ""
    statuses: tuple[str, ...] = STATUSES
    outcomes: tuple[tuple[str, str], ...] = OUTCOMES
    ranges: tuple[tuple[str, str], ...] = RANGES

    @property
    def list_id(self) -> str:
        """Another one for whatever else is asked: what is watched ends with it."""
        return f"{'live' if self.live else 'still'}-{crc32(self.query.but().encode()):08x}"


async def show(sources: Sources, visit: Visit) -> CallsView:
    query = Query(paths.CALLS, {name: text for name in FIELDS if (text := plain(visit.asked(name)))})
    asked = asked_of(query, visit.words, sources.keyring.called)
    before = _number(visit.asked("before"))
    found = (
        Found([], None, None) if asked.nothing else await sources.search.page(asked.filter, ROWS, before, tried=True)
    )
    counted = None if asked.nothing else await sources.counting.of(asked.filter)
    listed, all_found = [call.at for call in found.calls], before is None and found.before is None
    tokens, options = token_names(sources), sources.options.current
    keys = key_names(sources, [asked.filter.key, *(call.key for call in found.calls)])
    return CallsView(
        query=query,
        asked=asked,
        rows=tuple(_row(call, tokens, keys) for call in found.calls),
        back_to=found.back_to,
        older="" if found.before is None else query.but(before=found.before),
        newest=query.but() if before is not None else "",
        live=before is None and asked.filter.until is None,
        tokens=tuple(sorted(tokens.items(), key=lambda pair: (pair[1].casefold(), pair[0]))),
        models=_models(sources),
        key=keys.get(asked.filter.key),
        fault=fault_named(query["class"]) if query["class"] else None,
        days=options.auto_delete_request_logs_days if options.auto_delete_request_logs_enabled else 0.0,
        written=options.journal_enabled,
        drawn=counts.drawn(visit.words, counted, listed, all_found=all_found) if counted is not None else None,
        wider=counted is not None and counted.wider,
        nothing=asked.nothing,
    )


def _row(call: KeptCall, tokens: Mapping[str, str], keys: Mapping[str, KeyName]) -> Row:
    return Row(
        call=call,
        address=f"{paths.CALLS}/{call.id}",
        became=BECAME[call.outcome],
        fault=fault_of(call),
        pips=tuple(pip(one.cause) for one in call.attempts[:MOST_PIPS]),
        more=max(0, len(call.attempts) - MOST_PIPS),
        token=tokens.get(call.token, ""),
        key=keys.get(call.key),
    )


def _models(sources: Sources) -> tuple[str, ...]:
    """Those that calls came for since the pools were made."""
    return tuple(
        sorted({name for pool in sources.pools.values() for lane in pool.lanes.values() for name in lane.models})
    )


def _number(text: str) -> int | None:
    """Where to go on: a call's number."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 and int(text) <= LAST else None


PAGE = Page("calls", "/calls", "calls.title", show, live=EVERY)
