"""One small call, as a client of some kind would make it, and what came of it in plain facts."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from gemini_balance.console.calling import as_client

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from starlette.types import Message, Scope

    from gemini_balance.console.choices import TokenChoice
    from gemini_balance.console.sources import Calls, Sources
    from gemini_balance.core.call import Principal

PROMPT = "Say hello in one short sentence."
LARGEST = 200_000  # bytes of an answer that are looked at
LONGEST = 300  # characters of it that are shown
PATIENCE = 60.0  # seconds


@dataclass(frozen=True, slots=True)
class Kind:
    """How a format's call is sent and read. `body`: of a call of the model that it is given."""

    path: str  # with {model} where that belongs
    query: bytes
    body: Callable[[str], object]
    said: Callable[[_Event], str]


@dataclass(frozen=True, slots=True)
class Tried:
    """`seconds` until the answer was whole, `first` until its first byte. `status`: 0 where none came in time.
    `error`: the sentence that the client is told."""

    token: str
    model: str
    status: int
    first: float
    seconds: float
    events: int
    said: str
    error: str
    code: str  # of the error, as the client is told it; empty for none
    call: str  # its id

    @property
    def works(self) -> bool:
        return self.status == 200 and not self.error


class _Text(msgspec.Struct, frozen=True):
    text: str = ""
    thought: bool = False


class _Content(msgspec.Struct, frozen=True):
    parts: list[_Text] = []


class _Candidate(msgspec.Struct, frozen=True):
    content: _Content = _Content()


class _Delta(msgspec.Struct, frozen=True):
    content: str | None = None


class _Choice(msgspec.Struct, frozen=True):
    delta: _Delta = _Delta()


class _Error(msgspec.Struct, frozen=True):
    message: str = ""
    code: str | int | None = None  # a number in the native format


class _Event(msgspec.Struct, frozen=True):
    """An event of a stream, or the body of an error, in either format."""

    choices: list[_Choice] = []
    candidates: list[_Candidate] = []
    error: _Error | None = None


_event = msgspec.json.Decoder(_Event)


def _openai(model: str) -> object:
    return {"model": model, "stream": True, "messages": [{"role": "user", "content": PROMPT}]}


def _gemini(_: str) -> object:
    return {"contents": [{"role": "user", "parts": [{"text": PROMPT}]}]}


def _openai_said(event: _Event) -> str:
    return "".join(choice.delta.content or "" for choice in event.choices)


def _gemini_said(event: _Event) -> str:
    parts = (part for candidate in event.candidates for part in candidate.content.parts)
    return "".join(part.text for part in parts if not part.thought)


KINDS = {
    "openai": Kind("/v1/chat/completions", b"", _openai, _openai_said),
    "native": Kind("/v1beta/models/{model}:streamGenerateContent", b"alt=sse", _gemini, _gemini_said),
}
"""By the name of the dialect."""


class _Answer:
    """What came so far."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now, self._began = now, now()
        self.status, self.first, self.call, self.body = 0, 0.0, "", b""

    async def take(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.call = dict(message["headers"]).get(b"x-request-id", b"").decode()
        elif piece := message.get("body", b""):
            self.first = self.first or self.seconds
            self.body = (self.body + piece)[:LARGEST]

    @property
    def seconds(self) -> float:
        return self._now() - self._began

    def events(self) -> Iterator[_Event]:
        """Of a stream; the whole body of an answer that is none. What can't be read says nothing."""
        lines = [line[5:] for line in self.body.splitlines() if line.startswith(b"data:")] or [self.body]
        for line in lines:
            if line.strip() != b"[DONE]":
                try:
                    yield _event.decode(line)
                except msgspec.DecodeError:
                    continue


async def tried(sources: Sources, scope: Scope, dialect: str, token: TokenChoice, model: str) -> Tried:
    """`scope`: the operator's own request, from whose address the call comes. `dialect`: a key of KINDS."""
    kind, answer = KINDS[dialect], _Answer(sources.clock.now)
    body = msgspec.json.encode(kind.body(model))
    asked = _scope(scope, kind.path.replace("{model}", model), kind.query, len(body))
    await _made(sources.call, asked, body, answer, token.caller)
    events = list(answer.events())
    error = next((event.error for event in events if event.error is not None), _Error())
    said = "".join(map(kind.said, events))
    return Tried(
        token=token.label,
        model=model,
        status=answer.status,
        first=answer.first,
        seconds=answer.seconds,
        events=len(events),
        said=said[:LONGEST],
        error=error.message[:LONGEST],
        code=error.code if isinstance(error.code, str) else "",
        call=answer.call,
    )


async def _made(call: Calls, scope: Scope, body: bytes, answer: _Answer, caller: Principal) -> None:
    pieces: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        if pieces:
            return pieces.pop()
        await asyncio.Event().wait()  # whoever asks again wants to know when the client is gone, and it stays
        raise AssertionError

    with suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE):
            await call(scope, receive, answer.take, caller)


def _scope(scope: Scope, path: str, query: bytes, length: int) -> Scope:
    """Nothing of the form that the operator sent goes along."""
    kept = [(name, value) for name, value in scope["headers"] if name in (b"host", b"x-forwarded-for", b"user-agent")]
    headers = [*kept, (b"content-type", b"application/json"), (b"content-length", b"%d" % length)]
    asked = {**as_client(scope, path), "method": "POST", "query_string": query, "headers": headers}
    return {name: value for name, value in asked.items() if name != "extensions"}
