"""Who may operate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import asdict
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from gemini_balance.gateway.stores import Account
from gemini_balance.storage.changes import noting
from gemini_balance.storage.engine import reading
from gemini_balance.storage.schema import accounts as table
from gemini_balance.storage.upsert import upsert

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

    from gemini_balance.gateway.stores import Change

ROWS = select(table.c.name, table.c.hash, table.c.initial, table.c.changed, table.c.epoch)


class StoredAccounts:
    """Implements `AccountStore`."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine, self._reading = engine, reading(engine)

    async def get(self, name: str) -> Account | None:
        async with self._reading.connect() as connection:
            row = (await connection.execute(ROWS.where(table.c.name == name))).first()
        if row is None:
            return None
        return Account(name=row.name, hash=row.hash, initial=row.initial, changed=row.changed, epoch=row.epoch)

    async def add(self, account: Account, change: Change) -> bool:
        try:
            async with noting(self._engine, change) as connection:
                await connection.execute(insert(table).values(asdict(account)))
        except IntegrityError:
            return False
        return True

    async def put(self, account: Account, change: Change) -> None:
        async with noting(self._engine, change) as connection:
            await connection.execute(upsert(self._engine.dialect.name, table, **asdict(account)))
