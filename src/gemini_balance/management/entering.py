"""Who may come in: by a token, or by a session that a browser vouches for."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from gemini_balance.core.bearer import token_in
from gemini_balance.core.errors import Forbidden, NotSignedIn
from gemini_balance.management.endpoint import Access

if TYPE_CHECKING:
    from starlette.requests import Request

    from gemini_balance.gateway.accounts import Operator, Operators
    from gemini_balance.management.endpoint import Row

COOKIE = "__Host-gemini-balance"
ATTRIBUTES = "Path=/; Secure; HttpOnly; SameSite=Strict"
SAFE_METHODS = frozenset({"GET", "HEAD"})


def admitted(endpoint: Row, request: Request, operators: Operators, own: str, client: str) -> Operator | None:
    """Who asks, if this endpoint is for them. `own` is our address as clients see it, `client` the caller's.

    Raises NotSignedIn, Forbidden, TooManyAttempts.
    """
    if endpoint.access is Access.ANYBODY:
        if not comes_from_elsewhere(request, own):
            return None
        raise Forbidden("A page of another site may not do this.")
    who = _bearer(request, operators, client) or _session(request, operators, own)
    if who.must_change and endpoint.access is not Access.SIGNED_IN:
        raise Forbidden("The password of the first start must be changed before anything else: POST /password.")
    return who


def set_cookie(value: str) -> tuple[str, str]:
    """The header that hands out a session; an empty value takes it back."""
    return "set-cookie", f"{COOKIE}={value}; {ATTRIBUTES}" + ("" if value else "; Max-Age=0")


def renewal(request: Request, operators: Operators) -> dict[str, str]:
    """A session that is used lives on: its next cookie, now and then."""
    cookie = None if "authorization" in request.headers else request.cookies.get(COOKIE)
    later = operators.renewed(cookie) if cookie else ""
    return dict([set_cookie(later)]) if later else {}


def _bearer(request: Request, operators: Operators, client: str) -> Operator | None:
    given = request.headers.get("authorization")
    if given is None:
        return None
    who = operators.bearer(token_in(given.encode("latin-1")), client)
    if who is None:
        raise NotSignedIn("This is not the operator's token. A client token opens nothing here.")
    return who


def _session(request: Request, operators: Operators, own: str) -> Operator:
    cookie = request.cookies.get(COOKIE)
    who = operators.session(cookie) if cookie else None
    if who is None:
        raise NotSignedIn("Sign in first, or send `Authorization: Bearer TOKEN` with the operator's token.")
    if request.method not in SAFE_METHODS and not comes_from_here(request, own):
        raise Forbidden("With a session only pages of this gateway may change anything. Scripts send a token.")
    return who


def comes_from_here(request: Request, own: str) -> bool:
    """Does the browser vouch that a page of ours asks? No page can forge these two headers."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None:
        return site == "same-origin"
    return origin is not None and _host(origin) in {request.headers.get("host", ""), _host(own)}


def comes_from_elsewhere(request: Request, own: str) -> bool:
    """Does it say so? A script says nothing about where it comes from."""
    told = "sec-fetch-site" in request.headers or "origin" in request.headers
    return told and not comes_from_here(request, own)


def _host(url: str) -> str:
    try:
        return urlsplit(url).netloc
    except ValueError:
        return ""
