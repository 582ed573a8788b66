"""Client tokens, of which only a keyed hash is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, or_, select, update

from gemini_balance.gateway.stores import KeptToken, Off, Origin
from gemini_balance.storage import names
from gemini_balance.storage.changes import noting
from gemini_balance.storage.engine import reading
from gemini_balance.storage.schema import tokens as table
from gemini_balance.storage.upsert import upserts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Row
    from sqlalchemy.ext.asyncio import AsyncEngine

    from gemini_balance.gateway.stores import Change

ROWS = select(table).order_by(table.c.created, table.c.id)
LATER = or_(table.c.last_used.is_(None), table.c.last_used < bindparam("at"))
USED = update(table).where(table.c.id == bindparam("token"), LATER).values(last_used=bindparam("at"))
COLUMNS = [column.name for column in table.c]


class StoredTokens:
    """Implements `TokenStore`."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine, self._reading = engine, reading(engine)

    async def all(self) -> list[KeptToken]:
        async with self._reading.connect() as connection:
            return [_token(row) for row in await connection.execute(ROWS)]

    async def put(self, tokens: Sequence[KeptToken], change: Change) -> None:
        async with noting(self._engine, change) as connection:
            if tokens:
                await connection.execute(upserts(self._engine.dialect.name, table), [_row(token) for token in tokens])

    async def used(self, last: Mapping[str, float]) -> None:
        if last:
            async with self._engine.begin() as connection:
                await connection.execute(USED, [{"token": token, "at": at} for token, at in sorted(last.items())])


def _row(token: KeptToken) -> dict[str, object]:
    lists = {"models": names.written(token.models), "tags": names.written(token.tags)}
    return {column: lists[column] if column in lists else getattr(token, column) for column in COLUMNS}


def _token(row: Row[*tuple[Any, ...]]) -> KeptToken:
    return KeptToken(
        id=row.id,
        digest=bytes(row.digest),
        name=row.name,
        shown=row.shown,
        models=names.read(row.models),
        tags=names.read(row.tags),
        rpm=row.rpm,
        tokens_per_day=row.tokens_per_day,
        expires=row.expires,
        origin=Origin(row.origin),
        off=Off(row.off),
        off_since=row.off_since,
        created=row.created,
        last_used=row.last_used,
    )
