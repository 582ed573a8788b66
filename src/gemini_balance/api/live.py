"""The door of Live: WebSockets that are passed on to Google with one of our keys."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qs

from gemini_balance.api import cors, names
from gemini_balance.api.auth import admit, authenticate, settle
from gemini_balance.api.client_socket import ClientSocket
from gemini_balance.api.clients import client_of
from gemini_balance.api.errors import is_about_us
from gemini_balance.api.exchange import Exchange
from gemini_balance.api.records import record_of
from gemini_balance.api.routes import NATIVE, Place
from gemini_balance.core.call import Call, Framing, Operation
from gemini_balance.core.catalog.estimate import tokens_in
from gemini_balance.core.catalog.resolve import check_name
from gemini_balance.core.catalog.route import Route
from gemini_balance.core.dialects.native.dialect import without_credentials
from gemini_balance.core.errors import BadRequest, Forbidden, GatewayError, NotFound, NotSignedIn, ShuttingDown
from gemini_balance.core.gemini.live import (
    EPHEMERAL,
    LEAVING,
    NORMAL,
    RESTART,
    Parting,
    code_for,
    live_method,
    session,
    setup_in,
)
from gemini_balance.core.pool import Demand
from gemini_balance.core.redaction import Redactor
from gemini_balance.gateway.bound import CALL_ID
from gemini_balance.gateway.failures import CallFailed, error_for
from gemini_balance.gateway.live import Conversation
from gemini_balance.gateway.ports import SocketClosed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gemini_balance.api.asgi import Receive, Scope, Send
    from gemini_balance.api.clients import TrustedProxies
    from gemini_balance.core.call import Principal
    from gemini_balance.core.gemini.live import LiveMethod, Message, Setup
    from gemini_balance.core.options import Options
    from gemini_balance.core.pool import KeyId
    from gemini_balance.gateway.execute import Gateway
    from gemini_balance.gateway.journal import Journal
    from gemini_balance.gateway.owners import Owners
    from gemini_balance.gateway.ports import Clock, SocketTransport
    from gemini_balance.gateway.record import RequestRecord
    from gemini_balance.gateway.tokens import TokenBook

GOING = "This gateway is shutting down. Connect again; another replica or the restarted one will answer."
NO_ORIGIN = "Pages of this origin may not call. The operator can add it to ALLOWED_ORIGINS."
NO_PATH = "No WebSocket is served here. Live is /ws/google.ai.generativelanguage.v1beta.GenerativeService.Bidi…"
NOT_OURS = "This ephemeral token was not made through this gateway, or it is no longer valid."
NEEDED = "This method takes an ephemeral token: `Authorization: Token auth_tokens/…` or ?access_token=auth_tokens/…"
LATE = Parting(LEAVING, "No setup was sent in time.")
log = logging.getLogger(__name__)


class Caller(NamedTuple):
    """Who calls. `token`, where one was shown, is Google's for a browser, and `key` made it."""

    principal: Principal
    token: str = ""
    key: KeyId | None = None


