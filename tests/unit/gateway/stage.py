"""A stage for short stories: a transport that reads from a script, a clock set by hand, a reply that remembers."""

import asyncio
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from msgspec.structs import replace

from gemini_balance.core.attempts import RetryPolicy
from gemini_balance.core.call import Framing, Operation
from gemini_balance.core.catalog.route import Route
from gemini_balance.core.gemini.events import Event
from gemini_balance.core.gemini.verdict import has_content, parts_of
from gemini_balance.core.pool import Demand, KeyId, KeyPool, KeySpec
from gemini_balance.gateway.execute import Gateway
from gemini_balance.gateway.ports import Headers, Pieces, TransportFailed, WireRequest
from gemini_balance.gateway.story import Story
from gemini_balance.upstreams.gemini_api.upstream import GeminiApi

MODEL = "gemini-3.8-flash"
Read = bytes | TransportFailed | None
"""What one read brings; None: nothing, for ever."""


@dataclass
class Line:
    """What the upstream says to one request. No status: it can't even be reached."""

    reads: list[Read]
    status: int = 200
    content_type: str = "text/event-stream"


def event(**reply: Any) -> bytes:
    return b"data: " + json.dumps(reply).encode() + b"\r\n\r\n"


def says(text: str = "", finish: str = "", **part: Any) -> bytes:
    parts = [{"text": text} | part] if text or part else []
    ending = {"finishReason": finish} if finish else {}
    return event(candidates=[{"content": {"role": "model", "parts": parts}} | ending])


def refuses(status: int, message: str = "", **detail: Any) -> Line:
    error = {"code": status, "message": message, "details": [detail] if detail else []}
    return Line([json.dumps({"error": error}).encode()], status, "application/json")


ROLE = event(candidates=[{"content": {"role": "model"}}])
STOP = says(finish="STOP")
OVERLOADED = event(error={"code": 503, "message": "The model is overloaded."})


@dataclass
class Scripted:
    """Implements `Transport` (and its replies' `UpstreamReply`): one line of the script a request."""

    script: Iterator[Line]
    asked: list[WireRequest] = field(default_factory=list)
    open: int = 0

    async def send(self, request: WireRequest) -> "ScriptedReply":
        self.asked.append(request)
        line = next(self.script)
        if not line.status:
            assert isinstance(line.reads[0], TransportFailed)
            raise line.reads[0]
        self.open += 1
        return ScriptedReply(line.status, line.content_type, iter(line.reads), self)


@dataclass
class ScriptedReply:
    """One reply on its way."""

    status: int
    content_type: str
    reads: Iterator[Read]
    transport: Scripted

    async def read(self) -> bytes:
        read = next(self.reads, b"")
        if isinstance(read, TransportFailed):
            raise read
        if read is None:
            await asyncio.Event().wait()
        return read or b""

    async def whole(self) -> bytes:
        reads = []
        while read := await self.read():
            reads.append(read)
        return b"".join(reads)

    def close(self) -> None:
        self.transport.open -= 1


@dataclass
class RawScripted:
    """Implements `RawTransport`: every reply has these headers. What was read of pieces is kept."""

    plain: Scripted
    headers: Headers
    taken: bytes = b""

    async def send(self, request: WireRequest, pieces: Pieces | None = None) -> "RawScriptedReply":
        while pieces is not None and (piece := await pieces.read()):
            self.taken += piece
        reply = await self.plain.send(request)
        return RawScriptedReply(reply.status, reply.content_type, reply.reads, reply.transport, self.headers)


@dataclass
class RawScriptedReply(ScriptedReply):
    headers: Headers


@dataclass
class Page:
    """Implements `Reply`: what a caller sees, held back until there is content in it."""

    seen: bytes = b""
    committed: bool = False
    finished: bool = False
    held: list[Event] = field(default_factory=list)

    def restart(self) -> None:
        assert not self.committed
        self.held.clear()

    async def feed(self, events: list[Event]) -> None:
        self.held += events
        shown = any(has_content(part) for event in events for part in parts_of(event.reply))
        self.committed = self.committed or shown
        if self.committed:
            self._show()

    async def finish(self, rest: bytes) -> None:
        self._show()
        self.seen += rest
        self.committed = self.finished = True

    async def whole(self, event: Event) -> None:
        self.seen, self.committed, self.finished = event.raw, True, True

    def _show(self) -> None:
        self.seen += b"".join(event.raw for event in self.held)
        self.held.clear()


@dataclass
class Hands:
    """Implements `Clock`; moved by hand."""

    time: float = 1_800_000_100.0

    def now(self) -> float:
        return self.time

    def unix(self) -> float:
        return self.time


class Running(Hands):
    """A clock that goes by itself."""

    def now(self) -> float:
        return self.time + time.monotonic()

    unix = now


STREAM = Route(
    upstream="gemini_api",
    operation=Operation.STREAM,
    model=MODEL,
    path=f"v1beta/models/{MODEL}:streamGenerateContent?alt=sse",
    body=b"{}",
    framing=Framing.SSE,
    demand=Demand(MODEL),
)
UNARY = replace(STREAM, operation=Operation.GENERATE, framing=Framing.WHOLE)
ARRAY = replace(STREAM, framing=Framing.ARRAY)


class Stage:
    """A gateway over scripted lines; `keys` are one-letter ids, all well."""

    def __init__(
        self,
        *script: Line,
        keys: str = "abc",
        policy: RetryPolicy | None = None,
        patience: float = 20.0,
        clock: Hands | None = None,
    ) -> None:
        self.transport = Scripted(iter(script))
        self.clock = clock or Hands()
        self.pool = KeyPool(KeySpec(KeyId(key), f"secret-{key}") for key in keys)
        upstreams = {"gemini_api": GeminiApi("https://google.example/v1beta")}
        policy = policy or RetryPolicy()
        self.gateway = Gateway(self.pool, upstreams, self.transport, self.clock, policy, lambda: 0.0, patience)
        self.page = Page()
        self.story = Story()

    async def play(self, route: Route = STREAM) -> bytes:
        """What the caller saw of a call that ended well."""
        await self.gateway.execute(route, self.page, self.story)
        assert self.page.finished
        return self.page.seen

    @property
    def asked(self) -> str:
        """The keys that were asked, in order."""
        return "".join(attempt.key for attempt in self.story.attempts)

    @property
    def causes(self) -> list[str]:
        return [str(attempt.outcome.cause) for attempt in self.story.attempts]

    @property
    def at_rest(self) -> bool:
        """Nothing in flight and nothing left open."""
        return not self.transport.open and all(key.in_flight == 0 for key in self.pool.keys.values())
