"""Who serves on this database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import asdict
from sqlalchemy import Double, delete, literal_column, select

from gemini_balance.gateway.stores import Heard, Replica
from gemini_balance.storage.engine import reading
from gemini_balance.storage.schema import replicas as table
from gemini_balance.storage.upsert import upsert

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

NOW = {
    "sqlite": literal_column("((julianday('now') - 2440587.5) * 86400.0)", Double),
    "postgresql": literal_column("extract(epoch FROM clock_timestamp())::double precision", Double),
}
"""Seconds since 1970, by the database's clock: those of the machines that serve may differ."""


class StoredReplicas:
    """Implements `ReplicaStore`."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine, self._reading = engine, reading(engine)
        self._now = NOW[engine.dialect.name]

    async def beat(self, replica: Replica, forget: float) -> None:
        said = upsert(self._engine.dialect.name, table, **asdict(replica), seen=self._now)
        async with self._engine.begin() as connection:
            await connection.execute(said)
            await connection.execute(delete(table).where(table.c.seen < self._now - forget))

    async def leave(self, replica_id: str) -> None:
        async with self._engine.begin() as connection:
            await connection.execute(delete(table).where(table.c.id == replica_id))

    async def all(self) -> list[Heard]:
        columns = table.c.id, table.c.host, table.c.version, table.c.began
        query = select(*columns, (self._now - table.c.seen).label("silent")).order_by(table.c.began, table.c.id)
        async with self._reading.connect() as connection:
            rows = (await connection.execute(query)).all()
        return [
            Heard(Replica(id=r.id, host=r.host, version=r.version, began=r.began), max(0.0, r.silent)) for r in rows
        ]
