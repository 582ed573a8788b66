"""Looking after retired keys: one that Google takes again serves again, without an operator."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from msgspec.structs import replace

from gemini_balance.gateway.models import PAGE
from gemini_balance.gateway.ports import TransportFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from gemini_balance.core.pool import Key, KeyId
    from gemini_balance.gateway.execute import Gateway

HOUR = 3600.0
DAY = 24 * HOUR
SHORTEST = 0.1 * HOUR  # with doubling: eight calls on the first day, whatever the operator says
LOOK_SECONDS = 30.0  # between two looks at who is retired
PATIENCE = 30.0  # seconds for one probe
PROBE = replace(
    PAGE, path="v1beta/models?pageSize=1"
)  # costs no quota for content, and a dead key is refused all the same
log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Round:
    """When a key is probed next, and how long after that again."""

    due: float
    pause: float


class KeyChecker:
    """Probes invalid keys, each at moments of its own; `dice` gives 0 to 1."""

    def __init__(self, gateway: Gateway, hours: float, dice: Callable[[], float]) -> None:
        self._gateway = gateway
        self._pause = max(hours * HOUR, SHORTEST) if hours else 0.0
        self._dice = dice
        self._rounds: dict[KeyId, _Round] = {}

    async def run(self) -> None:
        """Look again and again until cancelled."""
        while self._pause:
            await asyncio.sleep(LOOK_SECONDS)
            await self.check()

    async def check(self) -> None:
        """Probe every key whose time has come, one after the other: nobody waits for the result."""
        now = self._gateway.clock.now()
        retired = self._gateway.pool.retired()
        self._forget(now, retired)
        for key in retired:
            if self._round(now, key).due <= now:
                await self._probe(key)

    def _round(self, now: float, key: Key) -> _Round:
        found = self._rounds.get(key.id)
        if found is None:
            found = self._rounds[key.id] = _Round(now + self._jittered(self._pause), self._pause)
        return found

    def _forget(self, now: float, retired: Iterable[Key]) -> None:
        """A key that is well for a day begins anew; one that fails again soon goes on where it was."""
        dead = {key.id for key in retired}
        for name in [name for name, one in self._rounds.items() if name not in dead and now > one.due + DAY]:
            del self._rounds[name]

    async def _probe(self, key: Key) -> None:
        now, current = self._gateway.clock.now(), self._rounds[key.id]
        current.pause = max(min(current.pause * 2, DAY), self._pause)
        current.due = now + self._jittered(current.pause)
        if await self._passes(key):
            log.info("Key %s passed a probe and serves again", key.id)
            self._gateway.pool.revive(self._gateway.clock.now(), key.id)
            self._gateway.room.look()

    async def _passes(self, key: Key) -> bool:
        gateway = self._gateway
        request = gateway.upstreams[PROBE.upstream].request(PROBE, key.spec)
        try:
            async with asyncio.timeout(PATIENCE):
                reply = await gateway.transport.send(request)
                try:
                    await reply.whole()
                finally:
                    reply.close()
        except (TransportFailed, TimeoutError):
            return False
        return reply.status == 200

    def _jittered(self, seconds: float) -> float:
        """Keys that died together are not probed together."""
        return seconds * (0.75 + self._dice() / 2)
