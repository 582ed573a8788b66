"""A signal ends the gateway in good order: nothing new, what runs may finish, the rest is told."""

from __future__ import annotations

import contextlib
import http.client
import signal
import threading
import time
from typing import TYPE_CHECKING

import pytest

from tests.e2e.processes import Answer, GatewayProcess, gateway

if TYPE_CHECKING:
    from pathlib import Path

    from gemini_balance.simulator import RunningSimulator

LONG = "Tell me [[sim: events=100 words=500 pace_ms=100]]"  # ten seconds
SHORT = "Tell me [[sim: events=15 words=100 pace_ms=100]]"


class Background:
    """A chat call in a thread of its own."""

    def __init__(self, served: GatewayProcess, text: str, *, stream: bool = True) -> None:
        self.answer: Answer | None = None
        self._thread = threading.Thread(target=self._run, args=(served, text, stream))
        self._thread.start()
        time.sleep(0.5)

    def _run(self, served: GatewayProcess, text: str, stream: bool) -> None:
        self.answer = served.chat(text, stream=stream)

    def join(self) -> Answer:
        self._thread.join(20)
        assert self.answer is not None
        return self.answer


def test_running_calls_finish_and_their_records_are_flushed(google: RunningSimulator, tmp_path: Path) -> None:
    with gateway(google, tmp_path) as served:
        call = Background(served, SHORT)
        served.process.send_signal(signal.SIGTERM)
        answer = call.join()
        assert served.process.wait(10) == -signal.SIGTERM
    assert answer.body.endswith(b"data: [DONE]\n\n")
    assert answer.headers["x-request-id"] in served.log.read_text()


@pytest.mark.parametrize("stream", [True, False], ids=["stream", "unary"])
def test_what_still_runs_after_the_timeout_is_told(google: RunningSimulator, tmp_path: Path, stream: bool) -> None:
    text = LONG if stream else "Tell me [[sim: first_ms=10000]]"
    with gateway(google, tmp_path, SHUTDOWN_TIMEOUT="1") as served:
        call = Background(served, text, stream=stream)
        began = time.monotonic()
        served.process.send_signal(signal.SIGTERM)
        answer = call.join()
        served.process.wait(10)
        took = time.monotonic() - began
    assert b"shutting_down" in answer.body
    assert answer.status == (200 if stream else 503)
    assert took < 5


def test_from_the_first_moment_it_is_not_ready_and_takes_no_new_calls(google: RunningSimulator, tmp_path: Path) -> None:
    with gateway(google, tmp_path) as served:
        call = Background(served, SHORT)
        served.process.send_signal(signal.SIGTERM)
        time.sleep(0.02)
        refused = _status(served)
        call.join()
    assert refused in (0, 503)


def _status(served: GatewayProcess) -> int:
    """0 when nothing listens any more."""
    try:
        return served.request("GET", "/health/ready").status
    except OSError:
        return 0


def test_a_second_signal_ends_at_once(google: RunningSimulator, tmp_path: Path) -> None:
    with gateway(google, tmp_path) as served:
        call = threading.Thread(target=_ignore_errors, args=(served,))
        call.start()
        time.sleep(0.5)
        began = time.monotonic()
        served.process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        served.process.send_signal(signal.SIGTERM)
        served.process.wait(5)
        took = time.monotonic() - began
        call.join(20)
    assert took < 2


def _ignore_errors(served: GatewayProcess) -> None:
    with contextlib.suppress(OSError, http.client.HTTPException):  # the connection may break anywhere
        served.chat(LONG, stream=True)
