"""Both ends of the gateway on loopback: a Google that answers from a recording, and uvicorn in a thread."""

import asyncio
import socket
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import uvicorn

Headers = list[tuple[bytes, bytes]]


@dataclass
class Asked:
    """One request as Google received it."""

    method: str
    target: str
    headers: Headers
    body: bytes


@dataclass
class RecordedGoogle:
    """An ASGI app: every call gets `answer` (status, content type, body); what was asked is kept."""

    answer: tuple[int, str, bytes] = (200, "application/json", b"{}")
    asked: list[Asked] = field(default_factory=list)

    async def __call__(
        self,
        scope: dict[str, Any],
        receive: Callable[[], Awaitable[dict[str, Any]]],
        send: Callable[[dict[str, Any]], Awaitable[None]],
    ) -> None:
        if scope["type"] != "http":
            return
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        target = scope["raw_path"] + (b"?" + scope["query_string"] if scope["query_string"] else b"")
        self.asked.append(Asked(scope["method"], target.decode(), list(scope["headers"]), body))
        status, content_type, reply = self.answer
        headers = [(b"content-type", content_type.encode()), (b"x-content-type-options", b"nosniff")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        for piece in _halves(reply):
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})


def _halves(reply: bytes) -> tuple[bytes, bytes]:
    """In the middle of an event, as networks do."""
    return reply[: len(reply) // 2], reply[len(reply) // 2 :]


class Loopback:
    """An ASGI app behind a real socket, served by uvicorn in a thread of its own."""

    def __init__(self, app: Any, *, lifespan: bool) -> None:
        self._socket = socket.socket(proto=socket.IPPROTO_TCP)  # told, or asyncio leaves Nagle's algorithm on
        self._socket.bind(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self._server = uvicorn.Server(
            uvicorn.Config(app, log_config=None, access_log=False, lifespan="on" if lifespan else "off", ws="none")
        )
        self._thread = threading.Thread(target=lambda: asyncio.run(self._server.serve([self._socket])))

    def __enter__(self) -> "Loopback":
        self._thread.start()
        while not self._server.started:
            assert self._thread.is_alive(), "the server did not start"
            self._thread.join(0.01)
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join()
