"""A simulated call as a chat completion: as large, as slow, and with the luck that it has in the simulation."""

from itertools import takewhile
from math import inf

import msgspec

from bench.balance.arrivals import BYTES_PER_TOKEN, Call
from bench.balance.clock import START
from bench.balance.scenario import Faults
from bench.balance.world import FIRST_BYTE, Verdict, fault_of, seconds_of
from bench.endtoend.google import MODELS

PATH = "/hf/v1/chat/completions"
EVENTS = 4  # of a stream
MOST_TRIES = 10
STRUCK = {
    Verdict.BROKEN: "fault=internal",
    Verdict.EMPTY: "fault=empty",
    Verdict.CUT_EARLY: "fault=cut_after after=0",
    Verdict.CUT_LATE: "fault=cut_after after=2",
}
FILLER = "and so on "


def token_of(client: str) -> str:
    """The bearer token of a client."""
    return f"sk-{client}"


def answer_of(call: Call) -> str:
    """What a whole answer says, word for word."""
    return f"This is the whole answer to call number {call.id}."


def body_of(call: Call, seed: int, faults: Faults, speed: float) -> bytes:
    """The request as JSON."""
    content = f"{_directives(call, seed, faults, speed)} "
    content += FILLER * ((call.tokens * BYTES_PER_TOKEN - len(content)) // len(FILLER))
    message = {"role": "user", "content": content}
    return msgspec.json.encode({"model": MODELS[call.model], "messages": [message], "stream": call.streamed})


def headers_of(call: Call) -> dict[str, str]:
    """Who asks, and by when it wants the answer."""
    deadline = {} if call.deadline == inf else {"x-stainless-read-timeout": f"{call.deadline - call.at:.3f}"}
    return {"authorization": f"Bearer {token_of(call.client)}", "content-type": "application/json", **deadline}


def due(call: Call, speed: float) -> float:
    """When it is sent, in real seconds after the first moment."""
    return (call.at - START) / speed


def _directives(call: Call, seed: int, faults: Faults, speed: float) -> str:
    milliseconds = seconds_of(seed, call) / speed * 1_000
    first = milliseconds * (FIRST_BYTE if call.streamed else 1.0)
    pace = (milliseconds - first) / EVENTS
    said = f'text="{answer_of(call)}" thoughts=0 events={EVENTS} first_ms={first:.1f} pace_ms={pace:.1f}'
    return f"[[sim: {said} {_fault(call, seed, faults)}]]"


def _fault(call: Call, seed: int, faults: Faults) -> str:
    """What the first tries meet. What different ones meet one after the other is too rare to matter."""
    first = fault_of(faults, seed, call, 1)
    if first is Verdict.WHOLE:
        return ""
    alike = takewhile(lambda nth: fault_of(faults, seed, call, nth) is first, range(1, MOST_TRIES))
    return f"{STRUCK[first]} times={len(list(alike))}"
