"""The keys without a server: for the command line, which talks to the database itself."""

from __future__ import annotations

import random
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gemini_balance.app.clock import SystemClock
from gemini_balance.core.attempts import RetryPolicy
from gemini_balance.core.call import GEMINI_API, VERTEX_EXPRESS
from gemini_balance.core.pool import KeyPool
from gemini_balance.gateway.execute import Gateway
from gemini_balance.gateway.keyring import Keyring
from gemini_balance.gateway.state import StateKeeper
from gemini_balance.gateway.verifying import Verifier
from gemini_balance.upstreams.gemini_api.upstream import GeminiApi
from gemini_balance.upstreams.transport import PooledTransport
from gemini_balance.upstreams.vertex_express.upstream import VertexExpress

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from gemini_balance.app.kept import Kept
    from gemini_balance.core.options import Options
    from gemini_balance.gateway.ports import Upstream
    from gemini_balance.settings import Settings


@dataclass(frozen=True, slots=True)
class KeysAlone:
    """The same use cases as a server's. What a server has learnt is known as of its last saving."""

    keyring: Keyring
    verifier: Verifier
    keepers: tuple[StateKeeper, ...]

    async def save(self) -> None:
        """For the next start of a server; one that runs hears of it by itself."""
        for keeper in self.keepers:
            await keeper.save()


@asynccontextmanager
async def keys_alone(settings: Settings, options: Options, kept: Kept) -> AsyncIterator[KeysAlone]:
    """The environment's list is not looked at: that is for a server's start."""
    clock, transport = SystemClock(), PooledTransport(options.time_out)
    gateways = {name: _gateway(name, up, transport, clock, options) for name, up in _upstreams(settings).items()}
    stores = kept.pool, kept.vertex_pool
    pairs = zip(gateways.values(), stores, strict=True)
    keepers = tuple(StateKeeper(gateway.pool, clock, store) for gateway, store in pairs if store is not None)
    if kept.keys is None or kept.changes is None:
        raise ValueError("There is no database whose keys could be managed.")
    keyring = Keyring(gateways, kept.keys, kept.changes, clock)
    verifier = Verifier(keyring, clock)
    try:
        await keyring.reload()
        for keeper in keepers:
            await keeper.restore()
        yield KeysAlone(keyring, verifier, keepers)
    finally:
        await verifier.close()
        await transport.close()


def _upstreams(settings: Settings) -> dict[str, Upstream]:
    express = VertexExpress(settings.vertex_express_base_url, settings.proxies)
    return {GEMINI_API: GeminiApi(settings.base_url, settings.proxies), VERTEX_EXPRESS: express}


def _gateway(
    name: str, upstream: Upstream, transport: PooledTransport, clock: SystemClock, options: Options
) -> Gateway:
    pool = KeyPool((), options.max_failures, random.random)
    return Gateway(pool, {name: upstream}, transport, clock, RetryPolicy(options.max_retries), random.random)
