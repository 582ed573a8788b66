"""A finished call leaves nothing that only the collector could free: collecting once cost a tenth of all CPU."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Any

import pytest

from gemini_balance.app import build
from gemini_balance.core.pool import Granted, NotYet
from gemini_balance.settings import load
from tests.unit.garbage import uncollected

if TYPE_CHECKING:
    from gemini_balance.api.asgi import Message

CALLS = 20
CHAT = b'{"model": "gemini-2.5-flash", "messages": [{"role": "user", "content": "Hello"}], "stream": %s}'
REPLY = (
    b'{"candidates": [{"content": {"parts": [{"text": "Hi"}], "role": "model"}, "finishReason": "STOP"}],'
    b'"usageMetadata": {"promptTokenCount": 1, "candidatesTokenCount": 1, "totalTokenCount": 2}}'
)


class InMemory:
    """A transport whose upstream always gives the same answer."""

    status = 200
    content_type = "application/json"

    def __init__(self, answer: bytes) -> None:
        self._answer = answer
        self._left = b""

    async def send(self, _: object) -> InMemory:
        self._left = self._answer
        return self

    async def read(self) -> bytes:
        answer, self._left = self._left, b""
        return answer

    async def whole(self) -> bytes:
        return await self.read()

    def close(self) -> None: ...


async def call(app: Any, body: bytes) -> int:
    """The status of the answer."""
    told: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": body}

    async def send(message: Message) -> None:
        told.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/v1/chat/completions",
        "query_string": b"",
        "headers": [(b"authorization", b"Bearer sk-test-token")],
        "extensions": {"gemini_balance.client_left": []},
    }
    await app(scope, receive, send)
    status: int = told[0]["status"]
    return status


@pytest.mark.anyio
@pytest.mark.parametrize("stream", [False, True], ids=["unary", "stream"])
async def test_a_call_leaves_no_circles(stream: bool) -> None:
    app = build(*load({"API_KEYS": "AIzaOne", "ALLOWED_TOKENS": "sk-test-token", "ACCESS_LOG": "false"}))
    app.door.gateway.transport = InMemory(b"data: " + REPLY + b"\r\n\r\n" if stream else REPLY)
    body = CHAT % (b"true" if stream else b"false")
    await call(app, body)
    with uncollected() as count:
        statuses = [await call(app, body) for _ in range(CALLS)]
        found = count()
    assert (statuses, found) == ([200] * CALLS, 0)


@pytest.mark.anyio
async def test_a_call_that_waits_in_vain_leaves_no_circles(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = {"API_KEYS": "AIzaOne", "ALLOWED_TOKENS": "sk-test-token", "ACCESS_LOG": "false", "PATIENCE": "0.01"}
    app = build(*load(settings))
    pool, clock = app.door.gateway.pool, app.door.gateway.clock
    monkeypatch.setattr(pool, "acquire", lambda *_: NotYet(clock.now()))
    monkeypatch.setattr(pool, "grant", lambda _: Granted([], inf))
    await call(app, CHAT % b"false")
    with uncollected() as count:
        statuses = [await call(app, CHAT % b"false") for _ in range(CALLS)]
        found = count()
    assert (statuses, found, pool.waiting) == ([429] * CALLS, 0, 0)
