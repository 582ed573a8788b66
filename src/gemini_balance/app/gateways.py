"""Who asks Google, and with what."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, NamedTuple

from gemini_balance.core.attempts import RetryPolicy
from gemini_balance.core.call import GEMINI_API, VERTEX_EXPRESS
from gemini_balance.core.keys import spec_of
from gemini_balance.core.pool import KeyPool
from gemini_balance.gateway.attaching import Attacher
from gemini_balance.gateway.execute import Gateway
from gemini_balance.gateway.probing import VERTEX_PROBE, KeyChecker
from gemini_balance.settings import with_paid
from gemini_balance.upstreams.gemini_api.upstream import GeminiApi
from gemini_balance.upstreams.raw import RawPooledTransport
from gemini_balance.upstreams.sockets import WebSockets
from gemini_balance.upstreams.transport import PooledTransport
from gemini_balance.upstreams.vertex_express.upstream import VertexExpress

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gemini_balance.app.ground import Ground
    from gemini_balance.core.keys import Entry
    from gemini_balance.gateway.owners import Owners


class Transports(NamedTuple):
    pooled: PooledTransport
    raw: RawPooledTransport
    sockets: WebSockets


class Gateways(NamedTuple):
    """One for each service that answers, with keys of its own, and the service."""

    gemini: Gateway
    vertex: Gateway
    google: GeminiApi
    express: VertexExpress
    checkers: tuple[KeyChecker, ...]


def transports_of(ground: Ground) -> Transports:
    time_out = ground.options.time_out
    return Transports(PooledTransport(time_out), RawPooledTransport(time_out), WebSockets(time_out))


def gateways_of(ground: Ground, owners: Owners, transports: Transports) -> Gateways:
    settings, options = ground.settings, ground.options
    google = GeminiApi(settings.base_url, settings.proxies)
    express = VertexExpress(settings.vertex_express_base_url, settings.proxies)
    keys, dice = with_paid(settings.api_keys, settings.paid_key), random.random
    way = transports.pooled, ground.clock, RetryPolicy(options.max_retries), dice, options.patience
    attacher = Attacher(google, transports.raw, owners)
    gemini = Gateway(_pool(ground, keys), {GEMINI_API: google}, *way, attacher=attacher)
    vertex = Gateway(_pool(ground, settings.vertex_api_keys), {VERTEX_EXPRESS: express}, *way)
    hours = options.check_interval_hours
    checkers = KeyChecker(gemini, hours, dice), KeyChecker(vertex, hours, dice, VERTEX_PROBE)
    return Gateways(gemini, vertex, google, express, checkers)


def _pool(ground: Ground, keys: Iterable[Entry]) -> KeyPool:
    """What the operator tells of quotas is of the Gemini API's keys; the options' reach says so to that pool."""
    return KeyPool(map(spec_of, keys), ground.options.max_failures, random.random)
