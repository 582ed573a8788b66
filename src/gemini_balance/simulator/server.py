"""Run the simulator on a socket: blocking, or in a thread beside whatever needs it."""

import asyncio
import socket
import threading
from types import TracebackType
from typing import Self

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from gemini_balance.simulator.app import Simulator
from gemini_balance.simulator.config import SimulatorConfig
from gemini_balance.simulator.http import EXTENSION

BACKLOG = 2048
GRACE = 1
START_TIMEOUT = 10.0


class SimulatorProtocol(HttpToolsProtocol):
    """uvicorn's HTTP/1.1, which also hands its transport to the app: faults cut and reset connections."""

    def on_message_begin(self) -> None:
        """A request begins: give its scope the connection it came on."""
        super().on_message_begin()
        self.scope["extensions"] = {EXTENSION: {"transport": self.transport}}


class SimulatorSocket(WebSocketsSansIOProtocol):
    """uvicorn's WebSocket, which hands its transport to the app, too."""

    async def run_asgi(self) -> None:
        """Serve the connection: give its scope the transport."""
        self.scope["extensions"] = {**(self.scope["extensions"] or {}), EXTENSION: {"transport": self.transport}}
        await super().run_asgi()


def serve(config: SimulatorConfig, host: str = "127.0.0.1", port: int = 8900) -> None:
    """Serve until SIGINT or SIGTERM."""
    uvicorn.Server(_settings(Simulator(config), host, port)).run()


def serve_in_thread(config: SimulatorConfig, host: str = "127.0.0.1", port: int = 0) -> "RunningSimulator":
    """Serve from a thread of its own; port 0 takes a free one. Returns once it answers."""
    return RunningSimulator(config, host, port)


def _settings(simulator: Simulator, host: str, port: int) -> uvicorn.Config:
    return uvicorn.Config(
        simulator,
        host=host,
        port=port,
        http=SimulatorProtocol,
        ws=SimulatorSocket,
        lifespan="off",
        log_level="error",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        backlog=BACKLOG,
        timeout_keep_alive=240,
        timeout_graceful_shutdown=GRACE,
    )


class RunningSimulator:
    """A simulator in a thread. `url` is where it answers; `stop()` ends it, and so does leaving a `with` block."""

    def __init__(self, config: SimulatorConfig, host: str, port: int) -> None:
        self._socket = socket.create_server((host, port), backlog=BACKLOG)
        self.host = host
        self.port: int = self._socket.getsockname()[1]
        self._simulator = Simulator(config)
        self._server = uvicorn.Server(_settings(self._simulator, host, self.port))
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="gemini-simulator", daemon=True)
        self._thread.start()
        if not self._ready.wait(START_TIMEOUT):
            raise RuntimeError("the simulator did not start")

    @property
    def url(self) -> str:
        """The base URL, without a version."""
        return f"http://{self.host}:{self.port}"

    def stop(self) -> None:
        """Abort what still runs and wait for the thread's end."""
        if self._loop is not None and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._close)
        self._thread.join(START_TIMEOUT)
        self._socket.close()
        self._simulator.state.close()

    def _close(self) -> None:
        self._server.should_exit = True
        self._simulator.drop_all()

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=self._server.config.get_loop_factory()) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._loop.call_soon(self._ready.set)
        await self._server.serve(sockets=[self._socket])

    def __enter__(self) -> Self:
        """Nothing more to do: it runs."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        self.stop()
