"""Which browser is signed in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gemini_balance.core import session_cookie

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from gemini_balance.gateway.accounts import Operator, Operators


def operator_of(request: Request, operators: Operators) -> Operator | None:
    return operators.session(session_cookie.value_in(request.cookies))


def begin(request: Request, answer: Response, session: str) -> None:
    """The browser's own word for its origin says whether it speaks TLS, whatever stands between it and us."""
    answer.headers.append("set-cookie", session_cookie.given(session, request.headers.get("origin", "")))


def renew(request: Request, answer: Response, operators: Operators) -> None:
    """A session that is used goes on."""
    if header := session_cookie.renewed(request.cookies, operators.renewed):
        answer.headers.append("set-cookie", header)


def end(answer: Response) -> None:
    for header in session_cookie.taken_back():
        answer.headers.append("set-cookie", header)
