"""One caller's huge request must not stall the others: the gateway is one process with one event loop."""

from __future__ import annotations

import base64
import contextlib
import http.client
import json
import os
import socketserver
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

import pytest

from tests.e2e.processes import TOKEN, GatewayProcess, gateway

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator

    from gemini_balance.simulator import RunningSimulator

BAR_MS = 50.0
CALLERS = 10  # of small calls, each with a connection of its own
EVERY = 0.1  # seconds between two calls of one of them
HEADERS = {"Authorization": f"Bearer {TOKEN}", "x-goog-api-key": TOKEN, "Content-Type": "application/json"}
CHAT = "/v1/chat/completions"
ALBUM = "http://album.example"  # stands for the upstream, whose port is known later
NATIVE = "/v1beta/models/gemini-2.5-flash:generateContent"
USAGE = {"promptTokenCount": 1, "candidatesTokenCount": 1, "totalTokenCount": 2}
CANDIDATE = {"content": {"role": "model", "parts": [{"text": "Yes."}]}, "finishReason": "STOP"}
ANSWER = json.dumps({"candidates": [CANDIDATE], "usageMetadata": USAGE}).encode()
REPLY = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(ANSWER), ANSWER)


class Cheap(socketserver.BaseRequestHandler):
    """An upstream that looks at nothing, a thread a connection: the fake Google would stall small calls itself."""

    request: socket.socket

    def handle(self) -> None:
        buffer = memoryview(bytearray(1_000_000))
        with contextlib.suppress(OSError):
            while size := self.request.recv_into(buffer):
                head, _, body = bytes(buffer[:size]).partition(b"\r\n\r\n")
                left = _length(head) - len(body)
                while left > 0:
                    left -= self.request.recv_into(buffer)
                self.request.sendall(_album(_size(head)) if head.startswith(b"GET") else REPLY)


def _length(head: bytes) -> int:
    told = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    return int(told[0].partition(b":")[2]) if told else 0


def _size(head: bytes) -> int:
    """`GET /image/<bytes>`."""
    return int(head.split(b" ", 2)[1].rpartition(b"/")[2])


@lru_cache
def _album(size: int) -> bytes:
    """Made once: it takes a while, and this process measures."""
    told = b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: %d\r\n\r\n" % size
    return told + b"\x89PNG\r\n\x1a\n" + bytes(size - 8)


class Upstream(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


@pytest.fixture(scope="module")
def unstalled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GatewayProcess]:
    with Upstream(("127.0.0.1", 0), Cheap) as upstream:
        threading.Thread(target=upstream.serve_forever, daemon=True).start()
        hosts = {"ALLOWED_MEDIA_HOSTS": "127.0.0.1", "MEDIA_MAX_MB": "21"}
        google = cast("RunningSimulator", upstream)  # nothing but its address is asked for
        with gateway(google, tmp_path_factory.mktemp("stalls"), ACCESS_LOG="false", **hosts) as running:
            yield running
        upstream.shutdown()


def image_chat(megabytes: float) -> bytes:
    return _chat_about("data:image/png;base64," + _image(megabytes))


def linked_image_chat(megabytes: float) -> bytes:
    return _chat_about(f"{ALBUM}/image/{int(megabytes * 1_000_000)}")


def _chat_about(url: str) -> bytes:
    content = [{"type": "text", "text": "What is it?"}, {"type": "image_url", "image_url": {"url": url}}]
    return _chat(content)


def native_image(megabytes: float) -> bytes:
    parts = [{"text": "What is it?"}, {"inlineData": {"mimeType": "image/png", "data": _image(megabytes)}}]
    return json.dumps({"contents": [{"role": "user", "parts": parts}]}).encode()


def tool_chat(count: float) -> bytes:
    """Tools as agents have them: two levels of objects, lists, enumerations, descriptions."""
    return _chat("Which tool is it?", tools=[_tool(number) for number in range(int(count))])


def _chat(content: object, **fields: Any) -> bytes:
    return json.dumps(
        {"model": "gemini-2.5-flash", "messages": [{"role": "user", "content": content}], **fields}
    ).encode()


