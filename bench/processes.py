"""Starting and ending the programs that are measured: each pinned to a core, each ended by its own pid."""

import http.client
import os
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

START_TIMEOUT = 60.0
STOP_TIMEOUT = 10.0
POLL = 0.005
LOG_TAIL = 2_000


class Broken(Exception):
    """A program did not start, or ended by itself; the message holds the end of its log."""


@dataclass(frozen=True)
class Cores:
    """Who runs where: the measured program has a core to itself, all that drives it shares another."""

    measured: int
    driving: int

    @classmethod
    def of_this_machine(cls) -> "Cores":
        """The first two cores we may use; a single one has to do where there is no second."""
        allowed = sorted(os.sched_getaffinity(0))
        return cls(measured=allowed[0], driving=allowed[1 % len(allowed)])


def bare_environment() -> dict[str, str]:
    """No setting of the person who runs the bench leaks into what is measured."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8"}


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def pinned(core: int, command: Sequence[str]) -> list[str]:
    """The command, held to one core."""
    return ["taskset", "-c", str(core), *command]


def get_status(port: int, path: str) -> int | None:
    """The status of a GET, or None while nobody answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


@dataclass
class Server:
    """A program that serves HTTP on a port of the loopback interface."""

    name: str
    command: Sequence[str]
    port: int
    core: int
    folder: Path
    ready_path: str
    env: Mapping[str, str] = field(default_factory=bare_environment)
    process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process we started; its children belong to it."""
        assert self.process is not None, f"{self.name} isn't running"
        return self.process.pid

    @property
    def log(self) -> Path:
        """What it printed since its last start."""
        return self.folder / f"{self.name}.log"

    def start(self) -> float:
        """Start it; returns the seconds until its first good answer."""
        self.stop()
        began = time.monotonic()
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                pinned(self.core, self.command), cwd=self.folder, env=dict(self.env), stdout=log, stderr=log
            )
        while get_status(self.port, self.ready_path) != 200:
            if self.process.poll() is not None or time.monotonic() - began > START_TIMEOUT:
                raise Broken(f"{self.name} did not start:\n{self._last_words()}")
            time.sleep(POLL)
        return time.monotonic() - began

    def must_run(self) -> None:
        """Complain if it ended by itself."""
        if self.process is not None and self.process.poll() is not None:
            raise Broken(f"{self.name} ended with {self.process.returncode}:\n{self._last_words()}")

    def _last_words(self) -> str:
        return self.log.read_text(errors="replace")[-LOG_TAIL:]

    def stop(self) -> None:
        """End it, kindly first."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None
