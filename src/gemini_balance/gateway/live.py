"""A Live conversation: two WebSockets, and one key for all of it.

Messages pass as they come. Until Google said its first word to the setup, another key may take over.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from msgspec.structs import replace

from gemini_balance.core.gemini.live import (
    INTERNAL,
    LEAVING,
    UNSAID,
    Parting,
    closing,
    error_body,
    session,
    status_of,
    told_in,
    verdict_on,
)
from gemini_balance.core.outcome import NO_USAGE, Blame, Cause, Outcome, Usage
from gemini_balance.gateway.ports import SocketClosed, SocketRefused, TransportFailed

if TYPE_CHECKING:
    from gemini_balance.core.gemini.live import Message
    from gemini_balance.core.pool import KeySpec
    from gemini_balance.gateway.owners import Owners
    from gemini_balance.gateway.ports import Socket, SocketTransport, WireRequest

IDLE = Parting(LEAVING, "Nothing was said for long, so this gateway ended the conversation.")
CUT = Parting(INTERNAL, "The connection to Google was lost.")
SILENT = "Google did not answer the setup in time."
NO_SOCKET = "Google's answer was no WebSocket's."
SWITCHED = 101


@dataclass(frozen=True, slots=True)
class First:
    """Implements `UpstreamReply`: Google's first word, or why there is none."""

    status: int
    body: bytes = b""
    content_type: str = "application/json"
    google: Socket | None = None

    async def read(self) -> bytes:
        return b""

    async def whole(self) -> bytes:
        return self.body

    def close(self) -> None:
        if self.google is not None:
            self.google.abort()


@dataclass(slots=True)
class Conversation:
    """One conversation on its way. In the place of a `Reply`, as a `Carriage` is.

    `setup` is the client's first message, which each attempt repeats; `owner` is the id of the client's token;
    `patience` and `idle` are seconds: until Google's first word, and without any later one. `ephemeral` is the token
    that is shown to Google in the place of the key. `parting` tells how the client's connection is to be closed.
    """

    client: Socket
    transport: SocketTransport
    owners: Owners
    owner: str
    setup: Message
    patience: float
    idle: float
    ephemeral: str = ""
    committed: bool = False
    parting: Parting | None = None
    usage: Usage = NO_USAGE
    _leaving: bool = False
    _first: Message = b""
    _google: Socket | None = None
    _heard: float = field(default=0.0)

    def restart(self) -> None:
        self.parting, self._google = None, None

    async def send(self, request: WireRequest, key: KeySpec) -> First:
        """Raises TransportFailed."""
        try:
            google = await self.transport.open(request)
        except SocketRefused as refused:
            if refused.status < 400:
                raise TransportFailed(Cause.CUT, NO_SOCKET) from None
            return First(refused.status, refused.body, refused.content_type)
        try:
            async with asyncio.timeout(self.patience):
                await google.send(self.setup)
                self._first = await google.receive()
        except SocketClosed as closed:
            return self._refusal(closed.parting, key)
        except TimeoutError:
            google.abort()
            raise TransportFailed(Cause.UPSTREAM_SLOW, SILENT) from None
        except BaseException:
            google.abort()
            raise
        self._google = google
        return First(SWITCHED, google=google)

    def _refusal(self, parting: Parting, key: KeySpec) -> First:
        """Google accepts whoever comes, and closes with what it has to say."""
        if parting.code in UNSAID or parting.orderly:
            raise TransportFailed(Cause.CUT, CUT.reason)
        self.parting = closing(parting, (key.secret, self.ephemeral))
        status = status_of(parting)
        return First(status, error_body(status, self.parting.reason))

    async def answer(self, key: KeySpec) -> Outcome:
        """Pass messages on, both ways, until one side leaves or nothing was said for long."""
        google = self._google
        assert google is not None
        self.committed = True
        self._heard = asyncio.get_running_loop().time()
        pumps = {asyncio.create_task(self._up(google)), asyncio.create_task(self._down(google, key))}
        try:
            by, parting = await self._end_of(pumps)
        finally:
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)
        if by is google:
            return self._closed_by_google(parting, key)
        self.parting = parting
        await google.close(closing(parting))
        return Outcome(Cause.ANSWERED, usage=self.usage)

    async def _end_of(self, pumps: set[Pump]) -> tuple[Socket | None, Parting]:
        """Who ended it, and how; nobody where it was idle."""
        now, waiting = asyncio.get_running_loop().time, set(pumps)
        while (left := self._heard + self.idle - now()) > 0:
            done, waiting = await asyncio.wait(waiting, timeout=left, return_when=asyncio.FIRST_COMPLETED)
            ends = [end for pump in done if (end := pump.result()) is not None]
            if ends:
                return ends[0]
        return None, IDLE

    async def _up(self, google: Socket) -> tuple[Socket, Parting] | None:
        while True:
            try:
                message = await self.client.receive()
            except SocketClosed as closed:
                return self.client, closed.parting
            self._heard = asyncio.get_running_loop().time()
            try:
                await google.send(message)
            except SocketClosed:
                return None  # what Google said before it left is still to be passed on

    async def _down(self, google: Socket, key: KeySpec) -> tuple[Socket, Parting]:
        message = self._first
        while True:
            self._heard = asyncio.get_running_loop().time()
            await self._look_at(message, key)
            try:
                await self.client.send(message)
            except SocketClosed as closed:
                return self.client, closed.parting
            try:
                message = await google.receive()
            except SocketClosed as closed:
                return google, closed.parting

    async def _look_at(self, message: Message, key: KeySpec) -> None:
        """A handle works with the key that it came from, so that is written down before the handle leaves."""
        told = told_in(message)
        self.usage = told.usage or self.usage
        self._leaving = self._leaving or told.leaving
        if told.handle:
            await self.owners.note(self.owner, session(told.handle), key.id)

    def _closed_by_google(self, parting: Parting, key: KeySpec) -> Outcome:
        told = closing(parting, (key.secret, self.ephemeral))
        outcome = verdict_on(Parting(parting.code, told.reason), leaving=self._leaving, usage=self.usage)
        self.parting = CUT if outcome.cause is Cause.CUT else told
        return for_token(outcome) if self.ephemeral else outcome


Pump = asyncio.Task[tuple["Socket", Parting] | None] | asyncio.Task[tuple["Socket", Parting]]


def for_token(outcome: Outcome) -> Outcome:
    """What is said against an ephemeral token is said to its bearer, not to our key."""
    return replace(outcome, cause=Cause.BAD_REQUEST) if outcome.blame is Blame.KEY else outcome
