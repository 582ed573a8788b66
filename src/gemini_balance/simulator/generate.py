"""generateContent and streamGenerateContent: judge the request, let faults strike, count quota, answer."""

from msgspec import Struct

from gemini_balance.simulator import catalog, replies, strike
from gemini_balance.simulator.answer import Answer, Prompt, answer, read_prompt
from gemini_balance.simulator.call import Call
from gemini_balance.simulator.config import Fault
from gemini_balance.simulator.continuation import replies_before, reply_of
from gemini_balance.simulator.delivery import send_stream, send_whole
from gemini_balance.simulator.error_table import named
from gemini_balance.simulator.errors import GoogleError, invalid_argument
from gemini_balance.simulator.faults import Kind, spoil
from gemini_balance.simulator.models import Model
from gemini_balance.simulator.references import Asker, Resolved, resolve
from gemini_balance.simulator.replies import Frame
from gemini_balance.simulator.schema import GenerateContentRequest
from gemini_balance.simulator.state import State
from gemini_balance.simulator.tokens import count_prompt
from gemini_balance.simulator.validate import read_generate


class _Task(Struct, frozen=True):
    """An accepted request on its way to an answer."""

    call: Call
    model: Model
    request: GenerateContentRequest
    prompt: Prompt
    fault: Fault | None
    cached_tokens: dict[str, int] = {}


async def generate(state: State, call: Call, body: bytes, tuned: Model | None = None) -> None:
    """Answer the call, by a tuned model where one is given; raises GoogleError for what Google refuses."""
    model = tuned or catalog.model_for(call.route, call.caller, call.subject)
    request = read_generate(body, model, streamed=call.route.streamed)
    found = look_up(state, call, model, request)
    prompt = read_prompt(request, state.config.directives)
    fault = state.faults.choose(call.caller, model, prompt)
    if fault is not None and await strike.struck(call, fault, streamed=call.route.streamed):
        return
    await _send(state, _Task(call, model, found.request, prompt, fault, found.cached_tokens))


def look_up(state: State, call: Call, model: Model, request: GenerateContentRequest) -> Resolved:
    """The request with what it points at; raises GoogleError for what the caller can't use."""
    asker = Asker(call.caller.project_name, call.subject, model.resource, state.clock.now())
    return resolve(request, state.library, asker)


async def _send(state: State, task: _Task) -> None:
    call, fault = task.call, task.fault
    frame = _admit(state, task)
    call.exchange.chunk = task.prompt.wishes.chunk or 0
    timing = strike.timing(state.config.pace, task.prompt.wishes, fault)
    events = _events(state, task, frame)
    if call.framing is None:
        await send_whole(call.exchange, next(iter(events)), timing, fault)
    else:
        said = named(fault.error if fault else "overload", call.subject)
        await send_stream(call.exchange, events, call.framing, timing, fault, said)


def _admit(state: State, task: _Task) -> Frame:
    """Count the request against the project's quota; raises GoogleError 429."""
    tokens, model, caller = count_prompt(task.request), task.model, task.call.caller
    total = sum(tokens.values())
    if total > model.input_limit:
        limit = f"the maximum number of tokens allowed ({model.input_limit})"
        raise GoogleError(invalid_argument(f"The input token count ({total}) exceeds {limit}."))
    limits = caller.project.quota_of(model.quota_model)
    paid, now = caller.project.paid, state.clock.now()
    state.quotas.charge(now, caller.project_name, model.quota_model, limits, total, paid=paid)
    tier = task.request.service_tier.lower()
    told = "standard" if tier in ("", "unspecified") else tier
    return Frame(model, state.new_response_id(), tokens, told, task.cached_tokens)


def _events(state: State, task: _Task, frame: Frame) -> replies.Responses:
    """The responses to send: one for a call that isn't streamed."""
    if task.fault is not None and task.fault.kind == Kind.BLOCKED:
        return [replies.blocked(frame)]
    answers = _answers(state, task)
    return [replies.unary(frame, answers)] if task.call.framing is None else replies.stream(frame, answers)


def _answers(state: State, task: _Task) -> list[Answer]:
    config = task.request.generation_config
    count = (config and config.candidate_count) or 1
    defaults = (state.config.words, state.config.events)
    said = (answer(task.request, task.model, task.prompt, defaults, n) for n in range(count))
    project, replies_wished = task.call.caller.project_name, task.prompt.wishes.replies
    before = replies_before(task.request.continuation_token, project)
    return [spoil(reply_of(one, project, replies_wished, before), task.fault) for one in said]
