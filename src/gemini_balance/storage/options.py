"""What operators changed of the options."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from gemini_balance.storage.changes import note
from gemini_balance.storage.engine import reading
from gemini_balance.storage.schema import options as table
from gemini_balance.storage.upsert import upsert

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.ext.asyncio import AsyncEngine

    from gemini_balance.gateway.stores import Change


class StoredOptions:
    """Implements `OptionStore`."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine, self._reading = engine, reading(engine)

    async def all(self) -> dict[str, str]:
        async with self._reading.connect() as connection:
            rows = await connection.execute(select(table.c.name, table.c.value).order_by(table.c.name))
            return {row.name: row.value for row in rows}

    async def put(self, values: Mapping[str, str | None], changes: Sequence[Change]) -> None:
        """In the order of their names: two who change the same ones wait for each other, and not in a circle."""
        async with self._engine.begin() as connection:
            for name, value in sorted(values.items()):
                if value is None:
                    await connection.execute(delete(table).where(table.c.name == name))
                else:
                    await connection.execute(upsert(self._engine.dialect.name, table, name=name, value=value))
            if changes:
                await note(connection, *changes)
