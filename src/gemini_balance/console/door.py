"""Everything under /console, as one ASGI app."""

from __future__ import annotations

import base64
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec
from starlette.applications import Starlette
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from gemini_balance.console import live, paths, session
from gemini_balance.console.calling import Calling
from gemini_balance.console.drawing import Drawing, Told, environment
from gemini_balance.console.files import Files
from gemini_balance.console.forms import read_form
from gemini_balance.console.guard import Guard
from gemini_balance.console.nav import NAV, PAGES
from gemini_balance.console.page import Download, Goes, Part, Said, Stays, Visit
from gemini_balance.console.reader import choose, reader_of
from gemini_balance.console.refusals import refusal
from gemini_balance.console.signing import Signing, to_sign_in
from gemini_balance.core.errors import GatewayError, NotFound

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from jinja2 import BaseLoader
    from starlette.requests import Request
    from starlette.types import ASGIApp, Receive, Scope, Send

    from gemini_balance.console.nav import Group
    from gemini_balance.console.page import Act, Page
    from gemini_balance.console.sources import Sources
    from gemini_balance.console.words import Words

    Endpoint = Callable[[Request], Awaitable[Response]]

SAID = "gemini-balance-said"
"""A cookie for one answer: what the action before it told."""
TONES = {tone: tone for tone in ("ok", "wait", "bad")}


@dataclass(frozen=True, slots=True)
class Site:
    """Which pages there are, and what they are drawn from."""

    nav: Sequence[Group] = NAV
    pages: Sequence[Page] = PAGES
    templates: BaseLoader | None = None
    files: Files = field(default_factory=Files)


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """`client`: the address that a request comes from; `own`: ours, as browsers see it."""

    client: Callable[[Request], str]
    own: Callable[[Request], str]


@dataclass(frozen=True, slots=True)
class Console:
    """The ASGI app, with the list of what it answers to."""

    routes: list[Route]
    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)


def console(sources: Sources, where: Whereabouts, site: Site) -> Console:
    drawing = Drawing(lambda: environment(site.files, site.nav, sources.system.version, site.templates))
    pages = Pages(sources, drawing)
    routes = [
        site.files.route(),
        Route(paths.LOOK, choose, methods=["POST"]),
        *Signing(sources, drawing, where.client).routes(),
        Calling(sources).route(),
        *(route for page in site.pages for route in pages.routes(page)),
        Route(f"{paths.HOME}/{{rest:path}}", pages.unknown),
    ]
    handlers = {GatewayError: pages.refused, Exception: pages.failed}
    pages_app = Starlette(routes=routes, exception_handlers=handlers)

    async def prepared(scope: Scope, receive: Receive, send: Send) -> None:
        await drawing.prepare()
        await pages_app(scope, receive, send)

    return Console(routes, Guard(prepared, where.own))


