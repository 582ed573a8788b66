"""The composition root: settings → adapters → gateway → ASGI app. The one file that knows everybody."""

from __future__ import annotations

import asyncio
import contextlib
import logging
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
from gemini_balance.api.pictures import picture_route
from gemini_balance.api.references import References
from gemini_balance.api.serve import Door
from gemini_balance.api.studio.embeddings import Embedder
from gemini_balance.api.studio.pictures import Illustrator
from gemini_balance.api.studio.sound import Listener, Speaker
from gemini_balance.api.studio.studio import Studio
from gemini_balance.core.addresses import AllowedHosts
from gemini_balance.core.attempts import RetryPolicy
from gemini_balance.core.call import GEMINI_API, VERTEX_EXPRESS, Operation
from gemini_balance.core.catalog.told import told_limits
from gemini_balance.core.pool import KeyPool
from gemini_balance.gateway.album import PREFIX, Album
from gemini_balance.gateway.attaching import Attacher
from gemini_balance.gateway.execute import Gateway
from gemini_balance.gateway.journal import Journal
from gemini_balance.gateway.keys import VERTEX_PROBE, KeyChecker
from gemini_balance.gateway.models import ModelBook
from gemini_balance.gateway.owners import Owners
from gemini_balance.gateway.state import StateKeeper
from gemini_balance.gateway.tokens import TokenBook
from gemini_balance.settings import GOOGLE, with_paid
from gemini_balance.sound.encoder import AvEncoder
from gemini_balance.storage.memory import MemoryPictures, MemoryResources
from gemini_balance.telemetry.logs import AccessLog
from gemini_balance.upstreams.gemini_api.upstream import GeminiApi
from gemini_balance.upstreams.image_hosts.aliyun import AliyunOss
from gemini_balance.upstreams.image_hosts.forms import ImgBed, PicGo, SmMs
from gemini_balance.upstreams.media import MediaLimits, WebMedia
from gemini_balance.upstreams.raw import RawPooledTransport
from gemini_balance.upstreams.sockets import WebSockets
from gemini_balance.upstreams.transport import PooledTransport
from gemini_balance.upstreams.vertex_express.upstream import VertexExpress

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from gemini_balance.api.asgi import Receive, Scope, Send
    from gemini_balance.core.options import Options
    from gemini_balance.gateway.ports import Clock, ImageHost, PictureStore, ResourceStore, StateStore, Upstream
    from gemini_balance.settings import Settings

PAGES = (["health"], [PREFIX])
"""First segments of what is no client's call."""
MOST_BEHIND = 1.0  # seconds that ours may be behind the calendar's clock
COMPARED_EVERY = 0.5  # seconds: each call of `now` would pay for a look at both clocks
log = logging.getLogger(__name__)


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


async def _nothing() -> None:
    pass


@dataclass(frozen=True, slots=True)
class Kept:
    """What outlives the process. What is None is forgotten at its end: the pools learn anew."""

    resources: ResourceStore | None = None
    pictures: PictureStore | None = None
    pool: StateStore | None = None
    vertex_pool: StateStore | None = None
    close: Callable[[], Awaitable[None]] = _nothing


NOTHING = Kept()


@dataclass(slots=True)
class App:
    """The ASGI callable: owns the lifespan, and dispatches on the path's exact first segment."""

    door: Door
    live: LiveDoor
    pages: Starlette
    journal: Journal
    models: ModelBook
    checkers: tuple[KeyChecker, ...]
    keepers: tuple[StateKeeper, ...]
    transport: PooledTransport
    raw: RawPooledTransport
    shutdown_timeout: float
    kept: Kept

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        match scope["type"]:
            case "http" if scope["path"] == "/" or scope["path"].split("/", 2)[1:2] in PAGES:
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
            stack.push_async_callback(self.kept.close)
            stack.push_async_callback(self.transport.close)
            stack.push_async_callback(self.raw.close)
            stack.push_async_callback(self.journal.flush)
            works = [self.journal.run(), self.models.run(), *(checker.run() for checker in self.checkers)]
            for keeper in self.keepers:
                await keeper.restore()
                stack.push_async_callback(keeper.save)
                works.append(keeper.run())
            for work in works:
                stack.push_async_callback(_end, asyncio.create_task(work))
            await send({"type": "lifespan.startup.complete"})
            await receive()
        await send({"type": "lifespan.shutdown.complete"})


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


