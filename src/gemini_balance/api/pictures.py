"""`GET /pictures/…`: pictures at the addresses that the gateway gave out. The signature is the right to see one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from gemini_balance.api import cors
from gemini_balance.api.exchange import SAFE
from gemini_balance.gateway.album import OTHER, PREFIX

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

    from gemini_balance.gateway.album import Album

HEADERS = {name.decode(): value.decode() for name, value in SAFE}
GONE = {"error": {"message": "There is no such picture, or its address has expired.", "code": "not_found"}}


def picture_route(album: Album, origins: Callable[[], tuple[str, ...]]) -> Route:
    """Pages of these origins may read a picture's bytes, too."""

    async def picture(request: Request) -> Response:
        asked = request.query_params
        safe = HEADERS | _allowance(request, origins())
        shown = await album.find(request.path_params["name"], asked.get("until", ""), asked.get("signature", ""))
        if shown is None:
            return JSONResponse(GONE, 404, safe | {"cache-control": "no-store"})
        headers = safe | {"cache-control": f"private, max-age={shown.seconds}"}
        if shown.kind == OTHER:
            headers["content-disposition"] = "attachment"
        return Response(shown.data, 200, headers, media_type=shown.kind)

    return Route(f"/{PREFIX}/{{name}}", picture)


def _allowance(request: Request, origins: tuple[str, ...]) -> dict[str, str]:
    given = cors.allowance(dict(request.scope["headers"]), origins)
    return {name.decode(): value.decode() for name, value in given}
