"""Gemini keys, sealed where they lie."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from gemini_balance.core.pool import KeyId
from gemini_balance.gateway.stores import KeptKey, Off, Origin, Tier
from gemini_balance.storage import names
from gemini_balance.storage.changes import noting
from gemini_balance.storage.engine import reading
from gemini_balance.storage.schema import keys as table
from gemini_balance.storage.upsert import upserts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Row
    from sqlalchemy.ext.asyncio import AsyncEngine

    from gemini_balance.gateway.stores import Change
    from gemini_balance.storage.vault import Vault

    Opened = dict[str, tuple[Row[*tuple[Any, ...]], KeptKey]]

ROWS = select(table).order_by(table.c.created, table.c.id)
AT_ONCE = 200  # rows that are sealed or opened before others may go on
COLUMNS = [column.name for column in table.c]


class StoredKeys:
    """Implements `KeyStore`."""

    def __init__(self, engine: AsyncEngine, vault: Vault) -> None:
        self._engine, self._reading, self._vault = engine, reading(engine), vault
        self._opened: dict[
            str, tuple[Row[*tuple[Any, ...]], KeptKey]
        ] = {}  # as last seen: few change between two looks

    async def all(self) -> list[KeptKey]:
        """Raises VaultClosed where a row was put in another's place."""
        async with self._reading.connect() as connection:
            rows = (await connection.execute(ROWS)).all()
        opened: Opened = {}
        for row in rows:
            known = self._opened.get(row.id)
            opened[row.id] = known if known is not None and known[0] == row else (row, self._key(row))
            if not len(opened) % AT_ONCE:
                await asyncio.sleep(0)
        self._opened = opened
        return [key for _, key in opened.values()]

    async def put(self, keys: Sequence[KeptKey], change: Change) -> None:
        rows: list[dict[str, object]] = []
        for key in sorted(keys, key=lambda key: key.id):  # two who write the same ones wait for each other in one order
            rows.append(self._row(key))
            if not len(rows) % AT_ONCE:
                await asyncio.sleep(0)
        async with noting(self._engine, change) as connection:
            if rows:
                await connection.execute(upserts(self._engine.dialect.name, table), rows)

    def _row(self, key: KeptKey) -> dict[str, object]:
        """One without a secret was deleted: its name stands for it."""
        sealed = {
            "fingerprint": self._vault.fingerprint(key.secret or key.id),
            "sealed": self._vault.seal(key.secret, _place(key.id)),
            "proxy": self._vault.seal(key.proxy, _proxy_place(key.id)) if key.proxy else b"",
            "tags": names.written(key.tags),
            "models": names.written(key.models),
        }
        return {column: sealed[column] if column in sealed else getattr(key, column) for column in COLUMNS}

    def _key(self, row: Row[*tuple[Any, ...]]) -> KeptKey:
        return KeptKey(
            id=KeyId(row.id),
            secret=self._vault.open(bytes(row.sealed), _place(row.id)),
            upstream=row.upstream,
            label=row.label,
            project=row.project,
            tags=names.read(row.tags),
            notes=row.notes,
            weight=row.weight,
            models=names.read(row.models),
            proxy=self._vault.open(bytes(row.proxy), _proxy_place(row.id)) if row.proxy else "",
            tier=Tier(row.tier),
            origin=Origin(row.origin),
            off=Off(row.off),
            off_since=row.off_since,
            created=row.created,
        )


def _place(key: str) -> str:
    return f"keys/{key}"


def _proxy_place(key: str) -> str:
    return f"keys/{key}/proxy"
