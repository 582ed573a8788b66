"""One API call: who makes it, what for, and where its answer goes."""

from msgspec import Struct
from msgspec.structs import replace

from gemini_balance.simulator.config import SimulatorConfig
from gemini_balance.simulator.delivery import EventStream, Framing, JsonArray
from gemini_balance.simulator.error_table import Subject, named
from gemini_balance.simulator.errors import GoogleError
from gemini_balance.simulator.http import Exchange
from gemini_balance.simulator.keys import Caller, credential, identify
from gemini_balance.simulator.models import BY_NAME
from gemini_balance.simulator.routes import Route


class Call(Struct, frozen=True):
    """A recognised call. `framing` is None when the answer is not streamed."""

    exchange: Exchange
    route: Route
    framing: Framing | None
    caller: Caller
    subject: Subject


def framing_of(route: Route | None) -> Framing | None:
    """How a stream is put on the wire: as events, or as an array."""
    if route is None or not route.streamed:
        return None
    return EventStream() if route.sse else JsonArray()


def subject_of(route: Route) -> Subject:
    """What errors about this call speak of, as long as nobody knows who calls."""
    model = BY_NAME.get(route.model)
    pool = model.quota_model if model else route.model
    # Recorded: an unknown model in a batch "is not supported for embedContent".
    method = "embedContent" if route.operation == "batchEmbedContents" else route.operation
    return Subject(model=route.model, pool=pool, method=method, version=route.version)


def admit(exchange: Exchange, route: Route, framing: Framing | None, config: SimulatorConfig) -> Call:
    """The call, once it is known who makes it; raises GoogleError for the errors that the caller's key meets."""
    record, subject = exchange.record, subject_of(route)
    record.model, record.operation = route.model, route.operation
    caller = identify(credential(exchange.headers, record.query, subject), config)
    record.key, record.project = caller.key, caller.project_name
    subject = replace(subject, key=caller.key, project_number=caller.project_number)
    if caller.error:
        raise GoogleError(named(caller.error, subject))
    return Call(exchange, route, framing, caller, subject)
