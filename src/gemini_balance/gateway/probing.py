"""Looking after retired keys: one that Google takes again serves again, without an operator."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from gemini_balance.core.call import VERTEX_EXPRESS, Framing, Operation
from gemini_balance.core.catalog.route import Route
from gemini_balance.core.gemini.classify import classify
from gemini_balance.core.outcome import Cause
from gemini_balance.core.pool import Demand
from gemini_balance.gateway.models import PAGE
from gemini_balance.gateway.ports import TransportFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from gemini_balance.core.pool import Key, KeyId, KeySpec
    from gemini_balance.gateway.execute import Gateway

HOUR = 3600.0
DAY = 24 * HOUR
SHORTEST = 0.1 * HOUR  # with doubling: eight calls on the first day, whatever the operator says
LOOK_SECONDS = 30.0  # between two looks at who is retired
PATIENCE = 30.0  # seconds for one probe


class Probe(NamedTuple):
    """A question that costs no quota for content, and the statuses by which a key is well: a dead one gets others."""

    route: Route
    well: frozenset[int] = frozenset({200})


PROBE = Probe(replace(PAGE, path="v1beta/models?pageSize=1"))
VERTEX_PROBE = Probe(
    Route(
        upstream=VERTEX_EXPRESS,
        operation=Operation.COUNT_TOKENS,
        model="",
        path="v1beta/models/gemini-2.5-flash:countTokens",
        body=b'{"contents":[{"role":"user","parts":[{"text":"Hi"}]}]}',
        framing=Framing.WHOLE,
        demand=Demand(""),
    ),
    frozenset({200, 404}),  # it has no list of models, and each model ends one day
)
log = logging.getLogger(__name__)


class Finding(NamedTuple):
    """What a probe found: is the key well, and else what the upstream, or the way there, said."""

    well: bool
    cause: Cause = Cause.ANSWERED


async def asked(gateway: Gateway, probe: Probe, key: KeySpec) -> Finding:
    """One probe of one key, which changes nothing."""
    request = gateway.upstreams[probe.route.upstream].request(probe.route, key)
    try:
        async with asyncio.timeout(PATIENCE):
            reply = await gateway.transport.send(request)
            try:
                body = await reply.whole()
            finally:
                reply.close()
    except TransportFailed as failed:
        return Finding(False, failed.cause)
    except TimeoutError:
        return Finding(False, Cause.UPSTREAM_SLOW)
    if reply.status in probe.well:
        return Finding(True)
    return Finding(False, classify(reply.status, body, reply.content_type).cause)


@dataclass(slots=True)
class _Round:
    """When a key is probed next, and how long after that again."""

    due: float
    pause: float


class KeyChecker:
    """Probes invalid keys, each at moments of its own; `dice` gives 0 to 1."""

    def __init__(self, gateway: Gateway, hours: float, dice: Callable[[], float], probe: Probe = PROBE) -> None:
        self._gateway = gateway
        self._pause = _pause(hours)
        self._dice = dice
        self._question = probe
        self._rounds: dict[KeyId, _Round] = {}

    def every(self, hours: float) -> None:
        """How long until a retired key is looked at again; 0: never. Those that wait begin anew with it."""
        if (pause := _pause(hours)) != self._pause:
            self._pause = pause
            self._rounds.clear()

    async def run(self) -> None:
        """Look again and again until cancelled."""
        self.begin()
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            await self.check()

    async def check(self) -> None:
        """Probe every key whose time has come, one after the other: nobody waits for the result."""
        now = self._gateway.clock.now()
        retired = self._gateway.pool.retired() if self._pause else []
        self._forget(now, retired)
        for key in retired:
            if self._round(now, key).due <= now:
                await self._probe(key)

    def begin(self) -> None:
        """Who was retired in an earlier run is asked at the first look: it may have been mended since."""
        now = self._gateway.clock.now()
        self._rounds = {key.id: _Round(now, self._pause) for key in self._gateway.pool.retired()}

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
        now = self._gateway.clock.now()
        current = self._round(now, key)
        current.pause = max(min(current.pause * 2, DAY), self._pause)
        current.due = now + self._jittered(current.pause)
        if (await asked(self._gateway, self._question, key.spec)).well:
            log.info("Key %s passed a probe and serves again", key.id)
            self._gateway.pool.revive(self._gateway.clock.now(), key.id)
            self._gateway.room.look()

    def _jittered(self, seconds: float) -> float:
        """Keys that died together are not probed together."""
        return seconds * (0.75 + self._dice() / 2)


def _pause(hours: float) -> float:
    """Seconds."""
    return max(hours * HOUR, SHORTEST) if hours else 0.0
