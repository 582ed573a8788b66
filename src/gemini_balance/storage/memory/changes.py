"""Who changed what, until the process ends."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from msgspec.structs import replace

if TYPE_CHECKING:
    from gemini_balance.gateway.stores import Change, Subject

MOST = 10_000


class MemoryChanges:
    """Implements `ChangeLog`. It knows of what is added here, and of the latest ones only."""

    def __init__(self) -> None:
        self._rows: deque[Change] = deque(maxlen=MOST)

    async def latest(self) -> int:
        return self._rows[-1].id if self._rows else 0

    async def add(self, change: Change) -> None:
        self._rows.append(replace(change, id=await self.latest() + 1))

    async def page(
        self, before: int | None, most: int, subject: Subject | None = None, target: str = ""
    ) -> list[Change]:
        fit = (row for row in reversed(self._rows) if before is None or row.id < before)
        return [row for row in fit if subject in (None, row.subject) and target in ("", row.target)][:most]
