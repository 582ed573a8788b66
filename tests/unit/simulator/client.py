"""A plain HTTP client for the tests, and the smallest requests."""

from __future__ import annotations

import http.client
import json
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from gemini_balance.simulator.json_types import Json, Object

MODEL = "gemini-3.6-flash"
KEY = "AIzaSim-amber-1"


class Reply(NamedTuple):
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Object:
        """The body as an object."""
        value: Object = json.loads(self.body)
        return value

    def message(self) -> str:
        """Google's sentence in an error body."""
        error = self.json()["error"]
        assert isinstance(error, dict)
        return str(error["message"])

    def events(self) -> list[Object]:
        """The body of an `alt=sse` answer."""
        assert self.body.endswith(b"\r\n\r\n")
        return [json.loads(event.removeprefix(b"data: ")) for event in self.body.split(b"\r\n\r\n")[:-1]]


class Client:
    """Calls one simulator, on a new connection each time."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port

    def call(self, method: str, path: str, body: Json = None, **headers: str) -> Reply:
        """One request; header names are written with underscores."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=10)
        data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            connection.request(method, path, data if method in ("POST", "PATCH") else None, sent)
            response = connection.getresponse()
            lowered = {name.lower(): value for name, value in response.getheaders()}
            return Reply(response.status, lowered, response.read())
        finally:
            connection.close()

    def generate(self, body: Json, model: str = MODEL, key: str = KEY) -> Reply:
        """generateContent."""
        return self.call("POST", f"/v1beta/models/{model}:generateContent", body, x_goog_api_key=key)

    def stream(self, body: Json, model: str = MODEL, key: str = KEY) -> Reply:
        """streamGenerateContent?alt=sse."""
        return self.call("POST", f"/v1beta/models/{model}:streamGenerateContent?alt=sse", body, x_goog_api_key=key)

    def control(self, **fields: Json) -> None:
        """Change the simulator's configuration."""
        reply = self.call("POST", "/__control", fields)
        assert reply.status == 200, reply.body

    def stats(self) -> Object:
        """The simulator's statistics."""
        return self.call("GET", "/__stats").json()


def at(value: Json, *path: str | int) -> Json:
    """What lies inside a value, step by step."""
    for step in path:
        if isinstance(value, dict):
            value = value[str(step)]
        else:
            assert isinstance(value, list)
            value = value[int(step)]
    return value


def ask(text: str, **fields: Json) -> Object:
    """A request with one user text."""
    return {"contents": [{"role": "user", "parts": [{"text": text}]}], **fields}
