"""Who owns what, until the process ends: for the demo and for tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gemini_balance.gateway.ports import Owned


class MemoryResources:
    """Implements `ResourceStore`."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, str], Owned] = {}

    async def get(self, client: str, name: str) -> Owned | None:
        return self._rows.get((client, name))

    async def whose(self, name: str) -> Owned | None:
        return next((row for row in self._rows.values() if row.name == name), None)

    async def put(self, owned: Owned, now: float) -> None:
        self._rows[owned.client, owned.name] = owned

    async def delete(self, client: str, name: str) -> None:
        self._rows.pop((client, name), None)

    async def all_of(self, client: str, prefix: str) -> list[Owned]:
        found = (row for row in self._rows.values() if row.client == client and row.name.startswith(prefix))
        return sorted(found, key=lambda row: row.name)
