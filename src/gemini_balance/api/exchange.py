"""One request on its way: what is known of it so far, for the answer's headers and the record."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gemini_balance.api import names
from gemini_balance.api.asgi import BEGIN_REPLY
from gemini_balance.core.call import NOBODY
from gemini_balance.gateway.story import Story

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Awaitable, Callable, Mapping

    from gemini_balance.api.asgi import BeginReply, Headers, Scope, Send
    from gemini_balance.api.routes import Place
    from gemini_balance.core.call import Call, Principal
    from gemini_balance.core.dialects import Dialect
    from gemini_balance.core.errors import GatewayError

# Callers' and models' bytes are data: a browser that opens such a reply must run none of it.
SAFE = ((b"x-content-type-options", b"nosniff"), (b"content-security-policy", b"sandbox; default-src 'none'"))


@dataclass(slots=True, eq=False)
class Exchange:
    """Mutable: it is filled step by step, and read at the end whatever the ending."""

    id: str
    scope: Scope
    headers: Mapping[bytes, bytes]
    send: Send
    client: str
    began: float
    place: Place
    dialect: Dialect
    told: Headers = field(default_factory=list)  # headers of every reply to this request
    traced: bool = False  # is the client told which keys were asked?
    story: Story = field(default_factory=Story)
    principal: Principal | None = None
    call: Call | None = None
    fail: Callable[[GatewayError], Awaitable[None]] | None = None  # how an error is told inside an open stream
    task: asyncio.Task[None] | None = None
    ended_by: GatewayError | None = None  # set when this replica must end the call
    status: int = 0  # sent to the client; 0 until then
    done: bool = False
    error: str = ""  # the code of the error the client was told
    message: str = ""  # and its sentence
    sent: bytes = b""  # how the request's body begins, where it is kept of calls that fail
    sent_most: int = 0  # characters of it that are kept

    def leave(self) -> None:
        """The client is gone: nobody waits for the answer, so the work for it ends."""
        if not self.done and self.task is not None:
            self.task.cancel()

    @property
    def caller(self) -> Principal:
        """Who calls, as far as that is known."""
        return self.principal or NOBODY

    @property
    def opened(self) -> bool:
        return self.status != 0

    async def open(self, status: int, headers: Headers, length: int | None = None) -> None:
        """Send status and headers; `length` is the body's, where that is known."""
        self.status = status
        if self.story.asked:
            headers.append((names.ATTEMPTS, b"%d" % self.story.asked))
        if self.traced and (self.story.asked or self.story.skipped):
            headers.append((names.TRACE, self.story.trace().encode()))
        headers = [*headers, *self.told, *SAFE]
        begin: BeginReply | None = self.scope.get("extensions", {}).get(BEGIN_REPLY)
        if begin is None or not begin(self.scope, status, headers, length):
            await self.send({"type": "http.response.start", "status": status, "headers": headers})

    async def write(self, data: bytes, *, last: bool = False) -> None:
        """Send a piece of the body; waits while the client reads slowly."""
        self.done = last
        await self.send({"type": "http.response.body", "body": data, "more_body": not last})

    async def answer(self, status: int, content_type: bytes, body: bytes, extra: Headers | None = None) -> None:
        """A complete reply in one go."""
        headers = [(b"content-type", content_type), (b"content-length", b"%d" % len(body)), *(extra or ())]
        await self.open(status, headers, len(body))
        await self.write(body, last=True)