def _image(megabytes: float) -> str:
    return base64.b64encode(b"\x89PNG\r\n\x1a\n" + os.urandom(int(megabytes * 1_000_000))).decode()


def _tool(number: int) -> dict[str, Any]:
    text = {"type": "string", "description": "What is meant, in a sentence or two of plain words. " * 2}
    choice = {"type": "string", "enum": ["first", "second", "third"], "default": "first"}
    inner = {"type": "object", "properties": {"name": text, "kind": choice}, "required": ["name"]}
    fields = {f"field_{at}": text for at in range(4)} | {"items": {"type": "array", "items": inner}, "kind": choice}
    schema = {"type": "object", "properties": fields, "required": ["field_0"], "additionalProperties": False}
    function = {"name": f"tool_{number}", "description": text["description"] * 3, "parameters": schema}
    return {"type": "function", "function": function}


def call(connection: http.client.HTTPConnection, path: str, body: bytes) -> None:
    connection.request("POST", path, body, HEADERS)
    reply = connection.getresponse()
    said = reply.read()
    assert reply.status == 200, said


def delays_beside(served: GatewayProcess, path: str, body: bytes, times: int) -> list[float]:
    """Milliseconds of small calls while the huge one is sent some times, one after the other."""
    body = body.replace(ALBUM.encode(), served.google.url.encode())

    def huge() -> None:
        with connected(served) as connection:
            for _ in range(times):
                call(connection, path, body)

    with ThreadPoolExecutor(CALLERS + 1) as threads:
        sent = threads.submit(huge)
        callers = [threads.submit(_delays_until, served, sent.done, EVERY * at / CALLERS) for at in range(CALLERS)]
        sent.result()
        return [delay for caller in callers for delay in caller.result()]


def _delays_until(served: GatewayProcess, ended: Callable[[], bool], first: float) -> list[float]:
    """One caller, who asks when it is time to, whatever happens to the others; late answers count from then."""
    delays: list[float] = []
    small = _chat("Hello")
    with connected(served) as connection:
        due = time.perf_counter() + first
        while not delays or not ended():
            time.sleep(max(0.0, due - time.perf_counter()))
            call(connection, CHAT, small)
            delays.append((time.perf_counter() - due) * 1000)
            due += EVERY
    return delays


def connected(served: GatewayProcess) -> contextlib.closing[http.client.HTTPConnection]:
    return contextlib.closing(http.client.HTTPConnection("127.0.0.1", served.port, timeout=60))


def p99(delays: list[float]) -> float:
    return sorted(delays)[int(len(delays) * 0.99)]


HUGE: list[tuple[str, Callable[[float], bytes], str, float, float]] = [
    ("an image in a chat", image_chat, CHAT, 20.0, 1.0),
    ("a chat that names an image", linked_image_chat, CHAT, 20.0, 1.0),
    ("an image in a native call", native_image, NATIVE, 20.0, 1.0),
    ("a chat with many tools", tool_chat, CHAT, 300, 30),
]


@pytest.mark.parametrize(("make", "path", "size"), [(make, path, small) for _, make, path, _, small in HUGE])
def test_small_calls_are_answered_beside_large_ones(
    unstalled: GatewayProcess, make: Callable[[float], bytes], path: str, size: float
) -> None:
    assert delays_beside(unstalled, path, make(size), times=3)


@pytest.mark.prove
@pytest.mark.parametrize(("name", "make", "path", "size"), [huge[:4] for huge in HUGE], ids=[huge[0] for huge in HUGE])
def test_small_calls_are_not_stalled_by_huge_ones(
    unstalled: GatewayProcess, name: str, make: Callable[[float], bytes], path: str, size: float
) -> None:
    body = make(size)
    delays = delays_beside(unstalled, path, body, times=20)
    print(f"\nbeside {name} of {len(body) / 1_000_000:.1f} MB: p99 {p99(delays):.1f} ms, worst {max(delays):.1f} ms")
    assert p99(delays) < BAR_MS