class Pages:
    """Shows pages to operators who are signed in, and does what their forms ask for."""

    def __init__(self, sources: Sources, drawing: Drawing) -> None:
        self._sources, self._drawing = sources, drawing

    def routes(self, page: Page) -> list[Route]:
        address = f"{paths.HOME}{page.path}"
        routes = [Route(address, self._show(page), methods=["GET"])]
        routes += [
            Route(f"{address}/{name}", self._act(page, act), methods=["POST"]) for name, act in page.actions.items()
        ]
        if page.live:
            routes.append(Route(f"{paths.LIVE}{page.path}", self._live(page), methods=["GET"]))
        return routes

    async def unknown(self, request: Request) -> Response:
        if self._visit(request) is None:
            return to_sign_in(request)
        return self._drawing.solo("unknown.html", reader_of(request, self._sources.clock.now()), None, 404)

    async def refused(self, request: Request, error: Exception) -> Response:
        """What an action's use case says can't be done, where the page itself has no place for it."""
        assert isinstance(error, GatewayError)
        reader = reader_of(request, self._sources.clock.now())
        return self._drawing.solo("refused.html", reader, refusal(reader.words, error), error.status)

    async def failed(self, request: Request, _: Exception) -> Response:
        """A mistake of ours; the log has it."""
        return self._drawing.solo("failed.html", reader_of(request, self._sources.clock.now()), None, 500)

    def _show(self, page: Page) -> Endpoint:
        async def show(request: Request) -> Response:
            visit = self._visit(request)
            if visit is None or visit.operator.must_change:
                return to_sign_in(request) if visit is None else RedirectResponse(paths.PASSWORD, 303)
            try:
                view = await page.show(self._sources, visit)
            except NotFound:  # what the address names was deleted, or never was
                return await self.unknown(request)
            return self._draw(page, visit, view)

        return show

    def _act(self, page: Page, act: Act) -> Endpoint:
        async def do(request: Request) -> Response:
            visit = self._visit(request)
            if visit is None or visit.operator.must_change:
                return to_sign_in(request)
            match await act(self._sources, visit, await read_form(request)):
                case Goes(to, said):
                    return _on(request, to, said)
                case Part(template, view, status):
                    return self._drawing.part(template, visit.words, view, status)
                case Download() as file:
                    return _file(file)
                case Stays(view, status):
                    return self._draw(page, visit, view, status)

        return do

    def _live(self, page: Page) -> Endpoint:
        async def watch(request: Request) -> Response:
            async def draw() -> str | None:
                visit = self._visit(request)
                if visit is None or visit.operator.must_change:
                    return None
                try:
                    view = await page.show(self._sources, visit)
                except NotFound:
                    return None  # as who may not see it: the page, asked for anew, says what is the matter
                return self._drawing.text(f"{page.name}.live.html", visit.words, view)

            return (
                to_sign_in(request)
                if self._visit(request) is None
                else live.answer(draw, self._sources.ready, page.live)
            )

        return watch

    def _visit(self, request: Request) -> Visit | None:
        operator = session.operator_of(request, self._sources.operators)
        if operator is None:
            return None
        return Visit(request, operator, reader_of(request, self._sources.clock.now()).words)

    def _draw(self, page: Page, visit: Visit, view: object, status: int = 200) -> Response:
        kept = visit.request.cookies.get(SAID)
        reader = reader_of(visit.request, visit.now)
        answer = self._drawing.page(page, visit, reader, view, status, _told(kept, visit.words))
        if kept is not None:
            answer.delete_cookie(SAID, path=paths.HOME, httponly=True, samesite="strict")
        session.renew(visit.request, answer, self._sources.operators)
        return answer


def _file(file: Download) -> Response:
    kept = {"content-disposition": f'attachment; filename="{file.name}"'}
    if isinstance(file.content, bytes):
        return Response(file.content, 200, kept, file.media_type)
    return StreamingResponse(file.content, 200, kept | {"content-length": str(file.size)}, file.media_type)


def _on(request: Request, to: str, said: Said | None) -> Response:
    """Where the action leads; htmx is told, as it would follow a redirect by itself."""
    there = Response(headers={"hx-redirect": to}) if "hx-request" in request.headers else RedirectResponse(to, 303)
    if said is not None:
        told = base64.urlsafe_b64encode(msgspec.json.encode(said)).decode()
        there.set_cookie(SAID, told, max_age=60, path=paths.HOME, httponly=True, samesite="strict")
    return there


def _told(kept: str | None, words: Words) -> Told | None:
    """What isn't ours, or is another version's, was never said."""
    with suppress(ValueError, LookupError, msgspec.DecodeError):
        said = msgspec.json.decode(base64.urlsafe_b64decode(kept), type=Said) if kept else None
        if said is None:
            return None
        undo = said.undo if said.undo.startswith(f"{paths.HOME}/") else ""
        return Told(words(said.key, **said.values), TONES[said.tone], undo)
    return None
