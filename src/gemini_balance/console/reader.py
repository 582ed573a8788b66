"""Who reads: language, time zone and theme, from cookies and headers, before anybody has signed in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.responses import RedirectResponse

from gemini_balance.console import paths, zone
from gemini_balance.console.forms import read_form
from gemini_balance.console.words import NAMES, Words, language_of

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

LANGUAGE, THEME = "gemini-balance-language", "gemini-balance-theme"
THEMES = frozenset({"light", "dark"})
YEAR = 365 * 86_400
HOME = paths.HOME


@dataclass(frozen=True, slots=True)
class Reader:
    """`theme`: empty for the system's own; `exposed`: whoever is between can read what is sent."""

    words: Words
    theme: str
    exposed: bool
    path: str


def reader_of(request: Request, now: float) -> Reader:
    cookies, headers = request.cookies, request.headers
    language = language_of(cookies.get(LANGUAGE, ""), headers.get("accept-language", ""))
    theme = cookies.get(THEME, "")
    return Reader(
        Words(language, zone.zone_of(cookies.get(zone.COOKIE, "")), now),
        theme if theme in THEMES else "",
        # Browsers say where a request comes from only to https and to loopback.
        exposed="sec-fetch-site" not in headers,
        path=request.url.path + (f"?{request.url.query}" if request.url.query else ""),
    )


async def choose(request: Request) -> Response:
    """`POST /console/look`: another language or theme, kept in a cookie."""
    form = await read_form(request)
    answer = RedirectResponse(home_path(form.one("to")), 303)
    if form.one("language") in NAMES:
        answer.set_cookie(LANGUAGE, form.one("language"), YEAR, path=HOME, samesite="lax")
    if form.one("theme") in THEMES:
        answer.set_cookie(THEME, form.one("theme"), YEAR, path=HOME, samesite="lax")
    return answer


def home_path(path: str) -> str:
    """Where to go on: nowhere but to a page of ours."""
    ours = path == HOME or path.startswith((f"{HOME}/", f"{HOME}?"))
    return path if ours and path.isprintable() and "\\" not in path else HOME
