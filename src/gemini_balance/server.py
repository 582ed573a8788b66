"""Running the app under uvicorn, and ending it well."""

from __future__ import annotations

import asyncio
import gc
import logging
from typing import TYPE_CHECKING

import uvicorn

from gemini_balance.protocol import GatewayProtocol, GatewaySocket

if TYPE_CHECKING:
    from types import FrameType

    from gemini_balance.app import App
    from gemini_balance.settings import Settings

KEEP_ALIVE_SECONDS = 75  # longer than the idle time of common proxies in front, so that they close first
GC_THRESHOLDS = (20_000, 20, 50)
GRACE_SECONDS = 5.0  # for the error events of calls that the shutdown ended
PING_SECONDS = 20.0  # below the idle time of proxies in front
PONG_SECONDS = 120.0  # its answer waits behind what Google has not taken yet
log = logging.getLogger(__name__)


class Server(uvicorn.Server):
    """The first signal begins an orderly end, a second one ends at once."""

    def __init__(self, app: App, settings: Settings) -> None:
        self._app = app
        self._loop: asyncio.AbstractEventLoop | None = None
        super().__init__(config_of(app, settings))

    async def startup(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]  # passed through
        self._loop = asyncio.get_running_loop()
        gc.collect()
        gc.freeze()  # what start-up made lives as long as the process: looking through it again and again costs CPU
        gc.set_threshold(*GC_THRESHOLDS)
        await super().startup(sockets)  # type: ignore[arg-type]

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if self.should_exit:
            self.force_exit = True
        elif self._loop is not None:
            self._loop.call_soon_threadsafe(self._app.begin_shutdown)
        super().handle_exit(sig, frame)


def config_of(app: App, settings: Settings) -> uvicorn.Config:
    """How uvicorn serves the app."""
    return uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        http=GatewayProtocol,
        ws=GatewaySocket,
        ws_ping_interval=PING_SECONDS,
        ws_ping_timeout=PONG_SECONDS,
        ws_per_message_deflate=False,  # sound gets no smaller, and each would hold 100 KB for it
        lifespan="on",
        log_config=None,
        access_log=False,  # its lines hold query strings, and with them keys
        server_header=False,
        proxy_headers=False,  # api/clients.py believes trusted proxies only
        backlog=4096,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=int(settings.shutdown_timeout + GRACE_SECONDS),
    )


def serve(app: App, settings: Settings) -> None:
    """Blocks until a signal ends it."""
    Server(app, settings).run()
