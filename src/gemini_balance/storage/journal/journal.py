"""The journal in a database: its writer, and its reader."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete

from gemini_balance.storage.engine import reading
from gemini_balance.storage.journal.failing import failures
from gemini_balance.storage.journal.schema import details
from gemini_balance.storage.journal.searching import one, search
from gemini_balance.storage.journal.shortening import give_back, shorten
from gemini_balance.storage.journal.summing import sums

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncEngine

    from gemini_balance.gateway.calls import CallFilter, Failures, Found, KeptCall, Limits, Question, Sums


class StoredCalls:
    """Implements `CallLog`."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine, self._reading = engine, reading(engine)

    async def search(self, wanted: CallFilter, most: int, before: int | None = None, *, tried: bool = False) -> Found:
        async with self._reading.connect() as connection:
            return await search(connection, wanted, most, before, tried=tried)

    async def failures(self, since: float, until: float) -> Failures:
        async with self._reading.connect() as connection:
            return await failures(connection, since, until)

    async def one(self, request: str) -> KeptCall | None:
        async with self._reading.connect() as connection:
            return await one(connection, request)

    async def sums(self, question: Question) -> list[Sums]:
        async with self._reading.connect() as connection:
            return await sums(connection, question)

    async def forget_details(self, numbers: Sequence[int]) -> int:
        async with self._engine.begin() as connection:
            return (await connection.execute(delete(details).where(details.c.id.in_(numbers)))).rowcount

    async def shorten(self, limits: Limits, most: int) -> int:
        async with self._engine.begin() as connection:
            dropped = await shorten(connection, limits, most)
        if dropped:
            async with self._engine.connect() as connection:
                await give_back(connection)
        return dropped
