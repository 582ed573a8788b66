"""Keys that are kept until the process ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gemini_balance.gateway.stores import Change, KeptKey
    from gemini_balance.storage.memory.changes import MemoryChanges


class MemoryKeys:
    """Implements `KeyStore`."""

    def __init__(self, changes: MemoryChanges) -> None:
        self._changes = changes
        self._keys: dict[str, KeptKey] = {}

    async def all(self) -> list[KeptKey]:
        return sorted(self._keys.values(), key=lambda key: (key.created, key.id))

    async def put(self, keys: Sequence[KeptKey], change: Change) -> None:
        self._keys |= {key.id: key for key in keys}
        self._changes.note(change)
