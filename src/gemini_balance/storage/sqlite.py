"""Who owns what, in a file."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from typing import TYPE_CHECKING

from gemini_balance.gateway.ports import Owned

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA = """
CREATE TABLE IF NOT EXISTS resources (
    client TEXT NOT NULL, name TEXT NOT NULL, key TEXT NOT NULL, until REAL NOT NULL, PRIMARY KEY (client, name)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS resources_until ON resources (until);
CREATE INDEX IF NOT EXISTS resources_name ON resources (name);
"""
ROWS = "SELECT name, key, client, until FROM resources"
BUSY_SECONDS = 5.0


class SqliteResources:
    """Implements `ResourceStore`. One connection, used by one thread at a time and never by the event loop's."""

    def __init__(self, path: Path) -> None:
        """Raises OSError or sqlite3.Error where there can be no such file."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(path, timeout=BUSY_SECONDS, check_same_thread=False, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = FULL")
        self._connection.executescript(SCHEMA)

    async def get(self, client: str, name: str) -> Owned | None:
        rows = await self._ask(f"{ROWS} WHERE client = ? AND name = ?", client, name)
        return rows[0] if rows else None

    async def whose(self, name: str) -> Owned | None:
        rows = await self._ask(f"{ROWS} WHERE name = ? LIMIT 1", name)
        return rows[0] if rows else None

    async def put(self, owned: Owned, now: float) -> None:
        await self._ask("DELETE FROM resources WHERE until <= ?", now)
        values = (owned.client, owned.name, owned.key, owned.until)
        await self._ask("INSERT OR REPLACE INTO resources (client, name, key, until) VALUES (?, ?, ?, ?)", *values)

    async def delete(self, client: str, name: str) -> None:
        await self._ask("DELETE FROM resources WHERE client = ? AND name = ?", client, name)

    async def all_of(self, client: str, prefix: str) -> list[Owned]:
        """All names that begin so stand together in the table, up to the first that is greater than any of them."""
        query = f"{ROWS} WHERE client = ? AND name >= ? AND name < ? ORDER BY name"
        return await self._ask(query, client, prefix, prefix + "\U0010ffff")

    async def close(self) -> None:
        await asyncio.to_thread(self._connection.close)

    async def _ask(self, query: str, *values: str | float) -> list[Owned]:
        return await asyncio.to_thread(self._run, query, values)

    def _run(self, query: str, values: tuple[str | float, ...]) -> list[Owned]:
        with self._lock:
            return [Owned(*row) for row in self._connection.execute(query, values)]
