"""A gateway inside the tests' own process, on a real socket: its options are changed as the doors of management do."""

from __future__ import annotations

import asyncio
import http.client
import threading
import time
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

import uvicorn

from gemini_balance.app import NOTHING, App, Kept, SystemClock, build
from gemini_balance.server import config_of
from gemini_balance.settings import load
from gemini_balance.storage.database import Database
from tests.e2e.processes import KEYS, START_SECONDS, TOKEN, Answer, free_port

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterator
    from pathlib import Path

    from gemini_balance.core.options import Json
    from gemini_balance.simulator import RunningSimulator

Result = TypeVar("Result")
BEARER = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}


class MovedClock(SystemClock):
    """Goes as clocks go, and is moved on by hand."""

    def __init__(self) -> None:
        self.ahead = 0.0
        super().__init__(lambda: time.monotonic() + self.ahead, self.unix)

    def unix(self) -> float:
        return time.time() + self.ahead


@dataclass
class Running:
    """`set` and `reset` return when the change is made."""

    app: App
    port: int
    clock: MovedClock
    google: RunningSimulator
    loop: asyncio.AbstractEventLoop = field(repr=False)
    asked: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def do(self, work: Coroutine[None, None, Result]) -> Result:
        """In the gateway's loop."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(30)

    def set(self, name: str, value: Json) -> None:
        self.do(self.app.options.set({name: value}, "operator"))

    def reset(self, name: str) -> None:
        self.do(self.app.options.reset([name], "operator"))

    def request(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        with closing(connection):
            connection.request(method, path, body, BEARER if headers is None else headers)
            reply = connection.getresponse()
            return Answer(reply.status, {name.lower(): value for name, value in reply.getheaders()}, reply.read())


@contextmanager
def running(google: RunningSimulator, folder: Path | None = None, **environment: str) -> Iterator[Running]:
    """Ready to serve. Its journal is kept in `folder`, where there is one."""
    port, clock = free_port(), MovedClock()
    named = {"HOST": "127.0.0.1", "PORT": str(port), "BASE_URL": f"{google.url}/v1beta", "ACCESS_LOG": "false"}
    settings, options = load({**named, "API_KEYS": ",".join(KEYS), "ALLOWED_TOKENS": TOKEN, **environment})
    app = build(settings, options, NOTHING if folder is None else _kept(folder), clock)
    server = uvicorn.Server(config_of(app, settings))
    loop = asyncio.Runner(loop_factory=server.config.get_loop_factory()).get_loop()
    thread = threading.Thread(target=lambda: loop.run_until_complete(server.serve()), daemon=True)
    thread.start()
    try:
        until = time.monotonic() + START_SECONDS
        while not server.started and time.monotonic() < until:
            time.sleep(0.005)
        assert server.started
        yield Running(app, port, clock, google, loop)
    finally:
        server.should_exit = True
        thread.join(20)
        loop.close()


def _kept(folder: Path) -> Kept:
    database = Database("", folder)
    return Kept(journal=database.journal, close=database.close)
