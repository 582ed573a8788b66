"""The connection itself: what breaks it, what it survives, and who left."""

import contextlib
import http.client
import json
import socket
import time
from collections.abc import Iterator

import pytest

from gemini_balance.simulator import RunningSimulator, SimulatorConfig, serve_in_thread
from gemini_balance.simulator.json_types import Json
from tests.unit.simulator.client import KEY, MODEL, Client, ask

STREAM = f"/v1beta/models/{MODEL}:streamGenerateContent?alt=sse"
UNARY = f"/v1beta/models/{MODEL}:generateContent"


def wire(path: str, text: str, *headers: str) -> bytes:
    """A request as bytes."""
    body = json.dumps(ask(text)).encode()
    lines = [f"POST {path} HTTP/1.1", "host: x", f"x-goog-api-key: {KEY}", f"content-length: {len(body)}", *headers]
    return "\r\n".join([*lines, "", ""]).encode() + body


@contextlib.contextmanager
def connected(google: Client) -> Iterator[socket.socket]:
    with socket.create_connection((google.host, google.port), timeout=10) as connection:
        yield connection


def read_all(connection: socket.socket) -> bytes:
    received = b""
    while data := connection.recv(65_536):
        received += data
    return received


def read_until_reset(connection: socket.socket) -> bytes:
    received = b""
    try:
        while True:
            data = connection.recv(65_536)
            assert data, "closed in an orderly way"
            received += data
    except ConnectionResetError:
        return received


def wait_for(google: Client, name: str, value: Json) -> None:
    deadline = time.monotonic() + 5
    while google.stats()[name] != value:
        assert time.monotonic() < deadline, google.stats()
        time.sleep(0.01)


def endings(google: Client) -> Json:
    return google.stats()["by_ending"]


def test_a_connection_is_kept_for_the_next_request(google: Client) -> None:
    connection = http.client.HTTPConnection(google.host, google.port, timeout=10)
    bodies = []
    for path in (UNARY, STREAM, UNARY):
        connection.request("POST", path, json.dumps(ask("hi")), {"x-goog-api-key": KEY})
        bodies.append(connection.getresponse().read())
    connection.close()
    assert all(b"turn 1] hi" in body for body in bodies)


def test_pipelined_requests_are_answered_in_order(google: Client) -> None:
    with connected(google) as connection:
        connection.sendall(
            wire(UNARY, "[[sim: text=first]]") + wire(UNARY, "[[sim: text=second]]", "connection: close")
        )
        received = read_all(connection)
    assert received.count(b"HTTP/1.1 200 OK") == 2
    assert received.index(b"first") < received.index(b"second")


def test_a_chunked_request_body_is_read(google: Client) -> None:
    connection = http.client.HTTPConnection(google.host, google.port, timeout=10)
    data = json.dumps(ask("hello")).encode()
    connection.request("POST", UNARY, iter([data[:10], data[10:]]), {"x-goog-api-key": KEY}, encode_chunked=True)
    assert b"hello" in connection.getresponse().read()
    connection.close()


def test_who_expects_100_continue_gets_it(google: Client) -> None:
    head, _, body = wire(UNARY, "hi", "expect: 100-continue", "connection: close").partition(b"\r\n\r\n")
    with connected(google) as connection:
        connection.sendall(head + b"\r\n\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.1 100 Continue")
        connection.sendall(body)
        assert b"HTTP/1.1 200 OK" in read_all(connection)


@pytest.mark.parametrize("path", [STREAM, UNARY])
def test_cut_closes_before_the_first_byte(google: Client, path: str) -> None:
    with connected(google) as connection:
        connection.sendall(wire(path, "[[sim: fault=cut]]"))
        assert read_all(connection) == b""
    assert endings(google) == {"cut": 1}


def test_cut_after_closes_a_stream_without_the_last_chunk(google: Client) -> None:
    with connected(google) as connection:
        connection.sendall(wire(STREAM, "[[sim: fault=cut_after after=2 events=4]]"))
        received = read_all(connection)
    assert received.count(b"data: ") == 2
    assert not received.endswith(b"0\r\n\r\n")


def test_cut_after_closes_a_response_in_the_middle(google: Client) -> None:
    with pytest.raises(http.client.IncompleteRead):
        google.generate(ask("[[sim: fault=cut_after]]"))


@pytest.mark.parametrize(("text", "events"), [("[[sim: fault=reset]]", 0), ("[[sim: fault=reset after=1]]", 1)])
def test_reset_is_a_tcp_rst(google: Client, text: str, events: int) -> None:
    with connected(google) as connection:
        connection.sendall(wire(STREAM, text))
        received = read_until_reset(connection)
    assert received.count(b"data: ") <= events
    assert endings(google) == {"reset": 1}


