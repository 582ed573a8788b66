"""What is kept until the process ends: for the demo and for tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gemini_balance.gateway.ports import CannotKeep

if TYPE_CHECKING:
    from gemini_balance.gateway.ports import Owned

TOO_LARGE = "it is larger than the store for pictures (IMAGE_STORE_MB)"


CLEARED_EVERY = 1000  # rows


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
        if not len(self._rows) % CLEARED_EVERY:
            self._rows = {at: row for at, row in self._rows.items() if row.until > now}

    async def delete(self, client: str, name: str) -> None:
        self._rows.pop((client, name), None)

    async def all_of(self, client: str, prefix: str) -> list[Owned]:
        found = (row for row in self._rows.values() if row.client == client and row.name.startswith(prefix))
        return sorted(found, key=lambda row: row.name)


class MemoryPictures:
    """Implements `PictureStore`."""

    def __init__(self, secret: bytes) -> None:
        self.secret = secret
        self._kept: dict[str, tuple[float, bytes]] = {}  # until when

    async def keep(self, name: str, data: bytes, now: float, seconds: float, most: int) -> None:
        if len(data) > most:
            raise CannotKeep(TOO_LARGE)
        self._kept.pop(name, None)
        self._kept = {one: held for one, held in self._kept.items() if held[0] > now}
        while self._kept and len(data) + sum(len(held) for _, held in self._kept.values()) > most:
            del self._kept[next(iter(self._kept))]
        self._kept[name] = now + seconds, data

    async def get(self, name: str) -> bytes | None:
        return self._kept[name][1] if name in self._kept else None
