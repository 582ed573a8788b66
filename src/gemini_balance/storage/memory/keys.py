"""Keys that are kept until the process ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gemini_balance.gateway.stores import Change, KeptKey


class MemoryKeys:
    """Implements `KeyStore`. Who changed what is told to nobody."""

    def __init__(self) -> None:
        self._keys: dict[str, KeptKey] = {}

    async def all(self) -> list[KeptKey]:
        return sorted(self._keys.values(), key=lambda key: (key.created, key.id))

    async def put(self, keys: Sequence[KeptKey], change: Change) -> None:
        self._keys |= {key.id: key for key in keys}
