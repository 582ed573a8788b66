"""The ASGI application: who calls, what for, may they, what goes wrong, and the answer."""

from msgspec.structs import replace

from gemini_balance.simulator import catalog, replies, resources
from gemini_balance.simulator.answer import Prompt, answer, read_prompt
from gemini_balance.simulator.config import Fault, SimulatorConfig
from gemini_balance.simulator.control import control
from gemini_balance.simulator.delivery import (
    EventStream,
    Framing,
    JsonArray,
    Timing,
    refuse,
    send_stream,
    send_whole,
)
from gemini_balance.simulator.directives import UnknownDirectiveError
from gemini_balance.simulator.errors import NAMED, GoogleError, Problem, Subject, invalid_argument, named
from gemini_balance.simulator.faults import SLOWLY, Kind, UnknownFaultError, spoil
from gemini_balance.simulator.http import ClientGoneError, Exchange, Receive, Scope, Send
from gemini_balance.simulator.json_types import Object
from gemini_balance.simulator.keys import Caller, credential, identify
from gemini_balance.simulator.models import BY_NAME, Model
from gemini_balance.simulator.replies import Frame
from gemini_balance.simulator.routes import Route, find_route
from gemini_balance.simulator.schema import GenerateContentRequest
from gemini_balance.simulator.state import State
from gemini_balance.simulator.tokens import count_prompt
from gemini_balance.simulator.validate import read_count, read_generate

# These come before any answer: a unary call can only meet them as a status.
AS_STATUS = frozenset((Kind.ERROR_IN_STREAM, Kind.ROLE_THEN_ERROR))


