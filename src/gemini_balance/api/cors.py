"""Letting pages of other origins call the client routes from a browser. Never with credentials."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gemini_balance.api import names

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gemini_balance.api.asgi import Headers

METHODS = b"GET, POST, PUT, PATCH, DELETE, OPTIONS"
MAX_AGE = b"86400"


def is_preflight(method: str, headers: Mapping[bytes, bytes]) -> bool:
    return method == "OPTIONS" and b"origin" in headers and b"access-control-request-method" in headers


def allowance(headers: Mapping[bytes, bytes], allowed: tuple[str, ...]) -> Headers:
    """What to add to any reply; nothing for callers that are no browser page, or of an origin not allowed."""
    origin = headers.get(b"origin")
    if origin is None:
        return []
    if "*" in allowed:
        return [(b"access-control-allow-origin", b"*"), (b"access-control-expose-headers", names.EXPOSED)]
    if origin.decode("latin-1") not in allowed:
        return [(b"vary", b"origin")]
    return [
        (b"access-control-allow-origin", origin),
        (b"vary", b"origin"),
        (b"access-control-expose-headers", names.EXPOSED),
    ]


def preflight(headers: Mapping[bytes, bytes], allowed: tuple[str, ...]) -> Headers:
    """The answer to a browser's question before the call; it carries no token, so it is answered without one."""
    granted = allowance(headers, allowed)
    if not any(name == b"access-control-allow-origin" for name, _ in granted):
        return granted
    asked = headers.get(b"access-control-request-headers", b"*")
    return [
        *granted,
        (b"access-control-allow-methods", METHODS),
        (b"access-control-allow-headers", asked),
        (b"access-control-max-age", MAX_AGE),
    ]
