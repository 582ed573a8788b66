"""Settings → adapters → gateway → ASGI app."""

from __future__ import annotations

import random
import secrets
import sys
from typing import TYPE_CHECKING

from starlette.applications import Starlette

from gemini_balance.api.carrying import Carrier
from gemini_balance.api.clients import PublicUrl, TrustedProxies
from gemini_balance.api.health import health_routes
from gemini_balance.api.landing import landing_route
from gemini_balance.api.live import LiveDoor
from gemini_balance.api.pictures import picture_route
from gemini_balance.api.serve import Door
from gemini_balance.app.adapters import image_host, media_terms, references_of, studio_of
from gemini_balance.app.app import App, Life
from gemini_balance.app.clock import SystemClock, request_ids, today
from gemini_balance.app.kept import NOTHING, Kept
from gemini_balance.app.reach import Reach
from gemini_balance.core.attempts import RetryPolicy
from gemini_balance.core.call import GEMINI_API, VERTEX_EXPRESS
from gemini_balance.core.catalog.told import told_limits
from gemini_balance.core.keys import spec_of
from gemini_balance.core.pool import KeyPool
from gemini_balance.gateway.album import Album
from gemini_balance.gateway.attaching import Attacher
from gemini_balance.gateway.execute import Gateway
from gemini_balance.gateway.following import Follower
from gemini_balance.gateway.journal import Journal
from gemini_balance.gateway.keyring import Keyring
from gemini_balance.gateway.models import ModelBook
from gemini_balance.gateway.options import OptionBook
from gemini_balance.gateway.owners import Owners
from gemini_balance.gateway.probing import VERTEX_PROBE, KeyChecker
from gemini_balance.gateway.state import StateKeeper
from gemini_balance.gateway.tokens import TokenBook
from gemini_balance.gateway.verifying import Verifier
from gemini_balance.storage.memory import MemoryPictures, MemoryResources
from gemini_balance.storage.memory.changes import MemoryChanges
from gemini_balance.storage.memory.keys import MemoryKeys
from gemini_balance.storage.memory.options import MemoryOptions
from gemini_balance.telemetry.logs import AccessLog
from gemini_balance.upstreams.gemini_api.upstream import GeminiApi
from gemini_balance.upstreams.media import WebMedia
from gemini_balance.upstreams.raw import RawPooledTransport
from gemini_balance.upstreams.sockets import WebSockets
from gemini_balance.upstreams.transport import PooledTransport
from gemini_balance.upstreams.vertex_express.upstream import VertexExpress

if TYPE_CHECKING:
    from collections.abc import Callable

    from gemini_balance.core.options import Options
    from gemini_balance.settings import Settings


