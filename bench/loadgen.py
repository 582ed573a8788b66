"""The load generator, seen from Python: what it is asked to do and what it found."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

import msgspec

from bench.processes import Broken, Server, pinned

PATIENCE = 60.0  # seconds that it may take beyond what it was asked for


class Spread(msgspec.Struct, frozen=True):
    """Percentiles, in microseconds."""

    p50: float
    p99: float
    max: float


class Found(msgspec.Struct, frozen=True):
    """What one run of the load generator found; see native/loadgen.c."""

    done: int
    errors: int
    bad_status: int
    no_match: int
    no_event: int
    unfinished: int
    left: int
    last_left_us: int
    connections: int
    events: int
    bytes: int
    seconds: float
    rps: float
    cpu_s: float
    latency_us: Spread | None
    first_byte_us: Spread | None
    event_delay_us: Spread | None

    def complaints(self) -> list[str]:
        """What was wrong with the replies; empty when every check held."""
        counts = {
            "broken or refused": self.errors,
            "not 200": self.bad_status,
            "without the expected content": self.no_match,
            "with a wrong number of events": self.no_event,
        }
        return [f"{count} replies {what}" for what, count in counts.items() if count]


@dataclass(frozen=True, kw_only=True)
class Load:
    """The shape of the load: the load generator's options, by their names."""

    connections: int = 32
    rate: float | None = None
    requests: int | None = None
    seconds: float | None = None
    grace: float | None = None
    events: int | None = None
    leave_after: int | None = None
    receive_buffer: int | None = None
    read_size: int | None = None
    read_pause: int | None = None

    def options(self) -> list[str]:
        """As a command line."""
        given = {name: value for name, value in vars(self).items() if value is not None}
        return [part for name, value in given.items() for part in (f"--{name.replace('_', '-')}", str(value))]


@dataclass(frozen=True)
class Request:
    """One request: where it goes, what it carries, what must stand in every reply."""

    path: str
    body: str
    markers: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()

    def options(self, bodies: Path) -> list[str]:
        """As a command line."""
        markers = [part for marker in self.markers for part in ("--marker", marker)]
        headers = [part for header in self.headers for part in ("--header", header)]
        return ["--path", self.path, "--body", str(bodies / self.body), *markers, *headers]


@dataclass(frozen=True)
class LoadGenerator:
    """The program, its core, and where the bodies are."""

    program: Path
    core: int
    bodies: Path

    def start(self, server: Server, request: Request, load: Load) -> subprocess.Popen[bytes]:
        """Begin; `finish` collects what it found."""
        options = ["--port", str(server.port), *request.options(self.bodies), *load.options()]
        return subprocess.Popen(pinned(self.core, [str(self.program), *options]), stdout=subprocess.PIPE)

    def run(self, server: Server, request: Request, load: Load) -> Found:
        """Begin and wait."""
        return finish(self.start(server, request, load), load)


def finish(process: subprocess.Popen[bytes], load: Load) -> Found:
    """Wait for a run to end and read its line."""
    try:
        output, _ = process.communicate(timeout=(load.seconds or 0) + (load.grace or 0) + PATIENCE)
    except BaseException:
        process.kill()
        process.wait()
        raise
    if process.returncode != 0:
        raise Broken("the load generator gave up; its reason stands above")
    return msgspec.json.decode(output, type=Found)
