"""What a pool learnt, for the next start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from gemini_balance.storage.engine import reading
from gemini_balance.storage.schema import states as table
from gemini_balance.storage.upsert import upsert

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine


class StoredState:
    """Implements `StateStore` for the pool of one name."""

    def __init__(self, engine: AsyncEngine, name: str) -> None:
        self._engine, self._reading, self._name = engine, reading(engine), name

    async def load(self) -> bytes | None:
        async with self._reading.connect() as connection:
            found = await connection.scalar(select(table.c.value).where(table.c.name == self._name))
        return None if found is None else bytes(found)

    async def save(self, state: bytes) -> None:
        async with self._engine.begin() as connection:
            await connection.execute(upsert(self._engine.dialect.name, table, name=self._name, value=state))
