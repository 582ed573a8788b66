"""What holds for every answer of the console: who may send it anything, and what the browser may do with it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
OWN = frozenset({"same-origin", "none"})
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "media-src blob:",
        "connect-src 'self'",
        "font-src 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'self'",
    )
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",  # with none at all, browsers would call the origin of our forms "null"
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "cache-control": "no-store",
}
FOREIGN = "This came from another site's page. Open the console itself and do it there."


class Guard:
    """Refuses what another site's page sends; adds the headers that an answer doesn't have."""

    def __init__(self, app: ASGIApp, own: Callable[[Request], str]) -> None:
        """`own`: our address as the browser that asks sees it."""
        self._app, self._own = app, own

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        request = Request(scope)
        refused = scope["method"] not in SAFE and not is_own(request, self._own(request))
        await (PlainTextResponse(FOREIGN, 403) if refused else self._app)(scope, receive, guarded)


def is_own(request: Request, own: str) -> bool:
    """Does it come from a page of ours, or from no page at all? Browsers say so; no token in forms is needed.

    Sec-Fetch-Site is sent to https and to loopback; Origin with every POST, also over plain HTTP.
    """
    if (site := request.headers.get("sec-fetch-site")) is not None:
        return site in OWN
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc in {request.headers.get("host"), urlsplit(own).netloc}
