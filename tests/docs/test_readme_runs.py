"""What the README says to paste is pasted, at the demo that it says to start."""

from __future__ import annotations

import http.client
import itertools
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from typing import TYPE_CHECKING

import msgspec
import pytest

from tests.docs.places import READMES, block, words

if TYPE_CHECKING:
    from collections.abc import Iterator

START_SECONDS = 30.0
README = READMES[0].read_text()


@pytest.fixture(scope="module")
def demo() -> Iterator[str]:
    """The address of a running `gemini-balance demo`."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "gemini_balance", "demo", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            _wait_for(port)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(START_SECONDS)


def test_the_curl_call_is_answered(demo: str) -> None:
    _, url, *rest = words(block(README, "sh", "curl").replace("http://127.0.0.1:8000", demo))
    headers = dict(value.split(": ", 1) for flag, value in itertools.pairwise(rest) if flag == "-H")
    body = rest[rest.index("-d") + 1].encode()
    with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=30) as reply:
        answer = msgspec.json.decode(reply.read())
    assert "Hello!" in answer["choices"][0]["message"]["content"]


def test_the_openai_snippet_prints_the_streamed_answer(demo: str) -> None:
    snippet = block(README, "python").replace("http://127.0.0.1:8000", demo)
    done = subprocess.run([sys.executable, "-c", snippet], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, "Tell me a joke." in done.stdout) == (0, True), done.stderr


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/health/ready")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.05)
        finally:
            connection.close()
    raise AssertionError("the demo did not start")
