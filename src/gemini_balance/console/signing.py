"""Signing in and out, and changing the password."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from gemini_balance.console import paths, session
from gemini_balance.console.forms import Form, read_form
from gemini_balance.console.reader import home_path, reader_of
from gemini_balance.console.refusals import refusal
from gemini_balance.core.errors import BadRequest, NotSignedIn, TooManyAttempts

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

    from gemini_balance.console.drawing import Drawing
    from gemini_balance.console.reader import Reader
    from gemini_balance.console.sources import Sources
    from gemini_balance.console.words import Words
    from gemini_balance.gateway.accounts import Operator

FOREIGN = frozenset({"cross-site", "same-site"})


@dataclass(frozen=True, slots=True)
class SignIn:
    """`to`: where to go on. `error`: a message, ready to be shown."""

    to: str
    error: str = ""


@dataclass(frozen=True, slots=True)
class NewPassword:
    """`wrong`: the field that the error is about. `first`: the password was made for the operator."""

    first: bool
    wrong: str = ""
    error: str = ""


class Signing:
    """The pages that need no session, or that a session begins and ends with."""

    def __init__(self, sources: Sources, drawing: Drawing, client: Callable[[Request], str]) -> None:
        self._sources, self._drawing, self._client = sources, drawing, client

    def routes(self) -> list[Route]:
        return [
            Route(paths.SIGN_IN, self._sign_in, methods=["GET", "POST"]),
            Route(paths.SIGN_OUT, self._sign_out, methods=["POST"]),
            Route(paths.PASSWORD, self._password, methods=["GET", "POST"]),
        ]

    async def _sign_in(self, request: Request) -> Response:
        if request.method == "POST":
            return await self._try(request, await read_form(request))
        to = home_path(request.query_params.get("to", ""))
        if session.operator_of(request, self._sources.operators) is not None:
            return RedirectResponse(to, 303)
        return self._ask(request, SignIn(to))

    async def _try(self, request: Request, form: Form) -> Response:
        to, words = home_path(form.one("to")), self._reader(request).words
        try:
            begun = await self._sources.operators.sign_in(form.one("password"), self._client(request))
        except NotSignedIn:
            return self._ask(request, SignIn(to, words("sign_in.wrong")), 401)
        except TooManyAttempts as error:
            return self._wait(request, SignIn(to, _later(words, error)), error)
        answer = RedirectResponse(self._onward(to), 303)
        session.begin(request, answer, begun)
        return answer

    def _onward(self, to: str) -> str:
        """Who comes to a gateway without keys is led through the first run."""
        empty = not any(pool.keys for pool in self._sources.pools.values())
        return paths.FIRST_RUN if empty and to == paths.HOME else to

    async def _sign_out(self, request: Request) -> Response:
        """Everywhere: a value that was copied somewhere is of no use afterwards."""
        if session.operator_of(request, self._sources.operators) is not None:
            await self._sources.operators.sign_out_everywhere()
        answer = RedirectResponse(paths.SIGN_IN, 303)
        session.end(answer)
        return answer

    async def _password(self, request: Request) -> Response:
        operator = session.operator_of(request, self._sources.operators)
        if operator is None:
            return to_sign_in(request)
        if request.method == "POST":
            return await self._change(request, operator, await read_form(request))
        return self._drawing.solo("password.html", self._reader(request), NewPassword(operator.must_change))

    async def _change(self, request: Request, operator: Operator, form: Form) -> Response:
        words, first = self._reader(request).words, operator.must_change
        old, new = form.one("old"), form.one("new")
        if new != form.one("again"):
            return self._refuse(request, NewPassword(first, "again", words("password.differ")), 422)
        try:
            begun = await self._sources.operators.change_password(operator, old, new)
        except BadRequest as error:
            return self._refuse(request, NewPassword(first, "new", _why(words, old, new, error)), 422)
        except NotSignedIn:
            return self._refuse(request, NewPassword(first, "old", words("password.wrong")), 401)
        except TooManyAttempts as error:
            return self._refuse(request, NewPassword(first, "old", _later(words, error)), 429)
        answer = RedirectResponse(self._onward(paths.HOME), 303)
        session.begin(request, answer, begun)
        return answer

    def _ask(self, request: Request, view: SignIn, status: int = 200) -> Response:
        return self._drawing.solo("sign_in.html", self._reader(request), view, status)

    def _wait(self, request: Request, view: SignIn, error: TooManyAttempts) -> Response:
        answer = self._ask(request, view, 429)
        answer.headers["retry-after"] = str(int(error.retry_after) + 1)
        return answer

    def _refuse(self, request: Request, view: NewPassword, status: int) -> Response:
        return self._drawing.solo("password.html", self._reader(request), view, status)

    def _reader(self, request: Request) -> Reader:
        return reader_of(request, self._sources.clock.now())


def to_sign_in(request: Request) -> Response:
    """Where somebody without a session is sent. Whoever came by another site's link is asked to come again by
    itself: only then does the browser send our cookie."""
    if "hx-request" in request.headers:
        return Response(status_code=401, headers={"hx-redirect": paths.SIGN_IN})
    if request.method != "GET":
        return RedirectResponse(paths.SIGN_IN, 303)
    here = quote(request.url.path) + (f"?{request.url.query}" if request.url.query else "")
    if request.headers.get("sec-fetch-site") in FOREIGN:
        return HTMLResponse(headers={"refresh": f"0; url={here}"})
    return RedirectResponse(paths.SIGN_IN if here == paths.HOME else f"{paths.SIGN_IN}?to={quote(here)}", 303)


def _later(words: Words, error: TooManyAttempts) -> str:
    return words("sign_in.too_many", wait=words.duration(max(error.retry_after, 1.0)))


def _why(words: Words, old: str, new: str, error: BadRequest) -> str:
    """What is known to go wrong is said in the reader's language, the rest as the use case says it."""
    if new == old:
        return words("password.same")
    return words("password.length") if error.param == "new" else refusal(words, error).sentence
