"""Files of any size pass in bounded memory, as fast as the slower side takes them."""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import json
import socket
import time
from typing import TYPE_CHECKING

import pytest

from tests.e2e.processes import TOKEN, GatewayProcess, gateway

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.e2e.resources.small_google import SmallGoogle


SIZE = 200_000_000
GROWTH_MB = 20.0
PIECE = bytes(range(256)) * 4096  # 1 MB
HEADERS = {"x-goog-api-key": TOKEN}


@pytest.fixture
def served(google: SmallGoogle, tmp_path: Path) -> Iterator[GatewayProcess]:
    with gateway(google, tmp_path) as running:
        small = begun(running)
        send(running, small, [PIECE])  # what is made once is made
        yield running


def begun(served: GatewayProcess) -> str:
    """The path of a new upload."""
    start = HEADERS | {"x-goog-upload-command": "start", "x-goog-upload-header-content-type": "video/mp4"}
    address = served.request("POST", "/upload/v1beta/files", b"{}", start).headers["x-goog-upload-url"]
    return address.removeprefix(served.url)


def send(served: GatewayProcess, path: str, pieces: list[bytes], *, told: bool = True, pause: float = 0.0) -> float:
    """Upload in one request; `told` says the length before. Returns how many MB the gateway grew at most."""
    before = most = served.rss_mb
    headers = HEADERS | {"x-goog-upload-command": "upload, finalize", "x-goog-upload-offset": "0"}
    if told:
        headers["Content-Length"] = str(sum(map(len, pieces)))
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=60)
    with contextlib.closing(connection):

        def slowly() -> Iterator[bytes]:
            nonlocal most
            for piece in pieces:
                most = max(most, served.rss_mb)
                time.sleep(pause)
                yield piece

        connection.request("POST", path, slowly(), headers, encode_chunked=not told)
        reply = connection.getresponse()
        file = json.loads(reply.read())["file"]
        assert (reply.status, file["sizeBytes"]) == (200, str(sum(map(len, pieces))))
        assert file["sha256Hash"] == hashlib.sha256(b"".join(pieces)).hexdigest()
    return max(most, served.rss_mb) - before


def download(served: GatewayProcess, path: str, size: int, pause: float = 0.0) -> float:
    """Read it all; returns how many MB the gateway grew at most."""
    before = most = served.rss_mb
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=60)
    with contextlib.closing(connection):
        connection.request("GET", path, headers=HEADERS)
        reply = connection.getresponse()
        assert (reply.status, reply.headers["content-length"]) == (200, str(size))
        assert reply.headers["content-type"] == "video/mp4"
        got = 0
        while piece := reply.read(1_000_000):
            got += len(piece)
            most = max(most, served.rss_mb)
            time.sleep(pause)
    assert got == size
    return most - before


def file_of(served: GatewayProcess) -> str:
    """The name of a small file."""
    headers = HEADERS | {"x-goog-upload-command": "upload, finalize", "x-goog-upload-offset": "0"}
    name: str = served.request("POST", begun(served), b"hello", headers).json["file"]["name"]
    return name


@pytest.mark.parametrize("told", [True, False], ids=["length told", "chunked"])
def test_an_upload_arrives_whole_in_bounded_memory(served: GatewayProcess, told: bool) -> None:
    assert send(served, begun(served), [PIECE] * 24, told=told) < GROWTH_MB


def test_a_download_arrives_whole_in_bounded_memory(served: GatewayProcess) -> None:
    path = f"/download/v1beta/{file_of(served)}:download?alt=media&size=24000000"
    assert download(served, path, 24_000_000) < GROWTH_MB


@pytest.mark.prove
def test_200_mb_go_up_and_down_with_less_than_20_mb(served: GatewayProcess, capsys: pytest.CaptureFixture[str]) -> None:
    up = send(served, begun(served), [PIECE] * (SIZE // len(PIECE)))
    slow_up = send(served, begun(served), [PIECE] * 60, pause=0.02, told=False)
    path = f"/download/v1beta/{file_of(served)}:download?alt=media&size={SIZE}"
    down = download(served, path, SIZE)
    slow_down = download(served, path, SIZE, pause=0.01)
    with capsys.disabled():
        print(f"\nGrowth in MB: up {up:.1f}, slowly {slow_up:.1f}; down {down:.1f}, slowly {slow_down:.1f}")
    assert max(up, slow_up, down, slow_down) < GROWTH_MB


def test_a_caller_that_leaves_in_the_middle_of_an_upload_ends_it_at_googles(
    served: GatewayProcess, google: SmallGoogle
) -> None:
    path, asked = begun(served), len(google.calls)
    with socket.create_connection(("127.0.0.1", served.port)) as caller:
        head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\nx-goog-upload-command: upload\r\n\r\n"
        caller.sendall(head.encode() + bytes(5000))
        time.sleep(0.2)
    until = time.monotonic() + 5
    while len(google.calls) == asked and time.monotonic() < until:
        time.sleep(0.02)
    assert google.calls[-1].size < 1_000_000
    assert send(served, begun(served), [PIECE]) < GROWTH_MB


def test_a_download_that_is_cut_at_googles_is_cut_at_ours(served: GatewayProcess, google: SmallGoogle) -> None:
    path = f"/download/v1beta/{file_of(served)}:download?alt=media&size=3000000&cut=1"
    with pytest.raises(http.client.IncompleteRead):
        served.request("GET", path, None, HEADERS)
