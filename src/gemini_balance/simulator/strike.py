"""Where a fault meets a call: instead of an answer, or before its first byte."""

from gemini_balance.simulator.call import Call
from gemini_balance.simulator.config import Fault, Pace
from gemini_balance.simulator.delivery import Timing
from gemini_balance.simulator.directives import Directives
from gemini_balance.simulator.error_table import NAMED, named
from gemini_balance.simulator.errors import GoogleError
from gemini_balance.simulator.faults import SLOWLY, Kind

# Inside a stream these are events; a call that isn't streamed can only meet them as a status.
AS_STATUS = frozenset((Kind.ERROR_IN_STREAM, Kind.ROLE_THEN_ERROR))


async def struck(call: Call, fault: Fault, *, streamed: bool) -> bool:
    """Let a fault strike that needs no answer. True when the exchange is over; raises GoogleError."""
    if fault.kind in NAMED:
        raise GoogleError(named(fault.kind, call.subject))
    if fault.kind in AS_STATUS and not streamed:
        raise GoogleError(named(fault.error, call.subject))
    if fault.kind == Kind.CUT:
        await call.exchange.cut()
    elif fault.kind == Kind.RESET and (fault.after is None or not streamed):
        await call.exchange.reset()
    else:
        return False
    return True


def timing(pace: Pace, wishes: Directives, fault: Fault | None) -> Timing:
    """How long the answer lets wait: what the prompt wishes, else the configured pace, and a fault's delay."""
    first = pace.first_byte if wishes.first_ms is None else wishes.first_ms / 1000
    between = pace.between_events if wishes.pace_ms is None else wishes.pace_ms / 1000
    if fault is not None and fault.kind == Kind.SLOW:
        first += SLOWLY if fault.seconds is None else fault.seconds
    return Timing(first, between)
