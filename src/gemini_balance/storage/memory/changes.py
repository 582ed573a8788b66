"""Who did what, while the process lives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

if TYPE_CHECKING:
    from gemini_balance.gateway.stores import Change, Subject

MOST = 10_000  # the oldest go first


class MemoryChanges:
    """Implements `ChangeLog`. No other process can write to it."""

    def __init__(self) -> None:
        self._latest = 0
        self._rows: list[Change] = []

    async def latest(self) -> int:
        return self._latest

    async def others(self, after: int) -> list[int]:
        return []

    async def add(self, change: Change) -> None:
        self.note(change)

    async def page(
        self, before: int | None, most: int, subject: Subject | None = None, target: str = ""
    ) -> list[Change]:
        found = (
            row
            for row in reversed(self._rows)
            if (before is None or row.id < before) and subject in (None, row.subject) and target in ("", row.target)
        )
        return [row for row, _ in zip(found, range(most), strict=False)]

    def note(self, *changes: Change) -> None:
        """Of what a store in memory keeps."""
        for change in changes:
            self._latest += 1
            self._rows.append(replace(change, id=self._latest))
        del self._rows[:-MOST]
