"""Who did what."""

from __future__ import annotations

from collections import deque
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from msgspec.structs import asdict
from sqlalchemy import func, insert, select

from gemini_balance.gateway.stores import Change, Subject
from gemini_balance.storage.engine import reading
from gemini_balance.storage.schema import changes as table

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from sqlalchemy import Engine, Row
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

ROWS = select(
    table.c.at, table.c.who, table.c.subject, table.c.target, table.c.action, table.c.before, table.c.after, table.c.id
)
OWN_MOST = 1_000
_OWN: WeakKeyDictionary[Engine, deque[int]] = WeakKeyDictionary()
"""The numbers of the last changes that this process wrote, by the database it wrote them to."""


class StoredChanges:
    """Implements `ChangeLog`."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine, self._reading = engine, reading(engine)

    async def latest(self) -> int:
        async with self._reading.connect() as connection:
            return int(await connection.scalar(select(func.max(table.c.id))) or 0)

    async def others(self, after: int) -> list[int]:
        own = _OWN.get(self._engine.sync_engine, ())
        async with self._reading.connect() as connection:
            numbers = await connection.scalars(select(table.c.id).where(table.c.id > after).order_by(table.c.id))
            return [number for number in numbers if number not in own]

    async def add(self, change: Change) -> None:
        async with noting(self._engine, change):
            pass

    async def page(
        self, before: int | None, most: int, subject: Subject | None = None, target: str = ""
    ) -> list[Change]:
        query = ROWS.order_by(table.c.id.desc()).limit(most)
        if before is not None:
            query = query.where(table.c.id < before)
        if subject is not None:
            query = query.where(table.c.subject == subject)
        if target:
            query = query.where(table.c.target == target)
        async with self._reading.connect() as connection:
            return [_change(row) for row in await connection.execute(query)]


@asynccontextmanager
async def noting(engine: AsyncEngine, *changes: Change) -> AsyncIterator[AsyncConnection]:
    """A transaction in which something is changed, and the changes noted.

    They count as this process's own once they are committed: another one may be given the number of what was not, and
    whoever can't tell whether it was has to read it again.
    """
    numbers: Sequence[int] = ()
    async with engine.begin() as connection:
        yield connection
        if changes:
            rows = [{name: value for name, value in asdict(change).items() if name != "id"} for change in changes]
            numbers = (await connection.scalars(insert(table).returning(table.c.id), rows)).all()
    _OWN.setdefault(engine.sync_engine, deque(maxlen=OWN_MOST)).extend(numbers)


def _change(row: Row[*tuple[Any, ...]]) -> Change:
    return Change(
        at=row.at,
        who=row.who,
        subject=Subject(row.subject),
        target=row.target,
        action=row.action,
        before=row.before,
        after=row.after,
        id=row.id,
    )
