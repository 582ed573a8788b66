"""Dropping what is older, or takes more room, than it may: the oldest first, a little at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select, text

from gemini_balance.gateway.calls import first_number
from gemini_balance.storage.engine import LOCK
from gemini_balance.storage.journal.schema import JOURNAL, calls, details, key_days, token_hours

if TYPE_CHECKING:
    from sqlalchemy import Table
    from sqlalchemy.ext.asyncio import AsyncConnection

    from gemini_balance.gateway.calls import Limits

JOURNAL_LOCK = LOCK + 1
BY_NUMBER = ("details", "calls")
BY_TIME = ("minutes", "hours", "days", "token_hours", "token_days", "key_days")
GIVES_WAY = (calls, key_days, token_hours)
"""In this order, where all of it is too large."""
PAGES = 4_000  # that SQLite gives back to the disk at a time
PRAGMAS = ("page_count", "freelist_count", "page_size")
TABLES = (*BY_NUMBER, *BY_TIME)
TAKEN = "SELECT {}".format(" + ".join(f"pg_total_relation_size('{name}')" for name in TABLES))
NEEDED = """
SELECT (SELECT count(*) FROM {name}) * (SELECT avg(pg_column_size(r)) + 60 FROM (SELECT * FROM {name} LIMIT 1000) r)
"""
"""Bytes of PostgreSQL's rows; each needs some besides for its head and its place in the index."""
END = (1 << 63) - 1


async def shorten(connection: AsyncConnection, limits: Limits, most: int) -> int:
    """See `CallLog.shorten`. One transaction, about `most` rows."""
    if not await _alone(connection):
        return 0
    for name in (*BY_NUMBER, *BY_TIME):
        limit = getattr(limits, name)
        before = first_number(limit) if name in BY_NUMBER else int(limit)
        if dropped := await _drop(connection, JOURNAL.tables[name], before, most):
            break
    else:
        dropped = await _give_way(connection, limits.most_bytes, most)
    return dropped


async def _alone(connection: AsyncConnection) -> bool:
    """Of several replicas one does this at a time. SQLite has one writer anyway."""
    if connection.dialect.name == "sqlite":
        return True
    query = text("SELECT pg_try_advisory_xact_lock(:lock)")
    return bool(await connection.scalar(query, {"lock": JOURNAL_LOCK}))


async def _drop(connection: AsyncConnection, table: Table, before: int, most: int) -> int:
    order = table.c.id if "id" in table.c else table.c.at
    oldest = select(order).where(order < before).order_by(order).limit(most).subquery()
    last = await connection.scalar(select(func.max(oldest.c[0])))
    if last is None:
        return 0
    return (await connection.execute(delete(table).where(order <= last))).rowcount


async def _give_way(connection: AsyncConnection, most_bytes: int, most: int) -> int:
    if await _fits(connection, most_bytes):
        return 0
    for table in GIVES_WAY:
        if dropped := await _drop(connection, table, END, most):
            if table is calls:
                first = await connection.scalar(select(func.min(calls.c.id)))
                await connection.execute(delete(details).where(details.c.id < (END if first is None else first)))
            return dropped
    return 0


async def _fits(connection: AsyncConnection, most_bytes: int) -> bool:
    """PostgreSQL keeps the room of what was deleted for itself, so there it is what rows need that are there."""
    if connection.dialect.name == "sqlite":
        pages, free, size = [int(await connection.scalar(text(f"PRAGMA {name}")) or 0) for name in PRAGMAS]
        return (pages - free) * size <= most_bytes
    return int(await connection.scalar(text(TAKEN)) or 0) <= most_bytes or await _needed(connection) <= most_bytes


async def _needed(connection: AsyncConnection) -> int:
    needed = [await connection.scalar(text(NEEDED.format(name=name))) for name in TABLES]
    return sum(int(size or 0) for size in needed)


async def give_back(connection: AsyncConnection) -> None:
    """Outside of any transaction. What SQLite has no use for goes back to the disk; it does so page by page, and
    Python's driver takes all of those steps only of a script."""
    if connection.dialect.name == "sqlite":
        driver = (await connection.get_raw_connection()).driver_connection
        assert driver is not None
        await driver.executescript(f"PRAGMA incremental_vacuum({PAGES})")
