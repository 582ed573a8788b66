"""A client that leaves ends its upstream request; one that reads slowly fills nobody's memory."""

from __future__ import annotations

import json
import socket
import time

import pytest

from tests.e2e.processes import TOKEN, GatewayProcess, stats, wait_for_active

CLIENTS = 20
SECONDS_TO_END = 1.0
PUSHED = "80MB"
GROWTH_MB = 10.0


def opened(served: GatewayProcess, text: str, *, stream: bool, receive_buffer: int = 0) -> socket.socket:
    """A raw connection with a chat request sent."""
    client = socket.socket()
    if receive_buffer:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    client.connect(("127.0.0.1", served.port))
    client.settimeout(10)
    body = json.dumps(
        {"model": "gemini-2.5-flash", "messages": [{"role": "user", "content": text}], "stream": stream}
    ).encode()
    head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\n"
    client.sendall(head.encode() + b"Content-Length: %d\r\n\r\n" % len(body) + body)
    return client


@pytest.mark.parametrize("stream", [True, False], ids=["stream", "unary"])
def test_when_clients_leave_their_upstream_requests_end_within_a_second(served: GatewayProcess, stream: bool) -> None:
    pace = "events=400 words=2000 pace_ms=50" if stream else "first_ms=20000"
    clients = [opened(served, f"Tell me [[sim: {pace}]]", stream=stream) for _ in range(CLIENTS)]
    assert wait_for_active(served, CLIENTS, 10) == CLIENTS
    for client in clients:
        if stream:
            assert client.recv(4096)
        client.close()
    assert wait_for_active(served, 0, SECONDS_TO_END) == 0
    assert stats(served.google)["aborted_by_client"]["count"] == CLIENTS
    assert served.chat("Still there?").status == 200


def test_a_slow_reader_holds_the_upstream_back_instead_of_filling_memory(served: GatewayProcess) -> None:
    served.chat("Warm up [[sim: pad=1MB]]", stream=True)
    before = served.rss_mb
    client = opened(served, f"Tell me [[sim: pad={PUSHED}]]", stream=True, receive_buffer=8192)
    peak, read = before, 0
    until = time.monotonic() + 4
    while time.monotonic() < until:
        read += len(client.recv(4096))
        peak = max(peak, served.rss_mb)
        time.sleep(0.005)
    client.close()
    assert read > 0
    assert peak - before < GROWTH_MB, f"{before:.1f} MB grew to {peak:.1f} MB"