def build(settings: Settings, options: Options, kept: Kept = NOTHING, clock: SystemClock | None = None) -> App:
    """Everything that serves, put together."""
    clock = clock or SystemClock()
    transport, raw = PooledTransport(options.time_out), RawPooledTransport(options.time_out)
    google, dice = GeminiApi(settings.base_url, settings.proxies), random.random
    express = VertexExpress(settings.vertex_express_base_url, settings.proxies)
    pool = KeyPool(map(spec_of, settings.gemini_keys), options.max_failures, dice, told_limits(options.quota_limits))
    way = transport, clock, RetryPolicy(options.max_retries), dice, options.patience
    owners = Owners(kept.resources or MemoryResources(), clock)
    gateway = Gateway(pool, {GEMINI_API: google}, *way, attacher=Attacher(google, raw, owners))
    vertex = Gateway(
        KeyPool(map(spec_of, settings.vertex_api_keys), options.max_failures, dice), {VERTEX_EXPRESS: express}, *way
    )
    media = WebMedia(*media_terms(options))
    journal = Journal([AccessLog(sys.stderr)] if settings.access_log else [])
    models = ModelBook(gateway)
    trusted = TrustedProxies(settings.trusted_proxies)
    tokens = TokenBook(settings.allowed_tokens, secrets.token_bytes(32))
    public = PublicUrl(settings.public_url, trusted)
    carrier = Carrier(gateway, raw, owners, references_of(owners, public, google.address))
    album = Album(kept.pictures or MemoryPictures(secrets.token_bytes(32)), clock, image_host(settings, clock))
    studio = studio_of(gateway, album, public)
    ids = request_ids()
    asked = gateway, vertex, media, carrier, studio
    door = Door(*asked, models, tokens, options, journal, clock, trusted, ids, today)
    sockets = WebSockets(options.time_out)
    live = LiveDoor(gateway, sockets, owners, tokens, options, journal, clock, trusted, ids)
    pages = _pages(door, public, album)
    checkers = _checkers(gateway, vertex, options.check_interval_hours, dice)
    book = _book(options, kept, clock)
    keyring = _keyring(settings, kept, (gateway, vertex), clock)
    verifier = Verifier(keyring, clock)
    reached = (gateway, vertex), (google, express), (transport, raw, sockets), media, checkers
    book.watch(Reach(door, live, *reached).apply)
    life = _life(kept, clock, keyring, checkers, (journal, models, book, verifier), (transport, raw))
    return App(door, live, pages, life, settings.shutdown_timeout, book, keyring, verifier)


def _book(environment: Options, kept: Kept, clock: SystemClock) -> OptionBook:
    """What operators change is kept, or forgotten at the end of the process."""
    if kept.options is not None and kept.changes is not None:
        return OptionBook(environment, kept.options, kept.changes, clock)
    changes = MemoryChanges()
    return OptionBook(environment, MemoryOptions(changes), changes, clock)


def _keyring(settings: Settings, kept: Kept, gateways: tuple[Gateway, Gateway], clock: SystemClock) -> Keyring:
    """Of the keys for both upstreams. Where nothing is kept, those of the environment serve until the end."""
    by_upstream = dict(zip((GEMINI_API, VERTEX_EXPRESS), gateways, strict=True))
    if kept.keys is not None and kept.changes is not None:
        return Keyring(by_upstream, kept.keys, kept.changes, clock, settings.keys)
    changes = MemoryChanges()
    return Keyring(by_upstream, MemoryKeys(changes), changes, clock, settings.keys)


def _checkers(gateway: Gateway, vertex: Gateway, hours: float, dice: Callable[[], float]) -> tuple[KeyChecker, ...]:
    return KeyChecker(gateway, hours, dice), KeyChecker(vertex, hours, dice, VERTEX_PROBE)


def _life(
    kept: Kept,
    clock: SystemClock,
    keyring: Keyring,
    checkers: tuple[KeyChecker, ...],
    parts: tuple[Journal, ModelBook, OptionBook, Verifier],
    transports: tuple[PooledTransport, RawPooledTransport],
) -> Life:
    journal, models, book, verifier = parts
    followers = [Follower(kept.changes, [book.reload, keyring.reload])] if kept.changes is not None else []
    stores = kept.pool, kept.vertex_pool
    pools = zip(keyring.gateways.values(), stores, strict=True)
    keepers = [StateKeeper(gateway.pool, clock, store) for gateway, store in pools if store is not None]
    works = (
        journal.run,
        models.run,
        *(checker.run for checker in checkers),
        *(keeper.run for keeper in keepers),
        *(one.run for one in followers),
    )
    closes = kept.close, *(transport.close for transport in transports)
    ends = *closes, journal.flush, *(keeper.save for keeper in keepers), verifier.close
    begins = keyring.load, *(one.begin for one in followers), *(keeper.restore for keeper in keepers)
    return Life(begins, works, ends)


def _pages(door: Door, public: PublicUrl, album: Album) -> Starlette:
    pictures = picture_route(album, lambda: door.options.allowed_origins)
    return Starlette(routes=[landing_route(public), pictures, *health_routes(lambda: not door.draining)])
