"""Pages that stay true while somebody looks at them: a piece of each is sent anew whenever it has changed."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from starlette.responses import StreamingResponse

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

STEP = 1.0  # seconds in which the end of the serving is noticed
QUIET = 20.0  # seconds without a change after which a comment shows proxies that this still lives
HEADERS = {"x-accel-buffering": "no"}  # a proxy that collects would keep it all


GONE = b"event: gone\ndata:\n\n"
"""Nobody may look any more: console.js asks for the page anew, which leads to the door."""


async def stream(
    draw: Callable[[], Awaitable[str | None]], serving: Callable[[], bool], every: float
) -> AsyncIterator[bytes]:
    """`draw`: how it looks now; None once this visitor may not see it any more. `every`: seconds between looks."""
    last, quiet = "", 0.0
    while serving():
        drawn = await draw()
        if drawn is None:
            yield GONE
            return
        if drawn != last:
            last, quiet = drawn, 0.0
            yield event(drawn)
        elif quiet >= QUIET:
            quiet = 0.0
            yield b":\n\n"
        quiet += await _pause(every, serving)


async def _pause(seconds: float, serving: Callable[[], bool]) -> float:
    """Shorter where the serving ends: nobody's look shall hold that up."""
    passed = 0.0
    while passed < seconds and serving():
        await asyncio.sleep(min(STEP, seconds - passed))
        passed += STEP
    return passed


def event(text: str) -> bytes:
    """One message without a name: htmx puts it in place."""
    lines = "".join(f"data: {line}\n" for line in text.splitlines())
    return f"{lines}\n".encode()


def answer(draw: Callable[[], Awaitable[str | None]], serving: Callable[[], bool], every: float) -> StreamingResponse:
    return StreamingResponse(stream(draw, serving, every), 200, HEADERS, "text/event-stream")