def build(settings: Settings, options: Options, kept: Kept = NOTHING, clock: SystemClock | None = None) -> App:
    """Everything that serves, put together."""
    clock = clock or SystemClock()
    transport, raw = PooledTransport(options.time_out), RawPooledTransport(options.time_out)
    google, dice = GeminiApi(settings.base_url, settings.proxies), random.random
    keys = with_paid(settings.api_keys, settings.paid_key)
    pool = KeyPool(keys, options.max_failures, dice, told_limits(options.quota_limits))
    way = transport, clock, RetryPolicy(options.max_retries), dice, options.patience
    owners = Owners(kept.resources or MemoryResources(), clock)
    gateway = Gateway(pool, {GEMINI_API: google}, *way, attacher=Attacher(google, raw, owners))
    vertex = Gateway(KeyPool(settings.vertex_api_keys, options.max_failures, dice), _express(settings), *way)
    media = _media(options)
    journal = Journal([AccessLog(sys.stderr)] if settings.access_log else [])
    models = ModelBook(gateway)
    trusted = TrustedProxies(settings.trusted_proxies)
    tokens = TokenBook(settings.allowed_tokens, secrets.token_bytes(32))
    public = PublicUrl(settings.public_url, trusted)
    carrier = Carrier(gateway, raw, owners, _references(owners, public, google.address))
    album = Album(kept.pictures or MemoryPictures(secrets.token_bytes(32)), clock, _image_host(settings, clock))
    studio = _studio(gateway, album, public)
    ids = request_ids()
    asked = gateway, vertex, media, carrier, studio
    door = Door(*asked, models, tokens, options, journal, clock, trusted, ids, _today)
    sockets = WebSockets(options.time_out)
    live = LiveDoor(gateway, sockets, owners, tokens, options, journal, clock, trusted, ids)
    pages = _pages(door, public, album)
    hours = options.check_interval_hours
    checkers = (KeyChecker(gateway, hours, dice), KeyChecker(vertex, hours, dice, VERTEX_PROBE))
    pools = (pool, kept.pool), (vertex.pool, kept.vertex_pool)
    keepers = tuple(StateKeeper(of, clock, store) for of, store in pools if store is not None)
    return App(door, live, pages, journal, models, checkers, keepers, transport, raw, settings.shutdown_timeout, kept)


def _express(settings: Settings) -> dict[str, Upstream]:
    return {VERTEX_EXPRESS: VertexExpress(settings.vertex_express_base_url, settings.proxies)}


def _media(options: Options) -> WebMedia:
    limits = MediaLimits(int(options.media_max_mb * 1_000_000), options.media_time_out)
    return WebMedia(AllowedHosts(options.allowed_media_hosts), limits)


def _references(owners: Owners, public: PublicUrl, address: str) -> References:
    """Names in bodies may have the address that Google is asked at, or Google's own."""
    with_path = address.partition("://")[2]
    hosts = frozenset({with_path, urlsplit(address).netloc, urlsplit(GOOGLE).netloc})
    return References(owners, public, address, hosts)


def _studio(gateway: Gateway, album: Album, public: PublicUrl) -> Studio:
    illustrator, listener = Illustrator(gateway, album, public), Listener(gateway)
    return Studio(
        {
            Operation.EMBEDDINGS: Embedder(gateway),
            Operation.IMAGES: illustrator,
            Operation.IMAGE_EDITS: illustrator,
            Operation.SPEECH: Speaker(gateway, AvEncoder()),
            Operation.TRANSCRIPTIONS: listener,
            Operation.TRANSLATIONS: listener,
        }
    )


def _pages(door: Door, public: PublicUrl, album: Album) -> Starlette:
    pictures = picture_route(album, lambda: door.options.allowed_origins)
    return Starlette(routes=[landing_route(public), pictures, *health_routes(lambda: not door.draining)])


def _image_host(settings: Settings, clock: Clock) -> ImageHost | None:
    """None where none is named, or where what it needs is missing."""
    match settings.upload_provider:
        case "smms" if settings.smms_secret_token:
            return SmMs(settings.smms_secret_token)
        case "picgo" if settings.picgo_api_key:
            return PicGo(settings.picgo_api_key, settings.picgo_api_url)
        case "cloudflare_imgbed" if settings.cloudflare_imgbed_url:
            code, folder = settings.cloudflare_imgbed_auth_code, settings.cloudflare_imgbed_upload_folder
            return ImgBed(settings.cloudflare_imgbed_url, code, folder)
        case "aliyun_oss" if settings.oss_endpoint and settings.oss_bucket_name and settings.oss_access_key_secret:
            ends = settings.oss_endpoint, settings.oss_endpoint_inner
            key = settings.oss_access_key, settings.oss_access_key_secret
            return AliyunOss(*ends, *key, settings.oss_bucket_name, settings.oss_region, clock)
        case provider:
            if provider:
                log.warning("UPLOAD_PROVIDER is %s, but what that needs is not set: pictures are kept here.", provider)
            return None


def request_ids() -> Callable[[], str]:
    """Ids that sort by time: milliseconds, a number within the process, and what tells processes apart."""
    process, numbers = secrets.token_hex(3), count()
    return lambda: f"{time.time_ns() // 1_000_000:011x}{next(numbers) & 0xFFFFF:05x}{process}"


def _today() -> date:
    return datetime.now(UTC).date()
