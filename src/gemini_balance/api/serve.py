"""The raw ASGI door: from a request to its answer, one short step after the other."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gemini_balance.api import cors, names
from gemini_balance.api.asgi import ClientLeft, read_body
from gemini_balance.api.auth import authenticate
from gemini_balance.api.clients import client_of
from gemini_balance.api.errors import JSON, send_error, send_failure
from gemini_balance.api.exchange import Exchange
from gemini_balance.api.leaving import watching
from gemini_balance.api.records import record_of
from gemini_balance.api.reply import ClientReply
from gemini_balance.api.routes import dialect_of, find, split
from gemini_balance.core.call import Call, Framing, Inbound, Operation
from gemini_balance.core.catalog.route import Config, Route, route_of
from gemini_balance.core.dialects import Moment
from gemini_balance.core.errors import GatewayError, ModelNotFound, ShuttingDown
from gemini_balance.gateway.failures import CallFailed

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from gemini_balance.api.asgi import Receive, Scope, Send
    from gemini_balance.api.clients import TrustedProxies
    from gemini_balance.core.options import Options
    from gemini_balance.gateway.execute import Gateway
    from gemini_balance.gateway.journal import Journal
    from gemini_balance.gateway.models import ModelBook
    from gemini_balance.gateway.ports import Clock
    from gemini_balance.gateway.tokens import TokenBook

LISTS = frozenset({Operation.LIST_MODELS, Operation.GET_MODEL})
GOING = "This gateway is shutting down. Try again; another replica or the restarted one will answer."
CONFIG_SECONDS = 1.0
log = logging.getLogger(__name__)


@dataclass(slots=True)
class Door:
    """What a client's request passes through. Tokens and options are snapshots, replaced whole."""

    gateway: Gateway
    models: ModelBook
    tokens: TokenBook
    options: Options
    journal: Journal
    clock: Clock
    trusted: TrustedProxies
    new_id: Callable[[], str]
    today: Callable[[], date]
    draining: bool = False
    running: set[Exchange] = field(default_factory=set)
    _config: Config | None = None
    _config_until: float = 0.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        exchange = self._exchange(scope, send)
        self.running.add(exchange)
        try:
            await self._answer(exchange, receive)
        except (ClientLeft, asyncio.CancelledError):
            pass  # nobody is waiting for an answer any more
        except GatewayError as error:
            await send_error(exchange, error)
        except Exception:
            log.exception("Request %s failed in a way nobody foresaw", exchange.id)
            await send_error(exchange, GatewayError(f"The gateway failed; its log says more under {exchange.id}."))
        finally:
            exchange.fail = None  # it leads back to the exchange: a circle that only the collector would find
            self.running.discard(exchange)
            self.journal.record(record_of(exchange, self.clock))

    def drain(self) -> None:
        """Take no new calls."""
        self.draining = True

    def end_running(self) -> None:
        """End what still runs, each with an error in its own format."""
        for exchange in self.running:
            exchange.ended_by = ShuttingDown(GOING)
            if exchange.task is not None:
                exchange.task.cancel()

    def _exchange(self, scope: Scope, send: Send) -> Exchange:
        headers = dict(scope["headers"])
        place = split(scope["path"])
        dialect = dialect_of(place, headers, scope["query_string"])
        client = client_of(scope, headers, self.trusted)
        new = Exchange(self.new_id(), scope, headers, send, client, self.clock.now(), place, dialect)
        new.told.append((names.REQUEST_ID, new.id.encode()))
        if b"origin" in headers:
            new.told += cors.allowance(headers, self.options.allowed_origins)
        return new

    async def _answer(self, exchange: Exchange, receive: Receive) -> None:
        scope, headers = exchange.scope, exchange.headers
        method, path, query = scope["method"], scope["path"], scope["query_string"]
        if cors.is_preflight(method, headers):
            exchange.told = cors.preflight(headers, self.options.allowed_origins)
            return await exchange.answer(200, b"text/plain", b"")
        if self.draining:
            raise ShuttingDown(GOING)
        match = find(method, path, exchange.place, exchange.dialect)
        exchange.principal = authenticate(headers, query, self.tokens)
        limit = int(self.options.max_body_mb * 1_000_000)
        body = await read_body(receive, headers.get(b"content-length"), limit)
        inbound = Inbound(method, path, query, headers, body, match.target)
        exchange.call = call = match.dialect.decode(match.operation, inbound)
        if call.operation in LISTS and not call.verbatim:
            return await self._list_models(exchange, call)
        await self._execute(exchange, call, receive)
        return None

    def _moment(self) -> Config:
        """What resolving needs to know, put together once a second and not for every call."""
        now = self.clock.now()
        if self._config is None or now >= self._config_until:
            search, failover = frozenset(self.options.search_models), self.options.native_failover
            self._config = Config(self.models.listed, search, self.today(), failover)
            self._config_until = now + CONFIG_SECONDS
        return self._config

    async def _list_models(self, exchange: Exchange, call: Call) -> None:
        if not self.models.listed:
            await self.models.refresh()
        created = int(self.clock.unix())
        if call.operation is Operation.LIST_MODELS:
            shown = self.models.shown(self.options.search_models)
            return await exchange.answer(200, JSON, exchange.dialect.models(shown, created))
        if call.model not in self.models.shown(self.options.search_models):
            raise ModelNotFound(f"There is no model named {call.model[:100]!r}; GET /v1/models lists them.")
        return await exchange.answer(200, JSON, exchange.dialect.model(call.model, created))

    async def _execute(self, exchange: Exchange, call: Call, receive: Receive) -> None:
        route = route_of(call, self._moment())
        _tell(exchange, call, route)
        encoder = exchange.dialect.encoder(call, Moment(exchange.id, int(self.clock.unix())), self.options)
        patience = None if route.framing is Framing.WHOLE else self.options.heartbeat_after
        reply = ClientReply(exchange, encoder, self.clock, patience)
        exchange.fail = reply.fail
        exchange.task = asyncio.current_task()
        watch = watching(exchange, receive)
        try:
            await self.gateway.execute(route, reply, exchange.story)
        except CallFailed as failed:
            await send_failure(exchange, failed, reply)
        except GatewayError as error:
            await send_error(exchange, error)
        except asyncio.CancelledError:
            if exchange.ended_by is None:
                raise
            await send_error(exchange, exchange.ended_by)
        finally:
            reply.stop()
            watch.stop()


def _tell(exchange: Exchange, call: Call, route: Route) -> None:
    exchange.story.model = route.model
    exchange.told.append((names.ROUTE, f"{exchange.dialect.name}:{call.operation}".encode()))
    if route.model != call.model:
        exchange.told.append((names.MODEL, route.model.encode()))
    if call.dropped:
        exchange.told.append((names.DROPPED, ", ".join(call.dropped).encode()))
