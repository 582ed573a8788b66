"""`GET /`: what this is, and the addresses to give to clients."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import JSONResponse
from starlette.routing import Route

if TYPE_CHECKING:
    from starlette.requests import Request

    from gemini_balance.api.clients import PublicUrl


def landing_route(public_url: PublicUrl) -> Route:
    async def landing(request: Request) -> JSONResponse:
        base = public_url.of(request.scope, dict(request.scope["headers"]))
        return JSONResponse(
            {
                "service": "Gemini Balance",
                "openai": f"{base}/hf/v1",
                "gemini": base,
                "gemini_unchanged": f"{base}/gemini",
                "vertex_express": f"{base}/vertex-express",
                "health": f"{base}/health/ready",
            }
        )

    return Route("/", landing)
