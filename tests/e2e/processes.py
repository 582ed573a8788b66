"""The real gateway as a process of its own, in front of the fake Google, for tests over sockets."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

TOKEN = "sk-test-token"
KEYS = ("AIzaSim-amber-1", "AIzaSim-basil-1", "AIzaSim-cedar-1")
START_SECONDS = 20.0


class Google(Protocol):
    """A fake one that runs."""

    @property
    def url(self) -> str: ...


@dataclass(frozen=True)
class Answer:
    """One raw HTTP answer."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class GatewayProcess:
    """A running `gemini-balance serve`."""

    port: int
    process: subprocess.Popen[bytes]
    log: Path
    google: Google = field(repr=False)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def rss_mb(self) -> float:
        return self._memory("VmRSS")

    @property
    def peak_mb(self) -> float:
        return self._memory("VmHWM")

    def _memory(self, name: str) -> float:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        found = re.search(rf"{name}:\s+(\d+)", status)
        assert found
        return int(found[1]) / 1024

    def request(
        self, method: str, path: str, body: bytes | Iterable[bytes] | None = None, headers: dict[str, str] | None = None
    ) -> Answer:
        """One request on a connection of its own, with nothing added but what HTTP needs."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        with contextlib.closing(connection):
            connection.request(method, path, body, headers or {})
            reply = connection.getresponse()
            return Answer(reply.status, {name.lower(): value for name, value in reply.getheaders()}, reply.read())

    def chat(self, text: str, *, stream: bool = False, model: str = "gemini-2.5-flash", **fields: Any) -> Answer:
        messages = [{"role": "user", "content": text}]
        body = {"model": model, "messages": messages, "stream": stream, **fields}
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
        return self.request("POST", "/hf/v1/chat/completions", json.dumps(body).encode(), headers)

    def stop(self) -> int:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30)


@contextlib.contextmanager
def gateway(google: Google, folder: Path, **settings: str) -> Iterator[GatewayProcess]:
    """Started in an empty folder, with no other environment than what is given."""
    port = free_port()
    log = folder / f"gateway-{port}.log"
    base = {
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "BASE_URL": f"{google.url}/v1beta",
        "API_KEYS": ",".join(KEYS),
        "ALLOWED_TOKENS": TOKEN,
        "PATH": os.environ["PATH"],
    }
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "gemini_balance", "serve"], env=base | settings, cwd=folder, stdout=out, stderr=out
        )
    running = GatewayProcess(port, process, log, google)
    try:
        wait_until_ready(running)
        yield running
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(10)


def wait_until_ready(running: GatewayProcess) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        with contextlib.suppress(OSError):
            if running.request("GET", "/health/ready").status == 200:
                return
        assert running.process.poll() is None, running.log.read_text()
        time.sleep(0.02)
    raise AssertionError(f"not ready after {START_SECONDS} s: {running.log.read_text()}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def control(google: Google, **changes: Any) -> None:
    """Change the fake Google while it runs."""
    post(f"{google.url}/__control", changes)


def reset(google: Google) -> None:
    post(f"{google.url}/__control/reset", None)
    post(f"{google.url}/__stats/reset", None)


def post(url: str, value: Any) -> None:
    body = json.dumps(value).encode() if value is not None else b""
    with urllib.request.urlopen(urllib.request.Request(url, body, method="POST"), timeout=10) as reply:
        assert reply.status == 200


def stats(google: Google) -> Any:
    with urllib.request.urlopen(f"{google.url}/__stats", timeout=10) as reply:
        return json.load(reply)


def requests(google: Google) -> list[Any]:
    """The calls for content, oldest first; the gateway's own questions for the model list are left out."""
    with urllib.request.urlopen(f"{google.url}/__requests", timeout=10) as reply:
        seen: list[Any] = json.load(reply)
    return [request for request in seen if request["method"] == "POST"]


def wait_for_active(served: GatewayProcess, count: int, seconds: float) -> int:
    until = time.monotonic() + seconds
    while (active := int(stats(served.google)["active"])) != count and time.monotonic() < until:
        time.sleep(0.02)
    return active


def logged(served: GatewayProcess, request_id: str) -> Any:
    """The call's line in the gateway's log, once it is there."""
    until = time.monotonic() + 5
    while time.monotonic() < until:
        for line in served.log.read_text().splitlines():
            if request_id in line and '"call"' in line:
                found: Any = json.loads(line)
                return found
        time.sleep(0.1)
    raise AssertionError("not in the log")
