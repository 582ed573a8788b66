"""How much room the databases take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

from gemini_balance.gateway.stores import Size
from gemini_balance.storage.engine import reading
from gemini_balance.storage.journal.schema import JOURNAL

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

PAGES = text("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
WHOLE = text("SELECT pg_database_size(current_database())")
TABLE = text("SELECT coalesce(pg_total_relation_size(to_regclass(:name)), 0)")


class StoredSizes:
    """Implements `Sizes`. With PostgreSQL the journal is a part of the one database."""

    def __init__(self, engine: AsyncEngine, journal: AsyncEngine) -> None:
        self._kind = engine.dialect.name
        self._engine, self._journal = reading(engine), reading(journal)

    async def size(self) -> Size:
        if self._kind == "sqlite":
            return Size(self._kind, await _pages(self._engine), await _pages(self._journal))
        async with self._engine.connect() as connection:
            whole = int(await connection.scalar(WHOLE) or 0)
            parts = [await connection.scalar(TABLE, {"name": name}) for name in JOURNAL.tables]
        journal = sum(int(part or 0) for part in parts)
        return Size(self._kind, whole - journal, journal)


async def _pages(engine: AsyncEngine) -> int:
    async with engine.connect() as connection:
        return int(await connection.scalar(PAGES) or 0)
