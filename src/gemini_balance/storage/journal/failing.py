"""Counting what failed: only rows that the index of trouble has, and not too many of them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from sqlalchemy import case, func, select

from gemini_balance.gateway.calls import MOST_SCANNED, FailureCount, Failures, began, first_number
from gemini_balance.storage.journal.rows import Trouble
from gemini_balance.storage.journal.schema import TROUBLED, calls

if TYPE_CHECKING:
    from typing import Any

    from sqlalchemy import Row
    from sqlalchemy.ext.asyncio import AsyncConnection

SLICE = 10_000  # rows of one go
BUDGET_SECONDS = 0.15  # after which it is told how far back was looked
MODEL = case((calls.c.model_used == "", calls.c.model_asked), else_=calls.c.model_used).label("model")
ALIKE = ("ending", "cause", "model", "key")


async def failures(connection: AsyncConnection, since: float, until: float) -> Failures:
    """See `CallLog.failures`. The newest first, slice by slice."""
    low, high = first_number(since), first_number(until)
    counts: list[FailureCount] = []
    scanned, ends = 0, time.monotonic() + BUDGET_SECONDS
    while scanned < MOST_SCANNED and time.monotonic() < ends:
        rows = await _slice(connection, low, high)
        counts += [
            FailureCount(row.ending, row.cause, row.model, row.key, row.calls, row.latest)
            for row in rows
            if row.trouble == Trouble.ERROR.value
        ]
        looked = sum(row.calls for row in rows)
        if looked < SLICE:
            return Failures(counts, since)
        high, scanned = min(row.first for row in rows), scanned + looked
    return Failures(counts, began(high))


async def _slice(connection: AsyncConnection, low: int, high: int) -> list[Row[Any]]:
    """Of the last rows below `high`: those that are alike, counted, with the lowest number of them."""
    c = calls.c
    looked = select(c.id, c.request, c.trouble, c.ending, c.cause, MODEL, c.key)
    part = looked.where(TROUBLED, c.id >= low, c.id < high).order_by(c.id.desc()).limit(SLICE).subquery()
    alike = [part.c[name] for name in ALIKE]
    counted = (
        func.count().label("calls"),
        func.max(part.c.request).label("latest"),
        part.c.trouble,
        func.min(part.c.id).label("first"),
    )
    return list(await connection.execute(select(*alike, *counted).group_by(*alike, part.c.trouble)))
