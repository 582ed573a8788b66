"""What a model answers when nobody waits on the line: in batches and interactions."""

from msgspec import Struct

from gemini_balance.simulator import replies
from gemini_balance.simulator.answer import Answer, answer, read_prompt
from gemini_balance.simulator.config import Fault
from gemini_balance.simulator.error_table import NAMED, named
from gemini_balance.simulator.errors import GoogleError
from gemini_balance.simulator.faults import spoil
from gemini_balance.simulator.generate import look_up
from gemini_balance.simulator.json_types import Object
from gemini_balance.simulator.methods.ask import Ask
from gemini_balance.simulator.models import Model
from gemini_balance.simulator.replies import Frame
from gemini_balance.simulator.schema import GenerateContentRequest
from gemini_balance.simulator.tokens import count_prompt
from gemini_balance.simulator.validate import check_generate


class Told(Struct, frozen=True):
    """An answer with the frame that counts its prompt, and the fault of the wire that it meets."""

    frame: Frame
    answer: Answer
    fault: Fault | None = None


def tell(ask: Ask, model: Model, request: GenerateContentRequest) -> Told:
    """The answer to a request; raises GoogleError for what Google refuses, or a fault has it refuse."""
    check_generate(request, model, streamed=False)
    found = look_up(ask.state, ask.call, model, request)
    prompt = read_prompt(request, ask.state.config.directives)
    fault = ask.state.faults.choose(ask.call.caller, model, prompt)
    if fault is not None and fault.kind in NAMED:
        raise GoogleError(named(fault.kind, ask.call.subject))
    defaults = (ask.state.config.words, ask.state.config.events)
    frame = Frame(model, ask.state.new_response_id(), count_prompt(found.request), cached_tokens=found.cached_tokens)
    return Told(frame, spoil(answer(found.request, model, prompt, defaults), fault), fault)


def respond(ask: Ask, model: Model, request: GenerateContentRequest) -> Object:
    """The answer as a response of generateContent."""
    told = tell(ask, model, request)
    return replies.unary(told.frame, [told.answer])
