"""The endpoints that real Google hasn't: change the simulator while it runs, and ask what it saw. See README.md."""

from collections.abc import Callable

import msgspec

from gemini_balance.simulator.faults import UnknownFaultError
from gemini_balance.simulator.http import Exchange
from gemini_balance.simulator.json_types import Json, Object
from gemini_balance.simulator.state import State

JSON = "application/json"


def _show_config(state: State, body: bytes) -> Json:
    shown: Object = msgspec.to_builtins(state.config)
    return shown


def _change(state: State, body: bytes) -> Json:
    state.change(msgspec.json.decode(body, type=dict))
    return _show_config(state, body)


def _reset(state: State, body: bytes) -> Json:
    state.reset()
    return _show_config(state, body)


def _stats(state: State, body: bytes) -> Json:
    return state.stats.shown() | {"quota": _usage(state), "now": state.clock.now()}


def _usage(state: State) -> Object:
    usage: Object = msgspec.to_builtins(state.quotas.usage())
    return usage


def _clear_stats(state: State, body: bytes) -> Json:
    state.clear_stats()
    return state.stats.shown()


def _requests(state: State, body: bytes) -> Json:
    return [record.shown() for record in state.stats.kept]


ENDPOINTS: dict[tuple[str, str], Callable[[State, bytes], Json]] = {
    ("GET", "/__control"): _show_config,
    ("POST", "/__control"): _change,
    ("POST", "/__control/reset"): _reset,
    ("GET", "/__stats"): _stats,
    ("POST", "/__stats/reset"): _clear_stats,
    ("GET", "/__requests"): _requests,
}


async def control(exchange: Exchange, state: State) -> None:
    """Answer a control request."""
    endpoint = ENDPOINTS.get((exchange.record.method, exchange.record.path))
    body = await exchange.read_body()
    if endpoint is None:
        known = ", ".join(f"{method} {path}" for method, path in ENDPOINTS)
        await exchange.reply(404, _encoded({"error": f"no such control endpoint; there are {known}"}), JSON)
        return
    try:
        answer = endpoint(state, body)
    except (msgspec.MsgspecError, UnknownFaultError) as error:
        await exchange.reply(400, _encoded({"error": str(error)}), JSON)
    else:
        await exchange.reply(200, _encoded(answer), JSON)


def _encoded(value: Json) -> bytes:
    return msgspec.json.encode(value)
