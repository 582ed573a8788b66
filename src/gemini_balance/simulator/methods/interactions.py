"""Interactions: conversations that this Google remembers."""

import base64
from collections.abc import Iterable

import msgspec
from msgspec import Struct

from gemini_balance.simulator.config import Fault
from gemini_balance.simulator.delivery import JSON, Framing, Timing, send_stream
from gemini_balance.simulator.error_table import NAMED
from gemini_balance.simulator.errors import GoogleError
from gemini_balance.simulator.json_types import Json, Object
from gemini_balance.simulator.methods.answers import Told, tell
from gemini_balance.simulator.methods.ask import Ask
from gemini_balance.simulator.methods.interaction_steps import events_of, status_of, steps_of, usage_of
from gemini_balance.simulator.models import BY_NAME, Model
from gemini_balance.simulator.replies import encode_body
from gemini_balance.simulator.resources.interaction_input import contents_of, read_body, refusal, request_of
from gemini_balance.simulator.resources.library import Interaction
from gemini_balance.simulator.resources.names import seconds
from gemini_balance.simulator.strike import struck

# Agents think with this one.
AGENT_MODEL = "gemini-3.1-pro-preview"
WORDS = {400: "invalid_request", 403: "permission_denied", 404: "not_found"}


class InteractionEvents(Framing):
    """Events with names, and one at the end that says so: other than generateContent's."""

    content_type = "text/event-stream"
    headers = ()

    def item(self, value: Json) -> bytes:
        """One event."""
        event = value if isinstance(value, dict) else {}
        error = event.get("error")
        if isinstance(error, dict):
            event = {"error": {"message": error["message"], "code": "internal_error"}, "event_type": "error"}
        return f"event: {event['event_type']}\ndata: ".encode() + msgspec.json.encode(event) + b"\n\n"

    def end(self) -> bytes:
        """The last event."""
        return b"event: done\ndata: [DONE]\n\n"


class Turn(Struct, frozen=True):
    """One accepted interaction: what was told, the conversation up to it, its answer."""

    fields: Object
    contents: list[Json]
    told: Told

    @property
    def is_stored(self) -> bool:
        """Whether it can be asked for again."""
        return self.fields.get("store") is not False


async def create_interaction(ask: Ask) -> None:
    """Answer, as a whole or as a stream, or begin in the background."""
    turn = _turn(ask)
    fault, streamed = turn.told.fault, bool(turn.fields.get("stream"))
    if fault is not None and await struck(ask.call, fault, streamed=streamed):
        return
    shown = _whole(ask, turn)
    if turn.fields.get("background"):
        stored = _store(ask, turn, shown)
        await _send(ask, _now(ask, stored))
        return
    if turn.is_stored:
        _store(ask, turn, shown)
    if streamed:
        await _stream(ask, events_of(shown, steps_of(turn.told.answer), turn.told.answer.events), fault)
    else:
        await _send(ask, shown)


def _turn(ask: Ask) -> Turn:
    fields = read_body(ask.body)
    model = _model(fields)
    contents = contents_of(fields["input"], _before(ask, fields))
    try:
        told = tell(ask, model, request_of(fields, contents, knows_levels=bool(model.levels)))
    except GoogleError as error:
        problem = error.problem
        if problem.shape != "object" or problem.code not in WORDS or problem.details:
            raise
        raise refusal(problem.message, problem.code, WORDS[problem.code]) from None
    _charge(ask, model, told)
    return Turn(fields, contents, told)


def _model(fields: Object) -> Model:
    name = str(fields.get("model", AGENT_MODEL)).removeprefix("models/")
    model = BY_NAME.get(name)
    if model is None or "generateContent" not in model.methods:
        raise refusal(f"Model '{name}' not found.", 404, "not_found")
    return model


def _charge(ask: Ask, model: Model, told: Told) -> None:
    project, tokens = ask.call.caller.project, sum(told.frame.prompt_tokens.values())
    limits = project.quota_of(model.quota_model)
    ask.state.quotas.charge(ask.now, ask.project, model.quota_model, limits, tokens, paid=project.paid)


