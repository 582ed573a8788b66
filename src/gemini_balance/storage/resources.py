"""Who owns what at Google."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from gemini_balance.gateway.ports import Owned
from gemini_balance.storage.engine import reading
from gemini_balance.storage.schema import resources as table
from gemini_balance.storage.upsert import upsert

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement
    from sqlalchemy.ext.asyncio import AsyncEngine

AFTER_ALL = "\U0010ffff"
ROWS = select(table.c.name, table.c.key, table.c.client, table.c.until)


class StoredResources:
    """Implements `ResourceStore`."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine, self._reading = engine, reading(engine)

    async def get(self, client: str, name: str) -> Owned | None:
        return await self._one(table.c.client == client, table.c.name == name)

    async def whose(self, name: str) -> Owned | None:
        return await self._one(table.c.name == name)

    async def put(self, owned: Owned, now: float) -> None:
        async with self._engine.begin() as connection:
            await connection.execute(delete(table).where(table.c.until <= now))
            await connection.execute(upsert(self._engine.dialect.name, table, **owned._asdict()))

    async def delete(self, client: str, name: str) -> None:
        async with self._engine.begin() as connection:
            await connection.execute(delete(table).where(table.c.client == client, table.c.name == name))

    async def all_of(self, client: str, prefix: str) -> list[Owned]:
        """All names that begin so stand together in the index, up to the first that is greater than any of them."""
        names = table.c.name >= prefix, table.c.name < prefix + AFTER_ALL
        return await self._all(table.c.client == client, *names)

    async def _one(self, *where: ColumnElement[bool]) -> Owned | None:
        found = await self._all(*where, most=1)
        return found[0] if found else None

    async def _all(self, *where: ColumnElement[bool], most: int | None = None) -> list[Owned]:
        query = ROWS.where(*where).order_by(table.c.name).limit(most)
        async with self._reading.connect() as connection:
            return [Owned(*row) for row in await connection.execute(query)]
