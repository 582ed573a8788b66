"""Large files go up and down through little memory."""

import http.client
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.simulator.client import KEY, Client, ask, at
from tests.unit.simulator.methods.uploading import path_of, start
from tests.unit.simulator.test_serve import PROGRAM, first_reply, free_port

MB = 1024 * 1024
ALLOWED = 20 * MB


@pytest.fixture
def process() -> Iterator[tuple[Client, int]]:
    port = free_port()
    with subprocess.Popen([sys.executable, "-c", PROGRAM, str(port)]) as running:
        client = Client("127.0.0.1", port)
        assert first_reply(client) == 200
        yield client, running.pid
        running.kill()


def memory(pid: int, field: str) -> int:
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(field))


def put(google: Client, path: str, size: int) -> None:
    connection = http.client.HTTPConnection(google.host, google.port, timeout=60)
    headers = {"x-goog-upload-command": "upload, finalize", "x-goog-upload-offset": "0", "content-length": str(size)}
    connection.request("POST", path, (bytes(MB) for _ in range(size // MB)), headers)
    assert connection.getresponse().status == 200
    connection.close()


def take(google: Client, path: str) -> int:
    connection = http.client.HTTPConnection(google.host, google.port, timeout=60)
    connection.request("GET", path, headers={"x-goog-api-key": KEY})
    response, size = connection.getresponse(), 0
    while data := response.read(MB):
        size += len(data)
    connection.close()
    return size


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
@pytest.mark.parametrize("size", [40 * MB, pytest.param(200 * MB, marks=pytest.mark.prove)])
def test_a_file_passes_through_little_memory(process: tuple[Client, int], size: int) -> None:
    google, pid = process
    google.generate(ask("warm up"))
    before = memory(pid, "VmRSS")
    put(google, path_of(start(google, {"file": {"name": "files/big"}}, size)), size)
    assert take(google, "/download/v1beta/files/big:download?alt=media") == size
    assert memory(pid, "VmHWM") - before < ALLOWED


def test_a_video_of_any_size_needs_no_room(google: Client) -> None:
    google.control(resources={"video_bytes": 30 * MB, "operation": 0})
    path = "/v1beta/models/veo-3.1-generate-preview:predictLongRunning"
    told = google.call("POST", path, {"instances": [{"prompt": "x"}]}, x_goog_api_key=KEY).json()
    sample = at(told, "response", "generateVideoResponse", "generatedSamples", 0, "video", "uri")
    assert take(google, "/download/" + str(sample).split("/", 3)[3]) == 30 * MB