class Simulator:
    """A raw ASGI application that is Google's Gemini API for whoever talks to it."""

    def __init__(self, config: SimulatorConfig) -> None:
        self.state = State(config)
        self._exchanges: set[Exchange] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        assert scope["type"] == "http"
        exchange = Exchange(scope, receive, send)
        if exchange.record.path.startswith("/__"):
            await control(exchange, self.state)
            return
        self._exchanges.add(exchange)
        try:
            await self._watched(exchange)
        finally:
            self._exchanges.discard(exchange)
            await exchange.close()

    def drop_all(self) -> None:
        """Abort every connection that still waits for an answer."""
        for exchange in tuple(self._exchanges):
            exchange.drop()

    async def _watched(self, exchange: Exchange) -> None:
        stats = self.state.stats
        stats.begin(exchange.record)
        try:
            await self._answered(exchange)
        except ClientGoneError:
            exchange.record.ending = "aborted"
        finally:
            # Statistics may have been reset meanwhile; the request still ends where it is now counted as active.
            self.state.stats.end(exchange.record)

    async def _answered(self, exchange: Exchange) -> None:
        record = exchange.record
        route = find_route(record.method, record.path, record.query)
        framing = _framing(route) if route else None
        try:
            body = await exchange.read_body()
            if route is None:
                raise GoogleError(NAMED["page_404"])
            await self._route(exchange, route, framing, body)
        except GoogleError as error:
            self._note(error.problem)
            await refuse(exchange, error.problem, framing)
        except (UnknownDirectiveError, UnknownFaultError) as error:
            problem = invalid_argument(f"simulator: {error}")
            self._note(problem)
            await refuse(exchange, problem, framing)
        if record.ending == "crashed":
            record.ending = "complete"

    def _note(self, problem: Problem) -> None:
        if problem.code == 400 and problem.status in ("", "INVALID_ARGUMENT"):
            self.state.stats.complain(problem.message)

    async def _route(self, exchange: Exchange, route: Route, framing: Framing | None, body: bytes) -> None:
        subject = _subject(route)
        caller = identify(credential(exchange.headers, exchange.record.query, subject), self.state.config)
        exchange.record.key, exchange.record.project = caller.key, caller.project_name
        exchange.record.model, exchange.record.operation = route.model, route.operation
        subject = replace(subject, key=caller.key, project_number=caller.project_number)
        if caller.error:
            raise GoogleError(named(caller.error, subject))
        match route.operation:
            case "listModels":
                await _send_json(exchange, catalog.list_models(route))
            case "getModel":
                await _send_json(exchange, catalog.get_model(route))
            case "countTokens":
                model = catalog.model_for(route, caller, subject)
                await _send_json(exchange, _counted(read_count(body, model)))
            case _:
                await self._generate(exchange, route, framing, caller, subject, body)

    async def _generate(
        self,
        exchange: Exchange,
        route: Route,
        framing: Framing | None,
        caller: Caller,
        subject: Subject,
        body: bytes,
    ) -> None:
        model = catalog.model_for(route, caller, subject)
        request = read_generate(body, model, streamed=route.streamed)
        resources.check(request, subject)
        prompt = read_prompt(request)
        fault = self.state.faults.choose(caller, model, prompt)
        if await self._struck(exchange, fault, subject, streamed=route.streamed):
            return
        frame = self._admit(request, caller, model)
        await self._send(exchange, framing, frame, request, prompt, fault, subject)

    async def _struck(self, exchange: Exchange, fault: Fault | None, subject: Subject, *, streamed: bool) -> bool:
        """Let a fault strike that needs no answer. True when the exchange is over."""
        if fault is None:
            return False
        if fault.kind in NAMED:
            raise GoogleError(named(fault.kind, subject))
        if fault.kind in AS_STATUS and not streamed:
            raise GoogleError(named(fault.error, subject))
        if fault.kind == Kind.CUT:
            await exchange.cut()
        elif fault.kind == Kind.RESET and (fault.after is None or not streamed):
            await exchange.reset()
        else:
            return False
        return True

    def _admit(self, request: GenerateContentRequest, caller: Caller, model: Model) -> Frame:
        """Count the request against the project's quota; raises GoogleError 429."""
        tokens = count_prompt(request)
        _check_length(sum(tokens.values()), model)
        self.state.quotas.charge(
            self.state.clock.now(),
            caller.project_name,
            model.quota_model,
            caller.project.quota_of(model.quota_model),
            sum(tokens.values()),
            paid=caller.project.paid,
        )
        tier = request.service_tier.lower() or "standard"
        return Frame(model, self.state.new_response_id(), tokens, "standard" if tier == "unspecified" else tier)

    async def _send(
        self,
        exchange: Exchange,
        framing: Framing | None,
        frame: Frame,
        request: GenerateContentRequest,
        prompt: Prompt,
        fault: Fault | None,
        subject: Subject,
    ) -> None:
        exchange.chunk = prompt.wishes.chunk or 0
        timing = self._timing(prompt, fault)
        if fault is not None and fault.kind == Kind.BLOCKED:
            await _send_blocked(exchange, framing, frame, timing)
            return
        config = self.state.config
        count = (request.generation_config and request.generation_config.candidate_count) or 1
        answers = [
            spoil(answer(request, frame.model, prompt, (config.words, config.events), n), fault) for n in range(count)
        ]
        if framing is None:
            await send_whole(exchange, replies.unary(frame, answers), timing, fault)
        else:
            said = named(fault.error if fault else "overload", subject)
            await send_stream(exchange, replies.stream(frame, answers), framing, timing, fault, said)

    def _timing(self, prompt: Prompt, fault: Fault | None) -> Timing:
        pace, wishes = self.state.config.pace, prompt.wishes
        first = pace.first_byte if wishes.first_ms is None else wishes.first_ms / 1000
        between = pace.between_events if wishes.pace_ms is None else wishes.pace_ms / 1000
        if fault is not None and fault.kind == Kind.SLOW:
            first += SLOWLY if fault.seconds is None else fault.seconds
        return Timing(first, between)


def app(config: SimulatorConfig) -> Simulator:
    """The simulator as an ASGI application. Faults that cut connections need `serve`."""
    return Simulator(config)


def _framing(route: Route) -> Framing | None:
    if not route.streamed:
        return None
    return EventStream() if route.sse else JsonArray()


def _subject(route: Route) -> Subject:
    model = BY_NAME.get(route.model)
    return Subject(
        model=route.model,
        pool=model.quota_model if model else route.model,
        method=route.operation,
        version=route.version,
    )


async def _send_json(exchange: Exchange, value: Object) -> None:
    await exchange.reply(200, replies.encode_body(value), "application/json; charset=UTF-8")


def _check_length(tokens: int, model: Model) -> None:
    if tokens > model.input_limit:
        limit = f"the maximum number of tokens allowed ({model.input_limit})"
        raise GoogleError(invalid_argument(f"The input token count ({tokens}) exceeds {limit}."))


def _counted(request: GenerateContentRequest) -> Object:
    counts = count_prompt(request)
    details: Object = {
        "promptTokensDetails": [{"modality": modality, "tokenCount": tokens} for modality, tokens in counts.items()]
    }
    return {"totalTokens": sum(counts.values())} | details


async def _send_blocked(exchange: Exchange, framing: Framing | None, frame: Frame, timing: Timing) -> None:
    response = replies.blocked(frame)
    if framing is None:
        await send_whole(exchange, response, timing, None)
    else:
        await send_stream(exchange, [response], framing, timing, None, NAMED["overload"])
