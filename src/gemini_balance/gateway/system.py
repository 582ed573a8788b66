"""How it is with the gateway as a whole."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gemini_balance.core.pool import KeyPool
    from gemini_balance.gateway.accounts import Operators
    from gemini_balance.gateway.journal import Journal
    from gemini_balance.gateway.ports import Clock
    from gemini_balance.gateway.replicas import Replicas, Serving
    from gemini_balance.gateway.stores import Size, Sizes
    from gemini_balance.gateway.tokens import TokenBook

PATIENCE = 5.0  # seconds for the database to say how large it is
NO_KEY = "No Gemini key can serve: every call is answered with 503. Add keys, or reset those that are invalid."
NO_TOKEN = "There is no client token: every call is answered with 401. Make one, or list them in ALLOWED_TOKENS."  # noqa: S105  (about one)
FIRST_PASSWORD = "The password is still the one of the first start."  # noqa: S105  (about one)
NOT_KEPT = "Nothing is kept beyond the end of this process: there is no database that could be written."
AWAY = "The database does not answer. Serving goes on; changes can't be made until it does."
SHARED = (
    "AUTH_TOKEN is one of ALLOWED_TOKENS, so whoever may call knows the operator's password, and scripts can't operate "
    "with it. Set another AUTH_TOKEN."
)
LOST = "{count} calls are missing in the journal: it could not be written fast enough, or for too long."
log = logging.getLogger(__name__)


class SystemState(NamedTuple):
    """`size`: None where nothing is kept, or the database does not answer. `replicas`: this one first."""

    version: str
    started: float
    now: float
    size: Size | None
    lost: int
    replicas: tuple[Serving, ...]
    warnings: list[str]


@dataclass(frozen=True, slots=True)
class System:
    """Whoever knows a part of it. `notes`: what is wrong since the start."""

    version: str
    started: float
    clock: Clock
    pool: KeyPool
    tokens: TokenBook
    operators: Operators
    journal: Journal
    sizes: Sizes | None
    replicas: Replicas
    notes: Sequence[str] = ()

    async def state(self) -> SystemState:
        size, replicas, away = await self._database()
        warnings = [*self.notes, *self._warnings(away=away)]
        return SystemState(self.version, self.started, self.clock.unix(), size, self.journal.lost, replicas, warnings)

    async def _database(self) -> tuple[Size | None, tuple[Serving, ...], bool]:
        """How large it is, who serves on it, and whether it is away."""
        try:
            async with asyncio.timeout(PATIENCE):
                size = await self.sizes.size() if self.sizes is not None else None
                return size, await self.replicas.all(), False
        except Exception:
            log.warning("The database does not say how large it is, and who serves", exc_info=True)
            return None, self.replicas.alone(), True

    def _warnings(self, *, away: bool) -> list[str]:
        lost = self.journal.lost
        told = {
            NOT_KEPT: self.sizes is None,
            AWAY: away,
            NO_KEY: not self.pool.usable(),
            NO_TOKEN: not len(self.tokens),
            FIRST_PASSWORD: self.operators.must_change,
            LOST.format(count=lost): lost > 0,
        }
        return [sentence for sentence, holds in told.items() if holds]
