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
from gemini_balance.app.callers import callers_of
from gemini_balance.app.clock import SystemClock, request_ids, today
from gemini_balance.app.kept import NOTHING, Kept
from gemini_balance.app.managing import forecasts_of, management_of
from gemini_balance.app.reach import Reach
from gemini_balance.app.remembered import remembered_of
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
from gemini_balance.gateway.verifying import Verifier
from gemini_balance.storage.journal.memory import memory_journal
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

    from gemini_balance.app.callers import Callers
    from gemini_balance.app.remembered import Remembered
    from gemini_balance.core.options import Options
    from gemini_balance.gateway.forecasts import Forecasts
    from gemini_balance.gateway.stores import ChangeLog, KeyStore, OptionStore
    from gemini_balance.settings import Settings


def build(settings: Settings, options: Options, kept: Kept = NOTHING, clock: SystemClock | None = None) -> App:
    """Everything that serves, put together."""
    clock = clock or SystemClock()
    transports = transport, raw, sockets = _transports(options.time_out)
    owners = Owners(kept.resources or MemoryResources(), clock)
    gateways, upstreams = _gateways(settings, options, clock, owners, transports)
    (gateway, vertex), (google, _) = gateways, upstreams
    media = WebMedia(*media_terms(options))
    calls = kept.journal or memory_journal()
    journal = Journal([AccessLog(sys.stderr)] if settings.access_log else [], bulk=[calls.sink])
    models = ModelBook(gateway)
    trusted = TrustedProxies(settings.trusted_proxies)
    callers = callers_of(settings, kept, clock)
    public = PublicUrl(settings.public_url, trusted)
    carrier = Carrier(gateway, raw, owners, references_of(owners, public, google.address))
    album = Album(kept.pictures or MemoryPictures(secrets.token_bytes(32)), clock, image_host(settings, clock))
    studio = studio_of(gateway, album, public)
    ids = request_ids()
    asked = gateway, vertex, media, carrier, studio, models
    door = Door(*asked, callers.tokens, options, journal, clock, trusted, ids, today)
    live = LiveDoor(gateway, sockets, owners, callers.tokens, options, journal, clock, trusted, ids)
    pages, forecasts = _pages(door, public, album), forecasts_of(gateway, vertex)
    checkers = _checkers(gateway, vertex, options.check_interval_hours, random.random)
    keys, stored, changes = _stores(kept)
    book, keyring = OptionBook(options, stored, changes, clock), _keyring(settings, keys, changes, gateways, clock)
    verifier = Verifier(keyring, clock)
    book.watch(Reach(door, live, gateways, upstreams, transports, media, checkers).apply)
    remembered = remembered_of(calls, changes, journal, book, clock)
    parts = remembered, models, book, forecasts, verifier
    life = _life(kept, clock, keyring, checkers, parts, (transport, raw), callers)
    cases = callers, (book, changes), (keyring, verifier), forecasts, remembered
    management = management_of(settings, kept, *cases, public, lambda: door.draining)
    return App(door, live, pages, management, life, settings.shutdown_timeout, book, remembered, keyring, verifier)


def _transports(time_out: float) -> tuple[PooledTransport, RawPooledTransport, WebSockets]:
    return PooledTransport(time_out), RawPooledTransport(time_out), WebSockets(time_out)


def _gateways(
    settings: Settings,
    options: Options,
    clock: SystemClock,
    owners: Owners,
    transports: tuple[PooledTransport, RawPooledTransport, WebSockets],
) -> tuple[tuple[Gateway, Gateway], tuple[GeminiApi, VertexExpress]]:
    """One for each service that answers, with keys of its own."""
    transport, raw, _ = transports
    google = GeminiApi(settings.base_url, settings.proxies)
    express = VertexExpress(settings.vertex_express_base_url, settings.proxies)
    keys, dice = map(spec_of, settings.gemini_keys), random.random
    pool = KeyPool(keys, options.max_failures, dice, told_limits(options.quota_limits))
    way = transport, clock, RetryPolicy(options.max_retries), dice, options.patience
    gateway = Gateway(pool, {GEMINI_API: google}, *way, attacher=Attacher(google, raw, owners))
    theirs = KeyPool(map(spec_of, settings.vertex_api_keys), options.max_failures, dice)
    vertex = Gateway(theirs, {VERTEX_EXPRESS: express}, *way)
    return (gateway, vertex), (google, express)


def _stores(kept: Kept) -> tuple[KeyStore, OptionStore, ChangeLog]:
    """Where nothing is kept, what operators change is forgotten at the end of the process."""
    if kept.keys is not None and kept.options is not None and kept.changes is not None:
        return kept.keys, kept.options, kept.changes
    changes = MemoryChanges()
    return MemoryKeys(changes), MemoryOptions(changes), changes


def _keyring(
    settings: Settings, keys: KeyStore, changes: ChangeLog, gateways: tuple[Gateway, Gateway], clock: SystemClock
) -> Keyring:
    """Of the keys for both upstreams."""
    by_upstream = dict(zip((GEMINI_API, VERTEX_EXPRESS), gateways, strict=True))
    return Keyring(by_upstream, keys, changes, clock, settings.keys)


def _checkers(gateway: Gateway, vertex: Gateway, hours: float, dice: Callable[[], float]) -> tuple[KeyChecker, ...]:
    return KeyChecker(gateway, hours, dice), KeyChecker(vertex, hours, dice, VERTEX_PROBE)


def _life(
    kept: Kept,
    clock: SystemClock,
    keyring: Keyring,
    checkers: tuple[KeyChecker, ...],
    parts: tuple[Remembered, ModelBook, OptionBook, Forecasts, Verifier],
    transports: tuple[PooledTransport, RawPooledTransport],
    callers: Callers,
) -> Life:
    remembered, models, book, forecasts, verifier = parts
    reloads = book.reload, keyring.reload, *callers.reloads
    followers = [Follower(kept.changes, reloads)] if kept.changes is not None else []
    stores = kept.pool, kept.vertex_pool
    pools = zip(keyring.gateways.values(), stores, strict=True)
    keepers = [StateKeeper(gateway.pool, clock, store) for gateway, store in pools if store is not None]
    keepers += [callers.keeper] if callers.keeper is not None else []
    works = (
        *(remembered.journal.run, remembered.retention.run, models.run, forecasts.run, callers.tokens.run),
        *(checker.run for checker in checkers),
        *(keeper.run for keeper in keepers),
        *(one.run for one in followers),
    )
    closes = kept.close, *(transport.close for transport in transports)
    saves = callers.tokens.save_used, *(keeper.save for keeper in keepers)
    ends = *closes, remembered.journal.close, *saves, verifier.close
    restores = (keeper.restore for keeper in keepers)
    begins = keyring.load, *callers.begins, *(one.begin for one in followers), *restores
    return Life(begins, works, ends)


def _pages(door: Door, public: PublicUrl, album: Album) -> Starlette:
    pictures = picture_route(album, lambda: door.options.allowed_origins)
    return Starlette(routes=[landing_route(public), pictures, *health_routes(lambda: not door.draining)])
