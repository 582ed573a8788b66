"""Send an answer at its pace, and let faults of the wire strike where they were asked to."""

from collections.abc import Iterable

import msgspec

from gemini_balance.simulator.config import Fault
from gemini_balance.simulator.errors import Problem
from gemini_balance.simulator.faults import FOR_EVER, Kind
from gemini_balance.simulator.http import Exchange
from gemini_balance.simulator.json_types import Json, Object
from gemini_balance.simulator.replies import encode_body, encode_event

JSON = "application/json; charset=UTF-8"
TIER = (b"x-gemini-service-tier", b"standard")
STRIKES_IN_STREAM = frozenset(
    (Kind.STALL, Kind.CUT_AFTER, Kind.RESET, Kind.ERROR_IN_STREAM, Kind.ROLE_THEN_ERROR, Kind.NO_FINISH)
)


class Framing:
    """How the events of a stream are put on the wire."""

    content_type: str = JSON
    headers: tuple[tuple[bytes, bytes], ...] = (TIER,)
    error_shape: str = "object"

    def item(self, value: Json) -> bytes:
        """One event."""
        raise NotImplementedError

    def end(self) -> bytes:
        """What closes the stream."""
        return b""


class EventStream(Framing):
    """`alt=sse`. Nothing closes it: Google has no [DONE]."""

    content_type = "text/event-stream"
    headers = ((b"content-disposition", b"attachment"), TIER)

    def item(self, value: Json) -> bytes:
        """One event and the blank line after it."""
        return encode_event(value)


class JsonArray(Framing):
    """Without alt=sse: an array that grows."""

    error_shape = "array"

    def __init__(self) -> None:
        self._separator = b"["

    def item(self, value: Json) -> bytes:
        """One element with what stands before it."""
        data = self._separator + encode_body(value)
        self._separator = b",\r\n"
        return data

    def end(self) -> bytes:
        """The closing bracket."""
        return b"]" if self._separator != b"[" else b"[]"


class Timing(msgspec.Struct, frozen=True):
    """Real seconds before the first byte and between events."""

    first_byte: float = 0.0
    between: float = 0.0


async def refuse(exchange: Exchange, problem: Problem, framing: Framing | None) -> None:
    """An error instead of an answer. A stream's error claims to be a stream: apis.md fact 0.7."""
    content_type = problem.content_type
    if framing is not None and problem.shape == "object":
        problem = msgspec.structs.replace(problem, shape=framing.error_shape)
        content_type = framing.content_type
    await exchange.reply(problem.code, problem.body(), content_type)


async def send_whole(exchange: Exchange, response: Object, timing: Timing, fault: Fault | None) -> None:
    """An answer that is not streamed."""
    await exchange.pause(timing.first_byte)
    body = encode_body(response)
    if fault is None or fault.kind not in (Kind.STALL, Kind.CUT_AFTER):
        await exchange.reply(200, body, JSON, TIER)
        return
    await exchange.start(200, JSON, TIER, (b"content-length", str(len(body)).encode()))
    await exchange.write(body[: len(body) // 2])
    if fault.kind == Kind.STALL:
        await exchange.pause(FOR_EVER if fault.seconds is None else fault.seconds)
    await exchange.cut()


async def send_stream(
    exchange: Exchange, events: Iterable[Object], framing: Framing, timing: Timing, fault: Fault | None, said: Problem
) -> None:
    """A streamed answer. `said` is what an error inside the stream says."""
    await exchange.pause(timing.first_byte)
    await exchange.start(200, framing.content_type, *framing.headers)
    strikes = fault is not None and fault.kind in STRIKES_IN_STREAM
    after = _strikes_after(fault) if fault else 0
    for number, event in enumerate(events):
        if strikes and number == after:
            break
        if number:
            await exchange.pause(timing.between)
        await exchange.write(framing.item(event))
    if fault is not None and strikes:
        await _strike(exchange, framing, fault, said)
    else:
        await _end(exchange, framing)


def _strikes_after(fault: Fault) -> int:
    if fault.after is not None:
        return fault.after
    return 0 if fault.kind == Kind.ROLE_THEN_ERROR else 1


async def _end(exchange: Exchange, framing: Framing) -> None:
    closing = framing.end()
    if closing:
        await exchange.write(closing)
    await exchange.finish()


async def _strike(exchange: Exchange, framing: Framing, fault: Fault, said: Problem) -> None:
    match fault.kind:
        case Kind.STALL:
            await exchange.pause(FOR_EVER if fault.seconds is None else fault.seconds)
            await exchange.cut()
        case Kind.CUT_AFTER:
            await exchange.cut()
        case Kind.RESET:
            await exchange.reset()
        case Kind.ROLE_THEN_ERROR:
            await exchange.write(framing.item({"candidates": [{"content": {"role": "model"}, "index": 0}]}))
            await exchange.write(framing.item(said.envelope()))
            await _end(exchange, framing)
        case Kind.ERROR_IN_STREAM:
            await exchange.write(framing.item(said.envelope()))
            await _end(exchange, framing)
        case _:
            await _end(exchange, framing)
