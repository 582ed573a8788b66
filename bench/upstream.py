"""The upstream of the bench, seen from Python: how it starts, what it shall answer, what it has seen."""

import http.client
from dataclasses import dataclass
from pathlib import Path

import msgspec

from bench.processes import Server, free_port


@dataclass(frozen=True, kw_only=True)
class Shape:
    """What the upstream's answers look like."""

    latency_us: int = 0
    pace_us: int = 0
    events: int = 50
    text_bytes: int = 120
    output_bytes: int = 900


class Stats(msgspec.Struct, frozen=True):
    """What the upstream has counted since its shape was set."""

    requests: int
    connections: int
    active: int
    max_active: int
    events: int
    bytes: int
    aborts: int
    bad: int
    last_abort_us: int


def upstream_server(program: Path, core: int, folder: Path) -> Server:
    """The upstream, which is also the target of requests that take no detour."""
    port = free_port()
    command = [str(program), str(port)]
    return Server("direct", command, port, core, folder, ready_path="/bench/stats")


def set_shape(port: int, shape: Shape) -> None:
    """Change the answers and clear the counts."""
    query = "&".join(f"{name}={value}" for name, value in vars(shape).items())
    _get(port, f"/bench/shape?{query}")


def get_stats(port: int) -> Stats:
    """The counts so far."""
    return msgspec.json.decode(_get(port, "/bench/stats"), type=Stats)


def _get(port: int, path: str) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        return connection.getresponse().read()
    finally:
        connection.close()
