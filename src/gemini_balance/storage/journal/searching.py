"""Finding calls, the newest first, without ever looking at all of them."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, case, false, func, not_, or_, select

from gemini_balance.core.outcome import Cause, Usage
from gemini_balance.gateway.call_outcomes import BLOCKED, NOT_WHOLE, REFUSALS, CallOutcome
from gemini_balance.gateway.calls import (
    ID_MILLISECONDS,
    MILLISECOND,
    MOST_SCANNED,
    WRITER_BITS,
    ErrorDetail,
    Found,
    KeptCall,
    began,
    first_number,
    number_of,
)
from gemini_balance.storage.journal.rows import Trouble, trace
from gemini_balance.storage.journal.schema import TROUBLED, calls, details

if TYPE_CHECKING:
    from typing import Any

    from sqlalchemy import ColumnElement, FromClause, Row, Select
    from sqlalchemy.ext.asyncio import AsyncConnection

    from gemini_balance.gateway.calls import CallFilter

FIRST_SLICE, LARGEST_SLICE, GROWTH = 1_000, 10_000, 3  # rows
BUDGET_SECONDS = 0.04  # after which a search tells what it has found so far
LAST_NUMBER = (1 << 63) - 1
LONGEST_ID = 22
ERRORS = 400  # statuses from here on
TROUBLES = NOT_WHOLE - {CallOutcome.RESCUED}
"""Of which the index has all."""
BOTH = calls.outerjoin(details, details.c.id == calls.c.id)
ROWS = select(calls, details.c.method, details.c.path, details.c.message, details.c.body).select_from(BOTH)
_REQUEST = re.compile(rf"[0-9a-f]{{{ID_MILLISECONDS},{LONGEST_ID}}}")


@dataclass(frozen=True, slots=True)
class Hunt:
    """A search: the rows that are looked at (`source`, by `number`), what they must fit, and from where on."""

    source: FromClause
    number: ColumnElement[int]
    given: tuple[ColumnElement[bool], ...]  # of the source itself
    fits: tuple[ColumnElement[bool], ...]
    low: int

    def slice(self, high: int) -> tuple[ColumnElement[bool], ...]:
        return self.number >= self.low, self.number < high, *self.given


async def search(
    connection: AsyncConnection, wanted: CallFilter, most: int, before: int | None, *, tried: bool = False
) -> Found:
    """See `CallLog.search`. What is looked at in one go grows: what is found at once costs little."""
    hunt, high = hunt_for(wanted), _high(wanted, before)
    if not hunt.fits:  # every row of the source is one
        return _told(await _page(connection, hunt, high, most, tried), most, wanted)
    found: list[KeptCall] = []
    scanned, size, until = 0, FIRST_SLICE, time.monotonic() + BUDGET_SECONDS
    while True:
        edge, looked, matches = await _counted(connection, hunt, high, size)
        if matches:
            found += await _page(connection, hunt, high, min(most - len(found), matches), tried)
        if len(found) >= most or looked < size:
            return _told(found, most, wanted)
        high, scanned = edge, scanned + looked
        if scanned >= MOST_SCANNED or time.monotonic() >= until:
            return Found(found, high, began(high))
        size = min(size * GROWTH, LARGEST_SLICE, MOST_SCANNED - scanned)


async def one(connection: AsyncConnection, request: str) -> KeptCall | None:
    if len(request) != LONGEST_ID or not _REQUEST.fullmatch(request):
        return None
    low = min(number_of(request, 0), LAST_NUMBER - MILLISECOND)
    near = calls.c.id >= low, calls.c.id < low + (1 << WRITER_BITS)
    found = (await connection.execute(ROWS.where(*near, calls.c.request == request))).first()
    return None if found is None else _call(found, whole=True)


def hunt_for(wanted: CallFilter) -> Hunt:
    fits = tuple(_fits(wanted))
    since = 0 if wanted.since is None else first_number(wanted.since)
    text = wanted.text.strip().lower()
    if _REQUEST.fullmatch(text):
        begins = calls.c.request.startswith(text, autoescape=True)
        return Hunt(calls, calls.c.id, (), (begins, *fits), max(since, _earliest(text)))
    if text:
        said = details.c.message.icontains(text, autoescape=True)
        source = details.join(calls, calls.c.id == details.c.id) if fits else details
        return Hunt(source, details.c.id, (), (said, *fits), since)
    if _troubled(wanted):
        return Hunt(calls, calls.c.id, (TROUBLED,), fits, since)  # type: ignore[arg-type]  # text is a condition, too
    return Hunt(calls, calls.c.id, (), fits, since)


def _troubled(wanted: CallFilter) -> bool:
    """Are they all of those that have an index?"""
    good = wanted.cause in ("", Cause.ANSWERED, "whole")
    return (
        wanted.failed
        or wanted.status_class >= 4
        or wanted.status >= ERRORS
        or not good
        or bool(wanted.outcomes and wanted.outcomes <= TROUBLES)
    )


def _fits(wanted: CallFilter) -> list[ColumnElement[bool]]:
    c = calls.c
    tests = (
        (wanted.token, c.token == wanted.token),
        (wanted.model, or_(c.model_used == wanted.model, c.model_asked == wanted.model)),
        (wanted.key, c.key == wanted.key),
        (wanted.status, c.status == wanted.status),
        (wanted.status_class, c.status.between(wanted.status_class * 100, wanted.status_class * 100 + 99)),
        (wanted.cause, or_(c.cause == wanted.cause, c.ending == wanted.cause)),
        (wanted.operation, c.operation == wanted.operation),
        (wanted.failed, c.trouble == Trouble.ERROR.value),
        (wanted.outcomes, or_(false(), *(_became(one) for one in sorted(wanted.outcomes)))),
    )
    return [test for given, test in tests if given]


def _became(outcome: CallOutcome) -> ColumnElement[bool]:
    """As `outcome_of` has it."""
    c, t = calls.c, Trouble
    error, blocked = c.trouble == t.ERROR.value, c.ending == BLOCKED
    unseen, refused = c.first_byte.is_(None), c.ending.in_(sorted(REFUSALS))
    match outcome:
        case CallOutcome.WHOLE:
            return c.trouble == t.NONE.value
        case CallOutcome.RESCUED:
            return c.trouble == t.RESCUED.value
        case CallOutcome.LEFT:
            return c.trouble == t.LEFT.value
        case CallOutcome.BLOCKED:
            return or_(c.trouble == t.BLOCKED.value, and_(error, blocked))
        case CallOutcome.CUT:
            return or_(c.trouble == t.ODD.value, and_(error, not_(unseen), not_(blocked)))
        case CallOutcome.REFUSED:
            return and_(error, unseen, refused, not_(blocked))
        case _:
            return and_(error, unseen, not_(refused), not_(blocked))


def _high(wanted: CallFilter, before: int | None) -> int:
    """What is looked for has lower numbers."""
    until = LAST_NUMBER if wanted.until is None else first_number(wanted.until)
    text = wanted.text.strip().lower()
    latest = _earliest(text) + MILLISECOND if _REQUEST.fullmatch(text) else LAST_NUMBER
    return min(until, latest, LAST_NUMBER if before is None else before)


def _earliest(request: str) -> int:
    """The lowest number that a call whose request id begins so can have."""
    return min(int(request[:ID_MILLISECONDS], 16) * MILLISECOND, LAST_NUMBER - MILLISECOND)


async def _counted(connection: AsyncConnection, hunt: Hunt, high: int, size: int) -> tuple[int, int, int]:
    """Of the next rows: the lowest number, how many there are, and how many of them fit."""
    fit = case((and_(*hunt.fits), 1), else_=0).label("fit")
    looked = select(hunt.number.label("id"), fit).select_from(hunt.source).where(*hunt.slice(high))
    part = looked.order_by(hunt.number.desc()).limit(size).subquery()
    query = select(func.min(part.c.id), func.count(), func.sum(part.c.fit))
    lowest, count, matches = (await connection.execute(query)).one()
    return lowest or 0, count, int(matches or 0)


async def _page(connection: AsyncConnection, hunt: Hunt, high: int, most: int, tried: bool) -> list[KeptCall]:
    rows: Select[Any] = ROWS.where(*hunt.slice(high), *hunt.fits)
    if hunt.source is not calls:  # the details lead
        rows = ROWS.where(details.c.id >= hunt.low, details.c.id < high, *hunt.fits)
    found = await connection.execute(rows.order_by(hunt.number.desc()).limit(most))
    return [_call(row, whole=tried) for row in found]


def _told(found: list[KeptCall], most: int, wanted: CallFilter) -> Found:
    if len(found) < most:
        return Found(found, None, wanted.since)
    return Found(found, found[-1].number, found[-1].at)


def _call(row: Row[Any], *, whole: bool = False) -> KeptCall:
    attempts, skipped = trace(row) if whole else ((), ())
    told = row.message is not None
    return KeptCall(
        number=row.id,
        id=row.request,
        at=began(row.id),
        client=row.client,
        token=row.token,
        dialect=row.dialect,
        operation=row.operation,
        model_asked=row.model_asked or row.model_used,
        model_used=row.model_used,
        key=row.key,
        status=row.status,
        ending=row.ending,
        cause=row.cause,
        finish=row.finish,
        seconds=row.latency / 1000,
        first_byte=None if row.first_byte is None else row.first_byte / 1000,
        waited=row.waited / 1000,
        usage=Usage(row.prompt, row.cached, row.tool_use, row.output, row.thoughts, row.total),
        attempts=attempts,
        skipped=skipped,
        error=ErrorDetail(method=row.method, path=row.path, message=row.message, body=row.body) if told else None,
        rescued=row.trouble == Trouble.RESCUED.value,
    )
