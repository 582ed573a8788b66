"""What operators changed of the options, while the process lives."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gemini_balance.gateway.stores import Change
    from gemini_balance.storage.memory.changes import MemoryChanges


class MemoryOptions:
    """Implements `OptionStore`."""

    def __init__(self, changes: MemoryChanges) -> None:
        self._changes = changes
        self._values: dict[str, str] = {}

    async def all(self) -> dict[str, str]:
        return dict(self._values)

    async def put(self, values: Mapping[str, str | None], changes: Sequence[Change]) -> None:
        kept = {**self._values, **values}
        self._values = {name: value for name, value in kept.items() if value is not None}
        self._changes.note(*changes)
