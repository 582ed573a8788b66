"""What became of a call, in the words that operators know it by."""

from __future__ import annotations

from enum import StrEnum, auto

from gemini_balance.core.errors import (
    BadRequest,
    BodyStalled,
    ContentRefused,
    DaySpent,
    Forbidden,
    MethodNotAllowed,
    ModelNotFound,
    NotFound,
    NotSignedIn,
    TooLarge,
    UnsupportedMediaType,
)
from gemini_balance.core.gemini.verdict import FILTERED
from gemini_balance.core.outcome import BLAME, Blame, Cause

WHOLE, CLIENT_GONE = "whole", "client_gone"
GOOD_ENDINGS = (WHOLE, CLIENT_GONE)
"""All other endings are errors."""
WELL = frozenset({"", Cause.ANSWERED.value})
"""What the last attempt of a good call came to; empty where Google was not asked."""
BLOCKED = ContentRefused.code
REFUSALS = frozenset(
    one.code
    for one in (
        *(BadRequest, BodyStalled, DaySpent, Forbidden, MethodNotAllowed, ModelNotFound, NotFound, NotSignedIn),
        *(TooLarge, UnsupportedMediaType),
    )
) | {cause.value for cause, blame in BLAME.items() if blame in (Blame.CALLER, Blame.RESOURCE)}
"""Endings that nothing but another request can better. Google's own words to native callers end in a cause."""


class CallOutcome(StrEnum):
    """Each call is one of these."""

    WHOLE = auto()  # answered by the first key
    RESCUED = auto()  # answered, but not by the first key
    BLOCKED = auto()  # by a filter of Google's
    CUT = auto()  # something was answered, and not all
    REFUSED = auto()  # the request was wrong
    FAILED = auto()
    LEFT = auto()  # the client did, before the end


NOT_WHOLE = frozenset(CallOutcome) - {CallOutcome.WHOLE}


def outcome_of(*, ending: str, cause: str, finish: str, seen: bool, rescued: bool) -> CallOutcome:
    """`cause`: of the last attempt; `seen`: did the caller get any content? `rescued`: did an attempt before the last
    one fail?"""
    if ending == CLIENT_GONE:
        return CallOutcome.LEFT
    if ending != WHOLE:
        return _error(ending, seen=seen)
    if cause not in WELL:
        return CallOutcome.CUT
    if finish in FILTERED:
        return CallOutcome.BLOCKED
    return CallOutcome.RESCUED if rescued else CallOutcome.WHOLE


def _error(ending: str, *, seen: bool) -> CallOutcome:
    if ending == BLOCKED:
        return CallOutcome.BLOCKED
    if seen:
        return CallOutcome.CUT
    return CallOutcome.REFUSED if ending in REFUSALS else CallOutcome.FAILED
