"""The cookie that holds an operator's session. No script can read it, and no other site can send it.

It has one name where browsers speak TLS, and another where they don't: the first is one that browsers take over TLS
only (https://developer.mozilla.org/docs/Web/HTTP/Headers/Set-Cookie#cookie_prefixes), and a Secure cookie from plain
HTTP is kept on loopback at best, and not by all of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

OVER_TLS = "__Host-gemini-balance"
OVER_HTTP = "gemini-balance"
ATTRIBUTES = {
    OVER_TLS: "Path=/; Secure; HttpOnly; SameSite=Strict",
    OVER_HTTP: "Path=/; HttpOnly; SameSite=Strict",
}


def value_in(cookies: Mapping[str, str]) -> str:
    """The session of who asks; empty where there is none."""
    return cookies.get(OVER_TLS) or cookies.get(OVER_HTTP, "")


def given(value: str, origin: str) -> str:
    """The `Set-Cookie` that hands out a session to who sees us at `origin`."""
    return _header(OVER_TLS if origin.startswith("https://") else OVER_HTTP, value)


def renewed(cookies: Mapping[str, str], renew: Callable[[str], str]) -> str:
    """The same for a session that is used and goes on; empty where `renew` has no later value for it."""
    name = OVER_TLS if cookies.get(OVER_TLS) else OVER_HTTP
    later = renew(value_in(cookies))
    return _header(name, later) if later else ""


def taken_back() -> tuple[str, ...]:
    """The `Set-Cookie`s that end it in this browser."""
    return tuple(f"{_header(name, '')}; Max-Age=0" for name in ATTRIBUTES)


def _header(name: str, value: str) -> str:
    return f"{name}={value}; {ATTRIBUTES[name]}"
