"""The ASGI application: who calls and what for, and an answer or Google's refusal."""

from typing import cast

from gemini_balance.simulator import catalog, replies, stateless
from gemini_balance.simulator.call import admit, framing_of
from gemini_balance.simulator.config import SimulatorConfig
from gemini_balance.simulator.control import control
from gemini_balance.simulator.delivery import JSON, Framing, refuse
from gemini_balance.simulator.directives import UnknownDirectiveError
from gemini_balance.simulator.error_table import NAMED
from gemini_balance.simulator.errors import GoogleError, Problem, invalid_argument
from gemini_balance.simulator.faults import UnknownFaultError
from gemini_balance.simulator.generate import generate, look_up
from gemini_balance.simulator.http import ClientGoneError, Exchange, Receive, Scope, Send
from gemini_balance.simulator.json_types import Json, Object
from gemini_balance.simulator.live.door import converse
from gemini_balance.simulator.live.socket import Socket, SocketReceive, SocketScope, SocketSend
from gemini_balance.simulator.methods.dispatch import answer_resource
from gemini_balance.simulator.methods.table import ResourceRoute, find_resource
from gemini_balance.simulator.routes import Route, find_route
from gemini_balance.simulator.schema import GenerateContentRequest
from gemini_balance.simulator.state import State
from gemini_balance.simulator.tokens import count_prompt
from gemini_balance.simulator.validate import read_count


class Simulator:
    """A raw ASGI application that is Google's Gemini API for whoever talks to it."""

    def __init__(self, config: SimulatorConfig) -> None:
        self.state = State(config)
        self._exchanges: set[Exchange] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or hold one conversation."""
        if scope["type"] == "websocket":
            await self._talked(cast("SocketScope", scope), cast("SocketReceive", receive), cast("SocketSend", send))
            return
        assert scope["type"] == "http"
        exchange = Exchange(scope, receive, send)
        if exchange.record.path.startswith("/__"):
            await control(exchange, self.state)
            return
        self._exchanges.add(exchange)
        try:
            await self._counted(exchange)
        finally:
            self._exchanges.discard(exchange)
            await exchange.close()

    async def _talked(self, scope: SocketScope, receive: SocketReceive, send: SocketSend) -> None:
        socket = Socket(scope, receive, send)
        self.state.stats.begin(socket.record)
        self.state.stats.keep(socket.record)
        try:
            await converse(self.state, socket)
        finally:
            self.state.stats.end(socket.record)

    def drop_all(self) -> None:
        """Abort every connection that still waits for an answer."""
        for exchange in tuple(self._exchanges):
            exchange.drop()

    async def _counted(self, exchange: Exchange) -> None:
        self.state.stats.begin(exchange.record)
        try:
            await self._answered(exchange)
        except ClientGoneError:
            exchange.record.ending = "aborted"
        finally:
            # Not the object that began it: statistics may have been reset meanwhile, and carry what is active over.
            self.state.stats.end(exchange.record)

    async def _answered(self, exchange: Exchange) -> None:
        record = exchange.record
        request_line = record.method, record.path, record.query
        route = find_route(*request_line) or find_resource(*request_line)
        framing = framing_of(route)
        try:
            if isinstance(route, ResourceRoute):
                await answer_resource(self.state, exchange, route, framing)
            else:
                await self._served(exchange, route, framing)
        except GoogleError as error:
            await self._refused(exchange, error.problem, framing)
        except (UnknownDirectiveError, UnknownFaultError) as error:
            await self._refused(exchange, invalid_argument(f"simulator: {error}"), framing)
        if record.ending == "crashed":
            record.ending = "complete"

    async def _served(self, exchange: Exchange, route: Route | None, framing: Framing | None) -> None:
        body = await exchange.read_body()
        self.state.stats.keep(exchange.record)
        if route is None:
            raise GoogleError(NAMED["page_404"])
        await self._dispatch(exchange, route, framing, body)

    async def _refused(self, exchange: Exchange, problem: Problem, framing: Framing | None) -> None:
        if _is_malformed(problem):
            self.state.stats.complain(problem.message)
        await refuse(exchange, problem, framing)

    async def _dispatch(self, exchange: Exchange, route: Route, framing: Framing | None, body: bytes) -> None:
        call = admit(exchange, route, framing, self.state.config)
        if route.operation in LISTINGS:
            await _send_json(exchange, LISTINGS[route.operation](route, call.caller))
        elif route.operation == "countTokens":
            model = catalog.model_for(route, call.caller, call.subject)
            found = look_up(self.state, call, model, read_count(body, model))
            await _send_json(exchange, _token_counts(found.request))
        elif route.operation in stateless.METHODS:
            await stateless.answer_at_once(self.state, call, body)
        else:
            await generate(self.state, call, body)


def _is_malformed(problem: Problem) -> bool:
    """Whether the request itself was bad, rather than the key or the place it came from."""
    return problem.code == 400 and not problem.status and not any("reason" in detail for detail in problem.details)


LISTINGS = {"listModels": catalog.list_models, "getModel": catalog.get_model}


def app(config: SimulatorConfig) -> Simulator:
    """The simulator as an ASGI application. Faults that cut connections need `serve`."""
    return Simulator(config)


async def _send_json(exchange: Exchange, value: Object) -> None:
    await exchange.reply(200, replies.encode_body(value), JSON)


def _token_counts(request: GenerateContentRequest) -> Object:
    counts = count_prompt(request)
    details: list[Json] = [{"modality": modality, "tokenCount": tokens} for modality, tokens in counts.items()]
    return {"totalTokens": sum(counts.values()), "promptTokensDetails": details}
