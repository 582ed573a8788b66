"""The raw ASGI door: from a request to its answer, one short step after the other."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from msgspec.structs import replace

from gemini_balance.api import cors, names, references
from gemini_balance.api.asgi import ClientLeft, read_body
from gemini_balance.api.auth import admit, authenticate, settle
from gemini_balance.api.clients import client_of
from gemini_balance.api.errors import send_error, send_failure
from gemini_balance.api.exchange import Exchange
from gemini_balance.api.leaving import watching
from gemini_balance.api.models import list_models
from gemini_balance.api.pacing import Pacer
from gemini_balance.api.records import keep_sent, record_of
from gemini_balance.api.reply import ClientReply
from gemini_balance.api.routes import dialect_of, find, split
from gemini_balance.api.studio.studio import Terms
from gemini_balance.api.telling import tell
from gemini_balance.api.turns import HUGE, others_turn
from gemini_balance.core.call import GEMINI_API, VERTEX_EXPRESS, Call, Framing, Inbound, Operation, Principal
from gemini_balance.core.catalog.config import Config, config_of
from gemini_balance.core.catalog.route import Route, route_of
from gemini_balance.core.dialects import Moment
from gemini_balance.core.errors import GatewayError, ShuttingDown
from gemini_balance.core.gemini.attachments import OF_A_PDF, Attachments, taken_out
from gemini_balance.core.gemini.long_decode import UNLIMITED, unary_limit
from gemini_balance.core.gemini.signatures import SignatureStore
from gemini_balance.core.redaction import Redactor
from gemini_balance.core.wire.lean import has_marks, lean, whole
from gemini_balance.gateway.bound import CALL_ID
from gemini_balance.gateway.continuing import Continuing
from gemini_balance.gateway.delivery import delivered, faked
from gemini_balance.gateway.failures import CallFailed
from gemini_balance.gateway.prepare import prepare

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from gemini_balance.api.asgi import Receive, Scope, Send
    from gemini_balance.api.carrying import Carrier
    from gemini_balance.api.clients import TrustedProxies
    from gemini_balance.api.studio.studio import Studio
    from gemini_balance.core.gemini.surface import Resource
    from gemini_balance.core.options import Options
    from gemini_balance.core.wire.lean import Pieces
    from gemini_balance.gateway.execute import Gateway
    from gemini_balance.gateway.journal import Journal
    from gemini_balance.gateway.models import ModelBook
    from gemini_balance.gateway.ports import Clock, MediaFetcher, Reply
    from gemini_balance.gateway.record import RequestRecord
    from gemini_balance.gateway.tokens import TokenBook

LISTS = frozenset({Operation.LIST_MODELS, Operation.GET_MODEL})
GOING = "This gateway is shutting down. Try again; another replica or the restarted one will answer."
CONFIG_SECONDS = 1.0
log = logging.getLogger(__name__)


@dataclass(slots=True)
class Door:
    """What a client's request passes through. Tokens and options are snapshots, replaced whole."""

    gateway: Gateway
    vertex: Gateway
    media: MediaFetcher
    carrier: Carrier
    studio: Studio
    models: ModelBook
    tokens: TokenBook
    options: Options
    journal: Journal
    clock: Clock
    trusted: TrustedProxies
    new_id: Callable[[], str]
    today: Callable[[], date]
    redactor: Redactor = field(default_factory=Redactor)
    traced: bool = False
    signatures: SignatureStore = field(default_factory=SignatureStore)
    draining: bool = False
    running: set[Exchange] = field(default_factory=set)
    _config: Config | None = None
    _config_until: float = 0.0
    _loop: asyncio.AbstractEventLoop | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send, caller: Principal | None = None) -> None:
        """`caller`: who calls, where that was shown elsewhere; else the request itself shows a token."""
        exchange = self._exchange(scope, send)
        exchange.principal = caller
        CALL_ID.set(exchange.id)
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
            settle(exchange, self.tokens)
            self.journal.record(self._record(exchange))

    def _record(self, exchange: Exchange) -> RequestRecord:
        told = self.options.error_log_enabled
        return record_of(exchange, self.clock, self.redactor.brief, told=told, traced=self.traced)

    def use(self, options: Options) -> None:
        """From the next call on."""
        self.options, self._config = options, None

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
        new_id = self.new_id()
        told = [(names.REQUEST_ID, new_id.encode())]
        new = Exchange(new_id, scope, headers, send, client, self.clock.now(), place, dialect, told)
        new.traced = self.options.route_header
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
        if match.resource is not None:
            return await self._resource(exchange, match.resource, receive)
        admit(exchange, exchange.principal or authenticate(headers, query, self.tokens), self.tokens)
        body = await self._body(exchange, receive)
        if match.made:
            terms = Terms(self._moment(), self.options)
            return await self.studio.answer(exchange, match.operation, body, receive, terms)
        if len(body) > HUGE:
            await others_turn(body)
        body, aside = lean(body)
        inbound = Inbound(method, exchange.place.forgiven or path, query, headers, body, match.target)
        exchange.call = call = match.dialect.decode(match.operation, inbound)
        if references.may_name(call):
            exchange.call = call = await self.carrier.references.pinned(exchange, call, self._largest)
        if call.operation in LISTS and await list_models(exchange, call, self.models, self.options, self._unix()):
            return None
        if call.operation is Operation.METHOD:
            return await self._method(exchange, call, receive, aside)
        return await self._execute(exchange, call, receive, body, aside)

    async def _body(self, exchange: Exchange, receive: Receive) -> bytes:
        options = self.options
        body = await read_body(receive, exchange.headers.get(b"content-length"), self._largest, options.body_idle)
        if options.error_log_record_request_body:
            keep_sent(exchange, body, int(options.error_log_body_kb * 1000))
        return body

    async def _method(self, exchange: Exchange, call: Call, receive: Receive, aside: Pieces) -> None:
        route = route_of(call, self._moment(), exchange.caller)
        exchange.caller.check_model(call.model, route.model)
        tell(exchange, call, route.model, route.dropped, route.warning)
        await self.carrier.method(exchange, call, _with(route, whole(route.body, aside)), receive, self.options)

    async def _resource(self, exchange: Exchange, found: Resource, receive: Receive) -> None:
        uploader = await self.carrier.uploader(exchange, self.tokens)
        caller = uploader or authenticate(exchange.headers, exchange.scope["query_string"], self.tokens)
        admit(exchange, caller, self.tokens, counts=uploader is None)
        await self.carrier.resource(exchange, found, receive, self._largest, self.options)

    @property
    def _largest(self) -> int:
        """Bytes of a request, whether they come along or are fetched."""
        return int(self.options.max_body_mb * 1_000_000)

    def _unix(self) -> int:
        return int(self.clock.unix())

    def _running_loop(self) -> asyncio.AbstractEventLoop:
        """Asked once: it costs a system call each time."""
        if self._loop is None:
            self._loop = asyncio.get_running_loop()
        return self._loop

    def _moment(self) -> Config:
        """What resolving needs to know, put together once a second and not for every call."""
        now = self.clock.now()
        if self._config is None or now >= self._config_until:
            self._config = config_of(self.options, self.models.listed, self.today(), self.signatures)
            self._config_until = now + CONFIG_SECONDS
        return self._config

    async def _execute(self, exchange: Exchange, call: Call, receive: Receive, body: bytes, aside: Pieces) -> None:
        reply = self._reply(exchange, call)
        exchange.fail = reply.fail
        exchange.task = asyncio.current_task(self._running_loop())
        watch = watching(exchange, receive)
        try:
            if call.media or call.files or (call.request is not None and call.request.cached_content):
                call = await self._gathered(exchange, call, body, aside)
            route = self._routed(exchange, call, len(body), aside)
            if len(route.body) > HUGE:
                await others_turn(route.body)
            answer = self._remembering(exchange, route, reply) if references.is_pinnable(call) else reply
            gateway = self.vertex if route.upstream == VERTEX_EXPRESS else self.gateway
            await gateway.execute(route, answer, exchange.story)
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

    async def _gathered(self, exchange: Exchange, call: Call, body: bytes, aside: Pieces) -> Call:
        """The call with what it names at Google, and with what it names elsewhere."""
        exchange.call = call = await self.carrier.references.held(exchange, call)
        if call.media:
            spare = None if has_marks(body) and not aside else aside
            await prepare(call.media, self.media, self._largest, spare)
        return call

    def _routed(self, exchange: Exchange, call: Call, size: int, aside: Pieces) -> Route:
        attachments = self._attachments(exchange, call, size, aside)
        route = delivered(route_of(call, self._moment(), exchange.caller), call, self.options)
        exchange.caller.check_model(call.model, route.model)
        tell(exchange, call, route.model, route.dropped, route.warning)
        if aside:
            route = _with(route, whole(route.body, aside))
        return route if attachments is None else replace(route, attachments=attachments)

    def _attachments(self, exchange: Exchange, call: Call, size: int, aside: Pieces) -> Attachments | None:
        """What of a translated call is too large to be sent along. `size`: of its body, without what is aside."""
        if call.request is None or call.upstream != GEMINI_API:
            return None
        limit = int(self.options.inline_max_mb * 1_000_000)
        if not call.media and size + sum(map(len, aside)) <= limit * OF_A_PDF:
            return None
        found = taken_out(call.request, aside, limit, exchange.id)
        return Attachments(references.client_of(exchange), found) if found else None

    def _remembering(self, exchange: Exchange, route: Route, reply: ClientReply) -> Reply:
        """A caller that goes on with a long answer itself comes back with a token, which only one key knows."""
        if unary_limit(route.model) == UNLIMITED or exchange.principal is None:
            return reply
        return Continuing(reply, self.carrier.owners, exchange.principal.id, exchange.story)

    def _reply(self, exchange: Exchange, call: Call) -> ClientReply:
        options, moment = self.options, Moment(exchange.id, self._unix())
        encoder = exchange.dialect.encoder(call, moment, options, self.signatures)
        if call.framing is Framing.WHOLE:
            return ClientReply(exchange, encoder, self.clock, gathers=True)
        patience = options.fake_stream_empty_data_interval_seconds if faked(call, options) else options.heartbeat_after
        smooth = options.stream_optimizer_enabled and not call.verbatim
        pacer = Pacer(options.stream_delay) if smooth else None
        return ClientReply(exchange, encoder, self.clock, patience, pacer=pacer, piece=options.stream_chunk_size)


def _with(route: Route, body: bytes) -> Route:
    """The media's bytes are held while it waits; they are no text, so they count for no tokens."""
    return replace(route, body=body, demand=replace(route.demand, size=len(body)))