def _before(ask: Ask, fields: Object) -> list[Json]:
    """The conversation that this one goes on with."""
    previous = fields.get("previous_interaction_id")
    return list(_own(ask, str(previous)).contents) if previous else []


def _own(ask: Ask, interaction_id: str) -> Interaction:
    found = ask.library.interactions.find(f"interactions/{interaction_id}", ask.project, ask.now)
    if found is None:
        raise refusal(f"Interaction '{interaction_id}' not found.", 404, "not_found")
    return found


def _whole(ask: Ask, turn: Turn) -> Object:
    """The interaction when it is done."""
    told = turn.told
    made = told.frame.response_id
    identity: Object = {"id": "v1_" + base64.urlsafe_b64encode(f"{made}{made}".encode()).decode().rstrip("=")}
    who: Object = {name: turn.fields[name] for name in ("model", "agent") if turn.fields.get(name)}
    moment = seconds(ask.now)
    return {
        **(identity if turn.is_stored else {}),
        "status": status_of(told.answer),
        "usage": usage_of(told),
        "created": moment,
        "updated": moment,
        "service_tier": "standard",
        "steps": list[Json](steps_of(told.answer)),
        "object": "interaction",
        **who,
    }


def _store(ask: Ask, turn: Turn, shown: Object) -> Interaction:
    background = bool(turn.fields.get("background"))
    parts: list[Json] = [piece.part for piece in turn.told.answer.pieces if piece.part and not piece.thought_tokens]
    interaction = Interaction(
        name=f"interactions/{shown['id']}",
        project=ask.project,
        created=ask.now,
        ready=ask.now + (ask.config.operation if background else 0),
        contents=[*turn.contents, {"role": "model", "parts": parts}],
        asked=turn.fields["input"],
        answer=shown,
        background=background,
    )
    return ask.library.interactions.put(interaction)


def _now(ask: Ask, stored: Interaction) -> Object:
    """The interaction as it stands: one in the background has nothing to show before it is done."""
    if stored.cancelled or ask.now < stored.ready:
        status = "cancelled" if stored.cancelled else "in_progress"
        kept = ("id", "created", "updated", "object", "model", "agent")
        return {name: stored.answer[name] for name in kept if name in stored.answer} | {"status": status}
    return stored.answer


async def get_interaction(ask: Ask) -> None:
    """One interaction, as a whole or told again as a stream."""
    stored = _own(ask, ask.names["interaction"])
    shown = _now(ask, stored)
    if ask.query.get("stream", "").lower() == "true":
        await _stream(ask, _told_again(ask, shown))
        return
    asked: Object = {"input": stored.asked} if ask.query.get("include_input", "").lower() == "true" else {}
    await _send(ask, shown | asked)


def _told_again(ask: Ask, shown: Object) -> list[Object]:
    """The events with ids, from the one after `last_event_id` on."""
    steps = [step for step in _listed(shown.get("steps")) if isinstance(step, dict)]
    events = [event | {"event_id": str(n)} for n, event in enumerate(events_of(shown, steps, 1), 1)]
    last = ask.query.get("last_event_id", "")
    return events[int(last) :] if last.isdigit() else events


def _listed(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []


async def cancel_interaction(ask: Ask) -> None:
    """Stop one that runs in the background; raises GoogleError for any other."""
    stored = _own(ask, ask.names["interaction"])
    if not stored.background or ask.now >= stored.ready:
        raise refusal("Only interactions that run in the background can be cancelled.")
    stored.cancelled = True
    await _send(ask, _now(ask, stored))


def delete_interaction(ask: Ask) -> Object:
    """Forget one."""
    ask.library.interactions.drop(_own(ask, ask.names["interaction"]).name)
    return {}


async def _send(ask: Ask, shown: Object) -> None:
    await ask.call.exchange.reply(200, encode_body(shown), JSON)


async def _stream(ask: Ask, events: Iterable[Object], fault: Fault | None = None) -> None:
    pace = ask.state.config.pace
    timing = Timing(pace.first_byte, pace.between_events)
    said = NAMED[fault.error if fault else "internal"]
    await send_stream(ask.call.exchange, events, InteractionEvents(), timing, fault, said)
