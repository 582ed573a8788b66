"""Answer a call of a resource's method: who calls, which fault it meets, and the method's own answer."""

from gemini_balance.simulator.call import admit
from gemini_balance.simulator.config import Fault
from gemini_balance.simulator.delivery import JSON, Framing
from gemini_balance.simulator.error_table import NAMED, Subject, named
from gemini_balance.simulator.errors import GoogleError
from gemini_balance.simulator.faults import SLOWLY, Kind
from gemini_balance.simulator.http import Exchange
from gemini_balance.simulator.keys import Caller, identify
from gemini_balance.simulator.methods.ask import Ask
from gemini_balance.simulator.methods.table import ResourceRoute
from gemini_balance.simulator.methods.uploads import continue_upload, drain
from gemini_balance.simulator.replies import encode_body
from gemini_balance.simulator.state import State

CONTINUED = "continueUpload"


async def answer_resource(state: State, exchange: Exchange, route: ResourceRoute, framing: Framing | None) -> None:
    """Answer the call; raises GoogleError for what Google refuses."""
    upload_id = route.query.get("upload_id", "")
    try:
        if route.row.streams_body and upload_id:
            await _go_on(state, exchange, upload_id)
        else:
            await _answer(state, exchange, route, framing)
    finally:
        state.stats.keep(exchange.record)


async def _go_on(state: State, exchange: Exchange, upload_id: str) -> None:
    """The next command of an upload. Its URL is all the authority it needs: the SDKs send no key with it."""
    upload, record = state.library.upload(upload_id, state.clock.now()), exchange.record
    record.operation = CONTINUED
    if upload is not None:
        record.key, record.project = upload.key, upload.project
        caller = identify(upload.key, state.config)
        if await _meets_fault(state, exchange, caller, Subject(key=upload.key, method=CONTINUED)):
            return
    await continue_upload(state, exchange, upload_id)


async def _answer(state: State, exchange: Exchange, route: ResourceRoute, framing: Framing | None) -> None:
    try:
        call = admit(exchange, route, framing, state.config)
    except GoogleError:
        await drain(exchange)
        raise
    if await _meets_fault(state, exchange, call.caller, call.subject):
        return
    body = b"" if route.row.streams_body else await exchange.read_body()
    answer = route.row.run(Ask(state, call, route.path, route.names, body))
    if isinstance(answer, dict):
        await exchange.reply(200, encode_body(answer), JSON)
    else:
        await answer


async def _meets_fault(state: State, exchange: Exchange, caller: Caller, subject: Subject) -> bool:
    """Let the fault strike that is configured for this operation. True when the exchange is over."""
    fault = state.faults.choose_for(caller, exchange.record.operation)
    if fault is not None and fault.kind in NAMED:
        await drain(exchange)
        raise GoogleError(named(fault.kind, subject))
    return fault is not None and await _struck(exchange, fault)


async def _struck(exchange: Exchange, fault: Fault) -> bool:
    """Let a fault of the wire strike. True when the exchange is over."""
    if fault.kind == Kind.SLOW:
        await exchange.pause(SLOWLY if fault.seconds is None else fault.seconds)
    elif fault.kind == Kind.CUT:
        await exchange.cut()
    elif fault.kind == Kind.RESET:
        await exchange.reset()
    return fault.kind in (Kind.CUT, Kind.RESET)
