"""The management API of a gateway in this process, asked without a socket."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gemini_balance.app import App, Kept, build
from gemini_balance.app.kept import NOTHING
from gemini_balance.management.endpoint import PREFIX
from gemini_balance.settings import load

if TYPE_CHECKING:
    from gemini_balance.api.asgi import Message

AUTH_TOKEN = "the operator's own token"
CLIENT_TOKEN = "sk-a-client-token"
SETTINGS = {
    "ACCESS_LOG": "false",
    "AUTH_TOKEN": AUTH_TOKEN,
    "BASE_URL": "http://127.0.0.1:9/v1beta",
    "ALLOWED_TOKENS": CLIENT_TOKEN,
    "API_KEYS": "AIzaSyAmber000000000000000000000000000,AIzaSyBasil000000000000000000000000000",
}
BEARER = {"authorization": f"Bearer {AUTH_TOKEN}"}


@dataclass(frozen=True)
class Answered:
    """One answer."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def error(self) -> tuple[int, str, str | None]:
        """Status, code and param."""
        told = self.json["error"]
        assert set(told) == {"code", "message", "param"}
        return self.status, told["code"], told["param"]


@dataclass
class Managed:
    """A gateway, and who asks it."""

    app: App
    headers: dict[str, str] = field(default_factory=lambda: dict(BEARER))
    begun: bool = False

    async def begin(self) -> None:
        """As the process does before the first request."""
        if not self.begun:
            self.begun = True
            for begin in self.app.life.begins:
                await begin()

    async def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        headers: dict[str, str] | None = None,
        *,
        raw: bytes | None = None,
        query: str = "",
        prefix: str = PREFIX,
    ) -> Answered:
        """`headers` are instead of the operator's token; `raw` instead of a body as JSON."""
        await self.begin()
        sent = self.headers if headers is None else headers
        content = raw if raw is not None else b"" if body is None else json.dumps(body).encode()
        if content and "content-type" not in sent:
            sent = sent | {"content-type": "application/json"}
        scope = {
            "type": "http",
            "method": method,
            "path": prefix + path,
            "root_path": "",
            "query_string": query.encode(),
            "headers": [(name.encode(), value.encode("latin-1")) for name, value in {"host": HOST, **sent}.items()],
            "client": ("203.0.113.7", 4711),
            "scheme": "http",
            "http_version": "1.1",
            "server": ("127.0.0.1", 8000),
            "extensions": {},
        }
        messages: list[Message] = [{"type": "http.request", "body": content, "more_body": False}]
        told: list[Message] = []

        async def receive() -> Message:
            if not messages:
                await asyncio.Event().wait()  # this client stays until its answer is whole
            return messages.pop()

        async def send(message: Message) -> None:
            told.append(message)

        await self.app(scope, receive, send)
        found = {name.decode(): value.decode("latin-1") for name, value in told[0]["headers"]}
        return Answered(told[0]["status"], found, b"".join(message.get("body", b"") for message in told[1:]))


HOST = "gateway.example:8000"


def managed(kept: Kept = NOTHING, **settings: str) -> Managed:
    return Managed(build(*load(SETTINGS | settings), kept))
