"""Who may come in: by a token, or by a session that a browser vouches for."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from gemini_balance.core import session_cookie
from gemini_balance.core.bearer import token_in
from gemini_balance.core.errors import Forbidden, NotSignedIn
from gemini_balance.management.endpoint import Access

if TYPE_CHECKING:
    from starlette.requests import Request

    from gemini_balance.gateway.accounts import Operator, Operators
    from gemini_balance.management.endpoint import Row

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


def renewal(request: Request, operators: Operators) -> str:
    """A session that is used lives on: the `Set-Cookie` with its next value, now and then."""
    return "" if "authorization" in request.headers else session_cookie.renewed(request.cookies, operators.renewed)


def origin_of(request: Request, own: str) -> str:
    """How the caller sees us: a browser says so itself, a script doesn't."""
    return request.headers.get("origin", own)


def _bearer(request: Request, operators: Operators, client: str) -> Operator | None:
    given = request.headers.get("authorization")
    if given is None:
        return None
    who = operators.bearer(token_in(given.encode("latin-1")), client)
    if who is None:
        raise NotSignedIn("This is not the operator's token. A client token opens nothing here.")
    return who


def _session(request: Request, operators: Operators, own: str) -> Operator:
    who = operators.session(session_cookie.value_in(request.cookies))
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
