"""Uploads that stop, break off or make no sense: told clearly, ended at Google's too, and nothing of them stays."""

from __future__ import annotations

import contextlib
import json
import socket
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.e2e.processes import TOKEN, Answer, GatewayProcess, gateway

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.e2e.resources.small_google import SmallGoogle

HEADERS = {"x-goog-api-key": TOKEN}
START = HEADERS | {"x-goog-upload-command": "start", "x-goog-upload-header-content-type": "text/plain"}
IDLE = 0.5
SIZE = 1_000_000


@pytest.fixture(scope="module")
def served(running_google: SmallGoogle, tmp_path_factory: pytest.TempPathFactory) -> Iterator[GatewayProcess]:
    folder = tmp_path_factory.mktemp("uploads")
    with gateway(running_google, folder, BODY_IDLE=str(IDLE), MAX_FAILURES="0") as running:
        upload(running, begun(running))  # what is made once is made
        yield running


def begun(served: GatewayProcess) -> str:
    """The path of a new upload."""
    address = served.request("POST", "/upload/v1beta/files", b"{}", START).headers["x-goog-upload-url"]
    return address.removeprefix(served.url)


def upload(served: GatewayProcess, path: str, offset: int = 0, command: str = "upload, finalize") -> Answer:
    headers = HEADERS | {"x-goog-upload-command": command, "x-goog-upload-offset": str(offset)}
    return served.request("POST", path, b"hello", headers)


def head(path: str, *lines: str) -> bytes:
    told = ("x-goog-upload-command: upload, finalize", "x-goog-upload-offset: 0", *lines)
    return "\r\n".join((f"POST {path} HTTP/1.1", "Host: x", *told, "", "")).encode()


def sockets_of(served: GatewayProcess) -> int:
    found = 0
    for one in Path(f"/proc/{served.process.pid}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # closed meanwhile
            found += "socket:" in str(one.readlink())
    return found


def nothing_stays(served: GatewayProcess, before: int) -> bool:
    """Has the gateway no more sockets than before, or soon?"""
    until = time.monotonic() + 5
    while sockets_of(served) > before and time.monotonic() < until:
        time.sleep(0.02)
    return sockets_of(served) <= before


def answer_to(served: GatewayProcess, *sent: bytes, pause: float = 0.0) -> bytes:
    """All that the gateway says until it closes the connection."""
    with socket.create_connection(("127.0.0.1", served.port), timeout=10) as caller:
        for piece in sent:
            caller.sendall(piece)
            time.sleep(pause)
        said = b""
        while read := caller.recv(65536):
            said += read
    return said


def seen_by(google: SmallGoogle, calls: int) -> int:
    """How many bytes of the newest call reached Google, once it is over there."""
    until = time.monotonic() + 5
    while len(google.calls) < calls and time.monotonic() < until:
        time.sleep(0.02)
    assert len(google.calls) == calls
    return google.calls[-1].size


@pytest.mark.parametrize(
    ("line", "piece"),
    [(f"Content-Length: {SIZE}", bytes(5000)), ("Transfer-Encoding: chunked", b"2710\r\n" + bytes(5000))],
    ids=["length told", "in the middle of a chunk"],
)
def test_an_upload_that_stalls_is_ended_on_both_sides(
    served: GatewayProcess, google: SmallGoogle, line: str, piece: bytes
) -> None:
    before, began = sockets_of(served), time.monotonic()
    said, _, body = answer_to(served, head(begun(served), line), piece).partition(b"\r\n\r\n")
    assert said.startswith(b"HTTP/1.1 408 ")
    assert b"connection: close" in said
    assert time.monotonic() - began < 10 * IDLE
    error = json.loads(body)["error"]
    assert (error["status"], error["details"][0]["reason"]) == ("DEADLINE_EXCEEDED", "REQUEST_TIMEOUT")
    assert error["message"] == "The request stopped in the middle: no byte of its body came for 0.5 s (BODY_IDLE)."
    assert seen_by(google, 2) <= 5000
    assert nothing_stays(served, before)
    assert upload(served, begun(served)).json["file"]["sizeBytes"] == "5"


def test_an_upload_that_is_slow_but_goes_on_is_let_go_on(served: GatewayProcess, google: SmallGoogle) -> None:
    pieces = [bytes(100)] * 8
    sent = head(begun(served), "Content-Length: 800", "Connection: close"), *pieces
    assert answer_to(served, *sent, pause=IDLE / 3).startswith(b"HTTP/1.1 200 ")
    assert google.calls[-1].size == 800


def test_a_chat_that_stalls_is_told_so_in_openais_words(served: GatewayProcess) -> None:
    lines = f"Authorization: Bearer {TOKEN}", "Content-Length: 100"
    body = answer_to(served, head("/v1/chat/completions", *lines), b'{"model":').partition(b"\r\n\r\n")[2]
    assert json.loads(body)["error"]["code"] == "request_timeout"


def test_what_is_no_http_in_the_middle_ends_the_upload(served: GatewayProcess, google: SmallGoogle) -> None:
    before = sockets_of(served)
    said = answer_to(
        served, head(begun(served), "Transfer-Encoding: chunked"), b"5\r\nhello\r\nnonsense\r\n", pause=0.1
    )
    assert said.startswith(b"HTTP/1.1 400 ")
    assert seen_by(google, 2) == 5
    assert nothing_stays(served, before)


def test_an_upload_that_google_has_forgotten_is_not_there(served: GatewayProcess, google: SmallGoogle) -> None:
    path = begun(served)
    google.uploads.clear()
    answer = upload(served, path)
    assert (answer.status, answer.json["error"]["status"]) == (404, "NOT_FOUND")
    assert answer.headers["x-goog-upload-status"] == "cancelled"


@pytest.mark.parametrize("command", ["", "nonsense", "start, upload"])
def test_commands_that_mean_nothing_are_googles_to_refuse(
    served: GatewayProcess, google: SmallGoogle, command: str
) -> None:
    path, asked = begun(served), len(google.calls)
    assert upload(served, path, command=command).status == 200
    sent = google.calls[asked:]
    assert [(call.headers.get("x-goog-upload-command", ""), call.body) for call in sent] == [(command, b"hello")]


@pytest.mark.parametrize("line", ["Content-Length: many", "Content-Length: -1"])
def test_a_length_that_is_no_number_is_refused_before_google_is_asked(
    served: GatewayProcess, google: SmallGoogle, line: str
) -> None:
    path, asked = begun(served), len(google.calls)
    assert answer_to(served, head(path, line)).startswith(b"HTTP/1.1 400 ")
    assert len(google.calls) == asked
