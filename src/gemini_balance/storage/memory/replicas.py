"""Who serves, where nothing is kept: nobody else can know of this process."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from gemini_balance.gateway.stores import Heard

if TYPE_CHECKING:
    from gemini_balance.gateway.stores import Replica


class MemoryReplicas:
    """Implements `ReplicaStore`."""

    def __init__(self) -> None:
        self._seen: dict[str, tuple[Replica, float]] = {}

    async def beat(self, replica: Replica, forget: float) -> None:
        now = time.monotonic()
        seen = self._seen | {replica.id: (replica, now)}
        self._seen = {name: one for name, one in seen.items() if now - one[1] <= forget}

    async def leave(self, replica_id: str) -> None:
        self._seen.pop(replica_id, None)

    async def all(self) -> list[Heard]:
        now = time.monotonic()
        found = sorted(self._seen.values(), key=lambda one: (one[0].began, one[0].id))
        return [Heard(replica, now - seen) for replica, seen in found]