@dataclass(slots=True)
class LiveDoor:
    """What a client's WebSocket passes through."""

    gateway: Gateway
    transport: SocketTransport
    owners: Owners
    tokens: TokenBook
    options: Options
    journal: Journal
    clock: Clock
    trusted: TrustedProxies
    new_id: Callable[[], str]
    redactor: Redactor = field(default_factory=Redactor)
    traced: bool = False
    draining: bool = False
    running: set[Exchange] = field(default_factory=set)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        exchange = self._exchange(scope, send)
        client = ClientSocket(exchange, receive, lambda: self._began(exchange))
        CALL_ID.set(exchange.id)
        self.running.add(exchange)
        try:
            await self._answer(exchange, client, receive)
        except asyncio.CancelledError:
            if exchange.ended_by is not None:
                await _tell(exchange, client, exchange.ended_by)
        except Exception:
            log.exception("Conversation %s failed in a way nobody foresaw", exchange.id)
            failed = GatewayError(f"The gateway failed; its log says more under {exchange.id}.")
            await _tell(exchange, client, failed)
        finally:
            client.abort()
            self.running.discard(exchange)
            settle(exchange, self.tokens)
            self.journal.record(self._record(exchange))

    def _record(self, exchange: Exchange) -> RequestRecord:
        told = self.options.error_log_enabled
        return record_of(exchange, self.clock, self.redactor.brief, told=told, traced=self.traced)

    def drain(self) -> None:
        """Conversations end by nothing but somebody's leaving, so a shutdown does not wait for them."""
        self.draining = True
        for exchange in self.running:
            exchange.ended_by = ShuttingDown(GOING)
            exchange.leave()

    def _exchange(self, scope: Scope, send: Send) -> Exchange:
        scope["method"] = "GET"  # what every WebSocket begins with; ASGI leaves it out
        headers = dict(scope["headers"])
        new_id = self.new_id()
        client, told = client_of(scope, headers, self.trusted), [(names.REQUEST_ID, new_id.encode())]
        place = Place("", scope["path"])
        exchange = Exchange(new_id, scope, headers, send, client, self.clock.now(), place, NATIVE, told)
        exchange.task = asyncio.current_task()
        return exchange

    def _began(self, exchange: Exchange) -> None:
        exchange.story.first_byte = self.clock.now() - exchange.began

    async def _answer(self, exchange: Exchange, client: ClientSocket, receive: Receive) -> None:
        await receive()  # that there is a connection
        found = live_method(exchange.scope["path"])
        if found is None:
            return await client.refuse(NotFound(NO_PATH))
        if (refusal := self._refusal(exchange)) is not None:
            return await client.refuse(refusal)
        await client.accept()
        try:
            await self._converse(exchange, client, found)
        except SocketClosed:  # before it said what it wants
            exchange.done = True
        except GatewayError as error:
            await _tell(exchange, client, error)
        return None

    def _refusal(self, exchange: Exchange) -> GatewayError | None:
        """Why no connection is opened at all."""
        if self.draining:
            return ShuttingDown(GOING)
        allowed = cors.allowance(exchange.headers, self.options.allowed_origins)
        foreign = b"origin" in exchange.headers and allowed == [(b"vary", b"origin")]
        return Forbidden(NO_ORIGIN) if foreign else None

    async def _converse(self, exchange: Exchange, client: ClientSocket, found: LiveMethod) -> None:
        caller = await self._caller(exchange, found)
        admit(exchange, caller.principal, self.tokens)
        try:
            async with asyncio.timeout(self.options.time_out):
                first = await client.receive()
        except TimeoutError:
            return await client.close(LATE)
        client.read_ahead(exchange.leave)
        setup = setup_in(first)
        route = await self._route(exchange, found, caller, first, setup)
        exchange.story.model = route.model
        exchange.call = Call(
            Operation.LIVE, setup.model, Framing.RAW, verbatim=True, single_attempt=route.single_attempt
        )
        return await self._relay(exchange, client, route, first, caller)

    async def _caller(self, exchange: Exchange, found: LiveMethod) -> Caller:
        """Raises NotSignedIn."""
        query = exchange.scope["query_string"]
        token = ephemeral_in(exchange.headers, query)
        if not token:
            principal = authenticate(exchange.headers, query, self.tokens)
            if found.constrained:
                raise NotSignedIn(NEEDED)
            return Caller(principal)
        owner = await self.owners.whose(token)
        bearer = self.tokens.by_id(owner) if owner else None
        key = await self.owners.key_of(owner, token) if owner else None
        if bearer is None or key is None:
            raise NotSignedIn(NOT_OURS)
        return Caller(bearer, token, key)

    async def _route(
        self, exchange: Exchange, found: LiveMethod, caller: Caller, first: Message, setup: Setup
    ) -> Route:
        """Raises ModelNotFound for a name that no model has, NotFound for a session of somebody else."""
        if setup.model:
            check_name(setup.model)
        caller.principal.check_model(setup.model)
        resumed = await self.owners.pin(caller.principal.id, [session(setup.handle)] if setup.handle else [])
        if resumed is not None and caller.key not in (None, resumed):
            raise BadRequest("This session lives with another API key than the ephemeral token.")
        failover = self.options.native_failover
        strict = failover == "off" or (failover != "on" and found.strict)
        alone = strict or bool(caller.token)
        pinned, query = caller.key or resumed, without_credentials(exchange.scope["query_string"].decode("latin-1"))
        return Route(
            upstream="gemini_api",
            operation=Operation.LIVE,
            model=setup.model,
            path=f"{found.path}?{query}" if query else found.path,
            body=b"",
            framing=Framing.RAW,
            demand=_demand(caller, setup, first, pinned, hurried=alone),
            verbatim=True,
            single_attempt=alone,
            verb="GET",
            ephemeral=caller.token,
        )

    async def _relay(
        self, exchange: Exchange, client: ClientSocket, route: Route, first: Message, caller: Caller
    ) -> None:
        options = self.options
        owner, token = caller.principal.id, caller.token
        talk = Conversation(
            client, self.transport, self.owners, owner, first, options.time_out, options.live_idle, token
        )
        try:
            await self.gateway.execute(route, talk, exchange.story)
        except CallFailed as failed:
            exchange.error, exchange.message = failed.outcome.cause, failed.outcome.message
            if talk.parting is None or is_about_us(failed.outcome):
                return await _tell(exchange, client, error_for(failed.outcome, failed.model, paid=failed.paid))
        return await client.close(talk.parting or Parting(NORMAL))


async def _tell(exchange: Exchange, client: ClientSocket, error: GatewayError) -> None:
    exchange.error, exchange.message = error.code, error.message
    code = RESTART if isinstance(error, ShuttingDown) else code_for(error.status)
    await client.close(Parting(code, error.message))


def ephemeral_in(headers: Mapping[bytes, bytes], query: bytes) -> str:
    """The ephemeral token of a request, wherever Google's clients put it; empty where there is none."""
    asked = parse_qs(query.decode("latin-1"))
    shown = [headers.get(b"authorization", b"").decode("latin-1").partition(" ")[2].strip()]
    shown += [
        headers.get(b"x-goog-api-key", b"").decode("latin-1"),
        *asked.get("access_token", ()),
        *asked.get("key", ()),
    ]
    return next((token for token in shown if token.startswith(EPHEMERAL)), "")


def _demand(caller: Caller, setup: Setup, first: Message, pinned: KeyId | None, *, hurried: bool) -> Demand:
    said = first if isinstance(first, bytes) else first.encode()
    who = caller.principal
    return Demand(setup.model, tokens=tokens_in(said), client=who.id, pinned=pinned, hurried=hurried, tags=who.tags)
