"""Methods that answer at once and keep nothing: embeddings and Imagen's pictures."""

from collections.abc import Callable
from typing import Protocol

from msgspec import Struct

from gemini_balance.simulator import catalog, directives, embeddings, imagen
from gemini_balance.simulator.answer import Prompt
from gemini_balance.simulator.call import Call
from gemini_balance.simulator.delivery import send_whole
from gemini_balance.simulator.directives import Directives
from gemini_balance.simulator.error_table import named
from gemini_balance.simulator.errors import GoogleError
from gemini_balance.simulator.json_types import Object
from gemini_balance.simulator.models import Model
from gemini_balance.simulator.state import State
from gemini_balance.simulator.strike import struck, timing


class Asked(Protocol):
    """A request that was read and judged."""

    @property
    def prompt(self) -> str:
        """The text that may hold directives."""

    @property
    def tokens(self) -> dict[str, int]:
        """Input tokens by modality."""

    @property
    def requests(self) -> int:
        """How many requests it counts as."""

    @property
    def quota_words(self) -> tuple[tuple[str, str], ...]:
        """What the names of its quotas have instead of generateContent's words."""

    def answer(self, wishes: Directives, text: str) -> Object:
        """The response; `text` is the prompt without directives."""


class Method(Struct, frozen=True):
    """How a method's body is read. `paid_only` methods refuse projects without billing."""

    read: Callable[[bytes, Model], Asked]
    paid_only: bool = False


METHODS: dict[str, Method] = {
    "embedContent": Method(embeddings.read_one),
    "batchEmbedContents": Method(embeddings.read_batch),
    "predict": Method(imagen.read_predict, paid_only=True),
}


async def answer_at_once(state: State, call: Call, body: bytes) -> None:
    """Answer the call; raises GoogleError for what Google refuses."""
    method = METHODS[call.route.operation]
    model = catalog.model_for(call.route, call.caller, call.subject)
    asked = method.read(body, model)
    if method.paid_only and not call.caller.project.paid:
        raise GoogleError(named("billed_only", call.subject))
    wishes, text = directives.read(asked.prompt, state.config.directives)
    fault = state.faults.choose(call.caller, model, Prompt(text, wishes, turn=1, answered_steps=0))
    if fault is not None and await struck(call, fault, streamed=call.route.streamed):
        return
    _charge(state, call, model, asked)
    await send_whole(call.exchange, asked.answer(wishes, text), timing(state.config.pace, wishes, fault), fault)


def _charge(state: State, call: Call, model: Model, asked: Asked) -> None:
    project = call.caller.project
    state.quotas.charge(
        state.clock.now(),
        call.caller.project_name,
        model.quota_model,
        project.quota_of(model.quota_model),
        sum(asked.tokens.values()),
        paid=project.paid,
        requests=asked.requests,
        words=asked.quota_words,
    )
