"""Which calls are asked for: from the fields of a URL to what the journal understands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from gemini_balance.gateway.call_outcomes import NOT_WHOLE, CallOutcome
from gemini_balance.gateway.calls import CallFilter

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import tzinfo

    from gemini_balance.console.tables import Query
    from gemini_balance.console.words import Words

FIELDS = ("q", "outcome", "token", "model", "key", "status", "class", "range", "since", "until")
SECONDS = {"1h": 3600.0, "24h": 86_400.0, "7d": 604_800.0}
LONGEST = 300  # characters
LATEST = 4e9  # the year 2096: a call's number has room for no later one
NO_KEY, MANY_KEYS = "calls.no_such_key", "calls.many_keys"


@dataclass(frozen=True, slots=True)
class Asked:
    """`nothing`: a message that says why nothing can fit; empty where something may."""

    filter: CallFilter
    nothing: str = ""


def plain(text: str) -> str:
    """What databases take, and no more of it than anything is called."""
    return "".join(one for one in text.strip() if one.isprintable())[:LONGEST]


def asked_of(query: Query, words: Words, called: Callable[[str], Sequence[str]]) -> Asked:
    """`called`: ids of the keys that a word may mean. What can't be read is not asked for."""
    status, status_class = _status(query["status"])
    key, nothing = _key(query["key"], called)
    since, until = _moment(query["since"], words.zone), _moment(query["until"], words.zone)
    if query["range"] in SECONDS:
        since, until = words.now - SECONDS[query["range"]], None
    wanted = CallFilter(
        since=since,
        until=until,
        token=query["token"],
        model=query["model"],
        key=key,
        status=status,
        status_class=status_class,
        outcomes=_outcomes(query["outcome"]),
        cause=query["class"],
        failed=bool(query["class"]),
        text=query["q"],
    )
    return Asked(wanted, nothing)


def _status(text: str) -> tuple[int, int]:
    """A number, or the hundreds of 4xx."""
    if not (len(text) == 3 and text.isascii() and text[0].isdigit()):
        return 0, 0
    if text[1:] == "xx":
        return 0, int(text[0])
    return (int(text), 0) if text.isdigit() else (0, 0)


def _outcomes(text: str) -> frozenset[CallOutcome]:
    if text == "not_whole":
        return NOT_WHOLE
    return frozenset({CallOutcome(text)}) if text in set(CallOutcome) else frozenset()


def _key(text: str, called: Callable[[str], Sequence[str]]) -> tuple[str, str]:
    found = called(text) if text else ()
    if len(found) == 1:
        return found[0], ""
    return "", (MANY_KEYS if found else NO_KEY) if text else ""


def _moment(text: str, zone: tzinfo) -> float | None:
    """As a browser's field for date and time tells it: without a zone, so it is the reader's."""
    try:
        at = datetime.fromisoformat(text).replace(tzinfo=zone).timestamp()
    except (ValueError, OverflowError):
        return None
    return at if 0 <= at <= LATEST else None
