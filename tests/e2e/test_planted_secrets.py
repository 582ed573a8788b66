"""Secrets are planted everywhere and everything is made to fail: none of them is ever seen again.

Google repeats the key that it was asked with in whatever it answers, as it does with suspended ones.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from tests.e2e.processes import GatewayProcess, free_port, gateway
from tests.e2e.web_server import serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SHAPES = (
    "AIzaSyPlanted-0123456789_abcdefghijklmnop",
    "planted.key-of-no-known.shape-77",
    "AQ.planted-Ab8RN6Ixample0123",
)
KEYS = tuple(f"{shape}-{number}" for number in range(30) for shape in SHAPES)
PLANTED = {
    "API_KEYS": ",".join(KEYS),
    "VERTEX_API_KEYS": "planted-vertex-key-0123456789",
    "PAID_KEY": "planted-paid-key-0123456789",
    "ALLOWED_TOKENS": "sk-planted-client,planted-other-client",
    "AUTH_TOKEN": "planted-operator",
    "METRICS_TOKEN": "planted-scraper",
    "SECRET_KEY": "planted secret key, \"quoted\" & long",
    "ALERT_WEBHOOK_URL": "https://hooks.invalid/planted-hook-0123456789",
    "ALERT_SECRET": "planted-signing-secret",
    "PICGO_API_KEY": "planted-picgo-key",
    "SMMS_SECRET_TOKEN": "planted-smms-token",
    "OSS_ACCESS_KEY_SECRET": "planted-oss-secret",
}  # fmt: skip
TOKEN = "sk-planted-client"
TOKENS = TOKEN, PLANTED["METRICS_TOKEN"], PLANTED["AUTH_TOKEN"]
PASSWORD = "plänted:p@ss/wörd"
SECRETS = {
    secret for name, value in PLANTED.items() for secret in ([value] if name == "SECRET_KEY" else value.split(","))
}
CHAT = {"model": "gemini-2.5-flash", "messages": [{"role": "user", "content": "Hello"}]}
GENERATE = {"contents": [{"parts": [{"text": "Hello"}]}]}


@dataclass
class Echo:
    """A Google that tells everybody its caller's key, in one way after the other."""

    url: str = ""
    asked: int = 0


STATUSES = (400, 401, 403, 404, 409, 429, 500, 503, 418)


def hostile_google() -> Iterator[Echo]:
    seen = Echo()

    class Google(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("content-length") or 0))
            self.do_GET()

        def do_GET(self) -> None:
            seen.asked += 1
            key = self.headers.get("x-goog-api-key") or self.path
            way = WAYS[seen.asked % len(WAYS)]
            streams = "stream" in self.path  # only a stream of content tells an error after a good beginning
            status, body, kind = (_error(500) if way is _fault and not streams else way)(key)
            self.send_response(status)
            self.send_header("content-type", kind)
            self.send_header("x-goog-upload-url", f"http://127.0.0.1/u?key={key}&upload_id=1")
            self.send_header("location", f"/elsewhere?key={key}")
            self.send_header("etag", key)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_PUT = do_DELETE = do_POST  # noqa: N815  (as the library names them)

        def log_message(self, *_: object) -> None:
            pass

    with serving(Google) as host:
        seen.url = f"http://{host}"
        yield seen


