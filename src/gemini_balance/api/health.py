"""Is the process alive, and does it take calls?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import JSONResponse
from starlette.routing import Route

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request


def health_routes(is_ready: Callable[[], bool]) -> list[Route]:
    """`/health/live` answers while the loop turns; `/health/ready` is 503 from the first moment of a shutdown."""

    async def live(_: Request) -> JSONResponse:
        return JSONResponse({"status": "live"})

    async def ready(_: Request) -> JSONResponse:
        well = is_ready()
        return JSONResponse({"status": "ready" if well else "shutting down"}, 200 if well else 503)

    return [Route("/health", live), Route("/health/live", live), Route("/health/ready", ready)]
