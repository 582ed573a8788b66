"""The composition root: settings → adapters → gateway → ASGI app. The one file that knows everybody."""

from __future__ import annotations

import asyncio
import contextlib
import random
import secrets
import sys
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import count
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.applications import Starlette

from gemini_balance.api.carrying import Carrier
from gemini_balance.api.clients import PublicUrl, TrustedProxies
from gemini_balance.api.health import health_routes
from gemini_balance.api.landing import landing_route
from gemini_balance.api.live import LiveDoor
from gemini_balance.api.references import References
from gemini_balance.api.serve import Door
from gemini_balance.core.addresses import AllowedHosts
from gemini_balance.core.attempts import RetryPolicy
from gemini_balance.core.catalog.told import told_limits
from gemini_balance.core.pool import KeyPool
from gemini_balance.gateway.execute import Gateway
from gemini_balance.gateway.journal import Journal
from gemini_balance.gateway.keys import KeyChecker
from gemini_balance.gateway.models import ModelBook
from gemini_balance.gateway.owners import Owners
from gemini_balance.gateway.state import StateKeeper
from gemini_balance.gateway.tokens import TokenBook
from gemini_balance.settings import GOOGLE, with_paid
from gemini_balance.storage.memory import MemoryResources
from gemini_balance.telemetry.logs import AccessLog
from gemini_balance.upstreams.gemini_api.upstream import GeminiApi
from gemini_balance.upstreams.media import MediaLimits, WebMedia
from gemini_balance.upstreams.raw import RawPooledTransport
from gemini_balance.upstreams.sockets import WebSockets
from gemini_balance.upstreams.transport import PooledTransport

if TYPE_CHECKING:
    from collections.abc import Callable

    from gemini_balance.api.asgi import Receive, Scope, Send
    from gemini_balance.core.options import Options
    from gemini_balance.gateway.ports import ResourceStore, StateStore
    from gemini_balance.settings import Settings

MOST_BEHIND = 1.0  # seconds that ours may be behind the calendar's clock
COMPARED_EVERY = 0.5  # seconds: each call of `now` would pay for a look at both clocks


class SystemClock:
    """Implements `Clock`: the monotonic clock, set to the calendar's at the start and whenever that runs ahead.

    It does so after a suspend, during which the monotonic clock may stand still.
    """

    unix = staticmethod(time.time)

    def __init__(self, steady: Callable[[], float] = time.monotonic, wall: Callable[[], float] = time.time) -> None:
        self._steady, self._wall = steady, wall
        self._offset = wall() - steady()
        self._compared = 0.0

    def now(self) -> float:
        now = self._steady() + self._offset
        return now if now < self._compared else self._compare(now)

    def _compare(self, now: float) -> float:
        ahead = self._wall() - now
        if ahead > MOST_BEHIND:
            self._offset += ahead
            now += ahead
        self._compared = now + COMPARED_EVERY
        return now


@dataclass(slots=True)
class App:
    """The ASGI callable: owns the lifespan, and dispatches on the path's exact first segment."""

    door: Door
    live: LiveDoor
    pages: Starlette
    journal: Journal
    models: ModelBook
    checker: KeyChecker
    keeper: StateKeeper | None
    transport: PooledTransport
    raw: RawPooledTransport
    shutdown_timeout: float

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        match scope["type"]:
            case "http" if scope["path"] == "/" or scope["path"].split("/", 2)[1:2] == ["health"]:
                await self.pages(scope, receive, send)
            case "http":
                await self.door(scope, receive, send)
            case "lifespan":
                await self._lifespan(receive, send)
            case _:
                await self.live(scope, receive, send)

    @property
    def largest_message(self) -> int:
        """Bytes of one message of a WebSocket."""
        return int(self.door.options.max_body_mb * 1_000_000)

    def begin_shutdown(self) -> None:
        """Not ready from now on, no new calls; what still runs after the timeout gets an error."""
        self.door.drain()
        self.live.drain()
        asyncio.get_running_loop().call_later(self.shutdown_timeout, self.door.end_running)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        await receive()
        async with AsyncExitStack() as stack:
            stack.push_async_callback(self.transport.close)
            stack.push_async_callback(self.raw.close)
            stack.push_async_callback(self.journal.flush)
            works = [self.journal.run(), self.models.run(), self.checker.run()]
            if self.keeper is not None:
                await self.keeper.restore()
                stack.push_async_callback(self.keeper.save)
                works.append(self.keeper.run())
            for work in works:
                stack.push_async_callback(_end, asyncio.create_task(work))
            await send({"type": "lifespan.startup.complete"})
            await receive()
        await send({"type": "lifespan.shutdown.complete"})


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


def build(
    settings: Settings,
    options: Options,
    store: StateStore | None = None,
    resources: ResourceStore | None = None,
    clock: SystemClock | None = None,
) -> App:
    """`store` keeps what the pool learnt; without one it learns anew at each start. `resources` keeps which client
    made what with which key; without one that is forgotten at the end."""
    clock = clock or SystemClock()
    transport, raw = PooledTransport(options.time_out), RawPooledTransport(options.time_out)
    google = GeminiApi(settings.base_url, settings.proxies)
    upstreams = {"gemini_api": google}
    dice = random.random
    keys = with_paid(settings.api_keys, settings.paid_key)
    pool = KeyPool(keys, options.max_failures, dice, told_limits(options.quota_limits))
    gateway = Gateway(pool, upstreams, transport, clock, RetryPolicy(options.max_retries), dice, options.patience)
    limits = MediaLimits(int(options.media_max_mb * 1_000_000), options.media_time_out)
    media = WebMedia(AllowedHosts(options.allowed_media_hosts), limits)
    journal = Journal([AccessLog(sys.stderr)] if settings.access_log else [])
    models = ModelBook(gateway)
    trusted = TrustedProxies(settings.trusted_proxies)
    tokens = TokenBook(settings.allowed_tokens, secrets.token_bytes(32))
    public = PublicUrl(settings.public_url, trusted)
    owners = Owners(resources or MemoryResources(), clock)
    hosts = frozenset({urlsplit(google.address).netloc, urlsplit(GOOGLE).netloc})
    carrier = Carrier(gateway, raw, owners, References(owners, public, google.address, hosts))
    ids = request_ids()
    door = Door(gateway, media, carrier, models, tokens, options, journal, clock, trusted, ids, _today)
    sockets = WebSockets(options.time_out)
    live = LiveDoor(gateway, sockets, owners, tokens, options, journal, clock, trusted, ids)
    pages = Starlette(routes=[landing_route(public), *health_routes(lambda: not door.draining)])
    checker = KeyChecker(gateway, options.check_interval_hours, dice)
    keeper = StateKeeper(pool, clock, store) if store is not None else None
    return App(door, live, pages, journal, models, checker, keeper, transport, raw, settings.shutdown_timeout)


def request_ids() -> Callable[[], str]:
    """Ids that sort by time: milliseconds, a number within the process, and what tells processes apart."""
    process, numbers = secrets.token_hex(3), count()
    return lambda: f"{time.time_ns() // 1_000_000:011x}{next(numbers) & 0xFFFFF:05x}{process}"


def _today() -> date:
    return datetime.now(UTC).date()
