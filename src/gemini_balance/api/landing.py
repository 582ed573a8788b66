"""`GET /`: browsers are led to the console; whoever else asks is told the addresses to give to clients."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

if TYPE_CHECKING:
    from starlette.requests import Request

    from gemini_balance.api.clients import PublicUrl

CONSOLE = "/console"
VARY = {"vary": "Accept"}


def landing_route(public_url: PublicUrl) -> Route:
    async def landing(request: Request) -> Response:
        if request.method == "GET" and "text/html" in request.headers.get("accept", ""):
            return RedirectResponse(CONSOLE, 303, VARY)
        base = public_url.of(request.scope, dict(request.scope["headers"]))
        return JSONResponse(
            {
                "service": "Gemini Balance",
                "openai": f"{base}/hf/v1",
                "gemini": base,
                "gemini_unchanged": f"{base}/gemini",
                "vertex_express": f"{base}/vertex-express",
                "console": f"{base}{CONSOLE}",
                "health": f"{base}/health/ready",
            },
            headers=VARY,
        )

    return Route("/", landing)
