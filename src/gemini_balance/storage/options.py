"""What operators changed of the options."""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from gemini_balance.core.options import ROWS
from gemini_balance.storage.changes import noting
from gemini_balance.storage.engine import reading
from gemini_balance.storage.schema import options as table
from gemini_balance.storage.upsert import upsert

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.ext.asyncio import AsyncEngine

    from gemini_balance.gateway.stores import Change
    from gemini_balance.storage.vault import Vault


SECRET = frozenset(name for name, row in ROWS.items() if row.secret)
SEALED = "sealed:"  # no JSON begins so


class StoredOptions:
    """Implements `OptionStore`. What may hold a secret is sealed where it lies."""

    def __init__(self, engine: AsyncEngine, vault: Vault) -> None:
        self._engine, self._reading, self._vault = engine, reading(engine), vault

    async def all(self) -> dict[str, str]:
        async with self._reading.connect() as connection:
            rows = await connection.execute(select(table.c.name, table.c.value).order_by(table.c.name))
            return {row.name: self._plain(row.name, row.value) for row in rows}

    async def put(self, values: Mapping[str, str | None], changes: Sequence[Change]) -> None:
        """In the order of their names: two who change the same ones wait for each other, and not in a circle."""
        async with noting(self._engine, *changes) as connection:
            for name, value in sorted(values.items()):
                if value is None:
                    await connection.execute(delete(table).where(table.c.name == name))
                else:
                    written = self._written(name, value)
                    await connection.execute(upsert(self._engine.dialect.name, table, name=name, value=written))

    def _written(self, name: str, value: str) -> str:
        if name not in SECRET:
            return value
        return SEALED + b64encode(self._vault.seal(value, _place(name))).decode()

    def _plain(self, name: str, written: str) -> str:
        if not written.startswith(SEALED):
            return written
        return self._vault.open(b64decode(written.removeprefix(SEALED)), _place(name))


def _place(name: str) -> str:
    return f"options/{name}"
