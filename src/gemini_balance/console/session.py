"""Which browser is signed in: a cookie that no script can read and no other site can send."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from gemini_balance.gateway.accounts import Operator, Operators

OVER_TLS = "__Host-gemini-balance"
OVER_HTTP = "gemini-balance"
"""Browsers keep a Secure cookie from plain HTTP on loopback at best, and not all of them do that."""


def operator_of(request: Request, operators: Operators) -> Operator | None:
    return operators.session(_value(request))


def begin(request: Request, answer: Response, session: str) -> None:
    """The browser's own word for its origin says whether it speaks TLS, whatever stands between it and us."""
    safe = request.headers.get("origin", "").startswith("https://")
    name = OVER_TLS if safe else OVER_HTTP
    answer.set_cookie(name, session, path="/", secure=safe, httponly=True, samesite="strict")


def renew(request: Request, answer: Response, operators: Operators) -> None:
    """A session that is used goes on."""
    for name in (OVER_TLS, OVER_HTTP):
        if later := operators.renewed(request.cookies.get(name, "")):
            answer.set_cookie(name, later, path="/", secure=name == OVER_TLS, httponly=True, samesite="strict")


def end(answer: Response) -> None:
    for name in (OVER_TLS, OVER_HTTP):
        answer.delete_cookie(name, path="/", secure=name == OVER_TLS, httponly=True, samesite="strict")


def _value(request: Request) -> str:
    return request.cookies.get(OVER_TLS) or request.cookies.get(OVER_HTTP, "")