def _error(status: int) -> Any:
    def answer(key: str) -> tuple[int, bytes, str]:
        told = {"code": status, "message": f"API key {key} was suspended ({quote(key)}).", "status": key, "key": key}
        details = [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": key, "metadata": {"consumer": key}}]
        return status, json.dumps({"error": told | {"details": details}}).encode(), "application/json"

    return answer


def _page(key: str) -> tuple[int, bytes, str]:
    return 403, f"<html><title>{key}</title><p>Sorry, {key}".encode(), "text/html"


def _garbage(_: str) -> tuple[int, bytes, str]:
    return 200, b'{"candidates": [', "application/json"


def _fault(key: str) -> tuple[int, bytes, str]:
    return 200, b"data: " + _error(500)(key)[1] + b"\r\n\r\n", "text/event-stream"


def _empty(key: str) -> tuple[int, bytes, str]:
    return 200, json.dumps({"candidates": [{"finishReason": "STOP"}], "modelVersion": key}).encode(), "application/json"


WAYS = (*map(_error, STATUSES), _page, _garbage, _fault, _empty)


@pytest.fixture
def echo() -> Iterator[Echo]:
    yield from hostile_google()


def calls() -> Iterator[tuple[str, str, bytes]]:
    chat, generate = json.dumps(CHAT).encode(), json.dumps(GENERATE).encode()
    for stream in ("false", "true"):
        yield "POST", "/hf/v1/chat/completions", chat[:-1] + b', "stream": %s}' % stream.encode()
    yield "POST", "/v1beta/models/gemini-2.5-flash:generateContent", generate
    yield "POST", "/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse", generate
    yield "POST", "/gemini/v1beta/models/gemini-2.5-flash:generateContent", generate
    yield "POST", "/vertex-express/v1beta/models/gemini-2.5-flash:generateContent", generate
    yield "POST", "/v1/embeddings", b'{"model": "gemini-embedding-001", "input": "a"}'
    yield "POST", "/v1/images/generations", b'{"model": "gemini-3.1-flash-image", "prompt": "a"}'
    yield "POST", "/v1/audio/speech", b'{"model": "gemini-2.5-flash-preview-tts", "input": "a", "voice": "Kore"}'
    yield "GET", "/v1/models", b""
    yield "GET", "/v1beta/files", b""
    yield "POST", "/upload/v1beta/files", b"data"
    yield "POST", "/v1/chat/completions", b"{not json " + TOKEN.encode()
    yield "POST", f"/nowhere/{TOKEN}?key={TOKEN}", b""
    yield "GET", f"/{quote(KEYS[1])}/{KEYS[0]}", b""
    yield "POST", f"/v1beta/models/{KEYS[0]}:generateContent", generate
    yield "DELETE", "/v1/chat/completions", b""
    for page in (
        "/",
        "/health",
        "/health/live",
        "/health/ready",
        "/metrics",
        "/health/none",
        "/metrics/",
    ):
        yield "GET", page, b""


def seen_by_callers(served: GatewayProcess, times: int) -> list[bytes]:
    """Heads and bodies of every answer, each call made so often, with good credentials and with others."""
    seen = []
    for _ in range(times):
        for method, path, body in calls():
            for token in TOKENS if path.startswith("/metrics") else TOKENS[:1]:
                with contextlib.suppress(ConnectionError):
                    answer = served.request(method, path, body or None, {"Authorization": f"Bearer {token}"})
                    own = planted_in(path.encode() + body)  # who says it may hear it again
                    seen += [] if own else [path.encode(), repr(answer.headers).encode(), answer.body]
    return seen


def planted_in(text: bytes, secrets: set[str] = SECRETS) -> set[str]:
    """Those that are found, however they are spelled."""
    return {
        secret
        for secret in secrets
        for spelled in (secret, quote(secret), quote(secret, safe=""), json.dumps(secret)[1:-1], repr(secret)[1:-1])
        if spelled.encode() in text or base64.b64encode(secret.encode()).rstrip(b"=") in text
    }


def kept(folder: Path) -> bytes:
    """Every byte that the gateway wrote, its log included."""
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def test_no_answer_log_or_file_tells_any_of_them(echo: Echo, tmp_path: Path) -> None:
    settings = PLANTED | {
        "LOG_LEVEL": "debug",
        "ERROR_LOG_RECORD_REQUEST_BODY": "true",
        "MAX_FAILURES": "0",
        "PATIENCE": "0",
        "MAX_RETRIES": "0",
        "ROUTE_HEADER": "true",
    }
    with gateway(echo, tmp_path, **settings) as served:
        seen = seen_by_callers(served, 5)
        running = kept(tmp_path)
        served.process.send_signal(signal.SIGTERM)
        served.process.wait(30)
    assert echo.asked > 2 * len(WAYS)
    assert [told for told in seen if planted_in(told)] == []
    assert planted_in(running) == set()
    assert planted_in(kept(tmp_path)) == set()


def test_a_handler_that_fails_in_a_way_nobody_foresaw_tells_none_of_them(echo: Echo, tmp_path: Path) -> None:
    """Its database is destroyed under it, at the most talkative level of the log."""
    settings = PLANTED | {"LOG_LEVEL": "debug", "LOG_FORMAT": "console"}
    with gateway(echo, tmp_path, **settings) as served:
        for table in ("resources", "states"):
            with contextlib.closing(sqlite3.connect(tmp_path / "data" / "gemini-balance.db")) as database:
                database.execute(f"DROP TABLE {table}")
        name = f"/v1beta/files/{KEYS[1]}"
        answer = served.request("GET", name, headers={"Authorization": f"Bearer {TOKEN}"})
        served.stop()
    log = served.log.read_bytes()
    assert (answer.status, b"Traceback" in log, b"no such table" in log) == (500, True, True)
    assert planted_in(answer.body + log) == set()


def test_a_kill_in_the_middle_leaves_none_of_them_behind(echo: Echo, tmp_path: Path) -> None:
    """Neither in the database nor in what it was about to write into it."""
    with gateway(echo, tmp_path, **PLANTED) as served:
        seen_by_callers(served, 1)
        served.process.kill()
        served.process.wait(10)
    assert (tmp_path / "data" / "gemini-balance.db-wal").exists()
    assert planted_in(kept(tmp_path)) == set()


def test_the_password_of_a_proxy_that_refuses_is_not_told(tmp_path: Path, echo: Echo) -> None:
    proxy = f"http://me:{quote(PASSWORD, safe='')}@127.0.0.1:{free_port()}"
    with gateway(echo, tmp_path, **PLANTED, PROXIES=proxy, LOG_LEVEL="debug") as served:
        answer = served.request("POST", "/v1/chat/completions", json.dumps(CHAT).encode(), {"x-api-key": TOKEN})
        served.stop()
    assert answer.status == 502
    secrets = {PASSWORD, quote(PASSWORD, safe=""), f"me:{PASSWORD}"}
    assert planted_in(answer.body + kept(tmp_path), secrets) == set()


@pytest.mark.parametrize(
    "settings",
    [
        {"DATABASE_URL": f"postgresql://gb:{quote(PASSWORD, safe='')}@127.0.0.1:1/x"},
        {"DATABASE_URL": f"mysql://gb:{quote(PASSWORD, safe='')}@127.0.0.1:1/x"},
        {"API_KEYS": '[{"key": "planted-key-in a bad list"}, 1'},
        {"API_KEYS": '["planted key with spaces"]'},
        {"PAID_KEY": "planted paid key with spaces"},
        {"PORT": "planted-operator"},
        {"PATIENCE": "planted-operator"},
    ],
    ids=lambda settings: next(iter(settings)),
)
def test_a_start_that_fails_tells_none_of_them(settings: dict[str, str], tmp_path: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "HOST": "127.0.0.1", "PORT": str(free_port())} | PLANTED | settings
    command = [sys.executable, "-m", "gemini_balance", "serve"]
    ended = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, timeout=60, check=False)
    secrets = SECRETS | {
        PASSWORD,
        "planted-key-in a bad list",
        "planted key with spaces",
        "planted paid key with spaces",
    }
    assert ended.returncode == 1
    assert planted_in(ended.stdout + ended.stderr, secrets - {settings.get("PORT"), settings.get("PATIENCE")}) == set()
