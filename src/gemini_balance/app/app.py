"""The ASGI callable."""

from __future__ import annotations

import asyncio
import contextlib
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gemini_balance.gateway.album import PREFIX

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine

    from starlette.applications import Starlette
    from starlette.types import ASGIApp

    from gemini_balance.api.asgi import Receive, Scope, Send
    from gemini_balance.api.live import LiveDoor
    from gemini_balance.api.serve import Door
    from gemini_balance.app.keys import Keys
    from gemini_balance.app.remembered import Remembered
    from gemini_balance.app.watched import Watched
    from gemini_balance.console.door import Console
    from gemini_balance.gateway.options import OptionBook
    from gemini_balance.management.door import Management

PAGES = frozenset({"health", "metrics", PREFIX})
MANAGEMENT = "/api/admin"
CONSOLE = "console"
NO_CALLS = PAGES | {"", CONSOLE, "api"}
"""First segments of what is, or may be, no client's call."""


@dataclass(frozen=True, slots=True)
class Life:
    """What happens beside the calls: `begins` before the first one, in this order; `works` until the end, all at once;
    `ends` after the last one, in the opposite order."""

    begins: tuple[Callable[[], Awaitable[None]], ...]
    works: tuple[Callable[[], Coroutine[None, None, None]], ...]
    ends: tuple[Callable[[], Awaitable[None]], ...]


@dataclass(slots=True)
class App:
    """Owns the lifespan, and dispatches on the path's exact first segment."""

    door: Door
    live: LiveDoor
    pages: Starlette
    management: Management
    console: Console
    life: Life
    shutdown_timeout: float
    options: OptionBook
    remembered: Remembered
    watched: Watched
    keys: Keys

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        match scope["type"]:
            case "http" if scope["path"][1:].partition("/")[0] in NO_CALLS:
                await self._other(scope["path"])(scope, receive, send)
            case "http":
                await self.door(scope, receive, send)
            case "lifespan":
                await self._lifespan(receive, send)
            case _:
                await self.live(scope, receive, send)

    def _other(self, path: str) -> ASGIApp:
        """Who answers what may be no client's call. Doubled slashes are forgiven at the door of calls."""
        first = path[1:].partition("/")[0]
        if first in PAGES or path == "/":
            return self.pages
        if first == CONSOLE:
            return self.console
        return self.management if _is_managed(path) else self.door

    @property
    def largest_message(self) -> int:
        """Bytes of one message of a WebSocket."""
        return int(self.door.options.max_body_mb * 1_000_000)

    def begin_shutdown(self) -> None:
        """Not ready from now on, no new calls; what still runs after the timeout gets an error."""
        self.door.drain()
        self.live.drain()
        asyncio.get_running_loop().call_later(self.shutdown_timeout, self.door.end_running)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        await receive()
        async with AsyncExitStack() as stack:
            for end in self.life.ends:
                stack.push_async_callback(end)
            for begin in self.life.begins:
                await begin()
            for work in self.life.works:
                stack.push_async_callback(_end, asyncio.create_task(work()))
            await send({"type": "lifespan.startup.complete"})
            await receive()
        await send({"type": "lifespan.shutdown.complete"})


def _is_managed(path: str) -> bool:
    return path.startswith(MANAGEMENT) and path[len(MANAGEMENT) : len(MANAGEMENT) + 1] in {"", "/"}


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