def test_a_stall_is_silent_and_then_closes(google: Client) -> None:
    with connected(google) as connection:
        connection.sendall(wire(STREAM, "[[sim: fault=stall after=1 seconds=0.2]]"))
        started = time.monotonic()
        received = read_all(connection)
    assert 0.15 < time.monotonic() - started < 5
    assert received.count(b"data: ") == 1


def test_a_slow_first_byte_comes_late(google: Client) -> None:
    started = time.monotonic()
    assert google.stream(ask("[[sim: fault=slow seconds=0.2]]")).status == 200
    assert time.monotonic() - started > 0.19


def test_pace_lies_between_events(google: Client) -> None:
    started = time.monotonic()
    google.stream(ask("[[sim: events=4 words=9 pace_ms=50]]"))
    assert time.monotonic() - started > 0.19


@pytest.mark.parametrize(
    ("wish", "kinds"),
    [
        ("error_in_stream", ["candidates", "error"]),
        ("error_in_stream after=0", ["error"]),
        ("role_then_error", ["candidates", "error"]),
        ("no_finish after=2", ["candidates", "candidates"]),
        ("empty", ["candidates"]),
        ("thoughts_only", ["candidates"]),
        ("malformed_call", ["candidates"]),
        ("blocked", ["promptFeedback"]),
    ],
)
def test_faults_inside_a_stream_end_it_properly(google: Client, wish: str, kinds: list[str]) -> None:
    reply = google.stream(ask(f"[[sim: fault={wish}]] hi"))
    assert reply.status == 200
    assert [next(iter(event)) for event in reply.events()] == kinds


def test_an_error_in_the_stream_says_what_was_asked(google: Client) -> None:
    event = google.stream(ask("[[sim: fault=error_in_stream after=0 error=internal]]")).events()[0]
    error = event["error"]
    assert isinstance(error, dict)
    assert (error["code"], error["status"]) == (500, "INTERNAL")


@pytest.mark.parametrize(("wish", "status"), [("error_in_stream", 503), ("role_then_error", 503), ("html_502", 502)])
def test_a_response_meets_stream_errors_as_a_status(google: Client, wish: str, status: int) -> None:
    assert google.generate(ask(f"[[sim: fault={wish}]] hi")).status == status


def test_events_can_be_cut_into_pieces_of_any_size(google: Client) -> None:
    whole = google.stream(ask("[[sim: text=abcdef events=2]]"))
    pieces = google.stream(ask("[[sim: text=abcdef events=2 chunk=7]]"))
    assert len(pieces.events()) == len(whole.events())


def test_a_response_can_be_cut_into_pieces_too(google: Client) -> None:
    assert google.generate(ask("[[sim: text=abcdef chunk=7]]")).body.count(b"abcdef") == 1


def test_a_caller_may_leave_in_the_middle_of_its_own_body(google: Client) -> None:
    with connected(google) as connection:
        connection.sendall(wire(UNARY, "hello")[:-5])
        wait_for(google, "active", 1)
    wait_for(google, "active", 0)
    assert endings(google) == {"aborted": 1}


@pytest.mark.parametrize("path", [STREAM, UNARY])
def test_it_notices_at_once_when_the_caller_leaves(google: Client, path: str) -> None:
    with connected(google) as connection:
        connection.sendall(wire(path, "[[sim: first_ms=60000]]"))
        wait_for(google, "active", 1)
    wait_for(google, "active", 0)
    assert endings(google) == {"aborted": 1}


def test_a_slow_reader_holds_the_stream_back(google: Client) -> None:
    with connected(google) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
        connection.sendall(wire(STREAM, "[[sim: pad=80MB]]"))
        connection.recv(1)
        time.sleep(0.3)
        assert google.stats()["active"] == 1
    wait_for(google, "active", 0)
    sent = google.stats()["bytes_sent"]
    assert isinstance(sent, int)
    assert sent < 40_000_000


def test_a_body_over_the_limit_is_refused(google: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gemini_balance.simulator.http.MAX_BODY", 1_000)
    reply = google.generate(ask("x" * 2_000))
    assert (reply.status, reply.message()) == (400, "Request payload size exceeds the limit: 104857600 bytes.")


def test_stopping_ends_what_still_runs() -> None:
    with serve_in_thread(SimulatorConfig()) as running, running_stall(running) as connection:
        running.stop()
        with contextlib.suppress(ConnectionResetError):
            read_all(connection)


@contextlib.contextmanager
def running_stall(running: RunningSimulator) -> Iterator[socket.socket]:
    google = Client(running.host, running.port)
    with connected(google) as connection:
        connection.sendall(wire(STREAM, "[[sim: fault=stall]]"))
        wait_for(google, "active", 1)
        yield connection
