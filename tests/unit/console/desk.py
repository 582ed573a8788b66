"""The console in one process, with a page of the tests' own."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from jinja2 import ChoiceLoader, DictLoader, FileSystemLoader

from gemini_balance.app import build
from gemini_balance.console.door import Site, Whereabouts, console
from gemini_balance.console.drawing import TEMPLATES
from gemini_balance.console.nav import Group, Row
from gemini_balance.console.page import Goes, Page, Part, Said, Stays
from gemini_balance.console.sources import Sources
from gemini_balance.core.errors import BadRequest
from gemini_balance.gateway.counting import Counting
from gemini_balance.gateway.key_batches import KeyBatches
from gemini_balance.gateway.key_files import KeyFiles
from gemini_balance.gateway.trends import Trends
from gemini_balance.settings import load
from gemini_balance.storage.foreign import settings_of
from tests.unit.gateway.stage import Hands

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gemini_balance.console.forms import Form
    from gemini_balance.console.page import Visit

PASSWORD = "password-of-the-operator"
OUTSIDE = "https://gateway.example"
USE_CASES = (
    "operators",
    "tokens",
    "options",
    "changes",
    "keyring",
    "verifier",
    "forecasts",
    "system",
    "upkeep",
    "search",
    "statistics",
    "alerts",
)
TEMPLATE = """{% extends "shell.html" %}{% from "parts/forms.html" import field with context %}
{% block content %}{{ field("name", "Name", view.name, view.wrong) }}{% endblock %}"""
PIECE = "<p>{{ view }}</p>"


@dataclass(frozen=True)
class Sample:
    name: str = ""
    wrong: str = ""


async def show(_: Sources, visit: Visit) -> Sample:
    return Sample(visit.asked("name"))


async def save(_: Sources, __: Visit, form: Form) -> Goes | Stays:
    name = form.one("name")
    if not name:
        return Stays(Sample(name, "A name is wanted."))
    if name == "taken":
        return Stays(Sample(name, "There is one of this name."), 409)
    return Goes("/console/sample", Said("overview.keys", {"count": len(form.all("name"))}))


async def piece(_: Sources, __: Visit, form: Form) -> Part:
    return Part("piece.html", form.one("name"))


async def refuse(_: Sources, __: Visit, form: Form) -> Goes:
    raise BadRequest(f"{form.one('name')} can't be done.")


async def fail(_: Sources, __: Visit, ___: Form) -> Goes:
    raise RuntimeError


ACTIONS = {"save": save, "piece": piece, "refuse": refuse, "fail": fail}
SAMPLE = Page("sample", "/sample", "system.title", show, ACTIONS)
MORE = ChoiceLoader([DictLoader({"sample.html": TEMPLATE, "piece.html": PIECE}), FileSystemLoader(TEMPLATES)])


@dataclass
class Reply:
    status: int = 0
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: str = ""

    def __getitem__(self, name: str) -> str:
        return next((value for known, value in self.headers if known == name), "")

    def cookie(self, name: str) -> str:
        """As the browser would send it."""
        given = (value.partition(";")[0] for known, value in self.headers if known == "set-cookie")
        return next((value for value in given if value.startswith(f"{name}=")), "")


class Desk:
    """A browser that keeps no cookies: they are given with each request."""

    def __init__(self, *pages: Page) -> None:
        """`pages`: those of the console's own that are wanted, beside the sample."""
        app = build(*load({"AUTH_TOKEN": PASSWORD, "ACCESS_LOG": "false"}))
        cases = app.management.cases
        fields = {name: getattr(cases, name) for name in USE_CASES}
        trends = Trends(cases.statistics, cases.search, Hands())
        fields |= {"batches": KeyBatches(cases.keyring), "key_files": KeyFiles(cases.keyring, settings_of)}
        self.sources = Sources(
            clock=Hands(),
            ready=lambda: True,
            models=app.door.models,
            call=app.door,
            trends=trends,
            counting=Counting(cases.statistics, Hands()),
            address=lambda _: OUTSIDE,
            **fields,
        )
        nav = (Group("nav.run", (Row(SAMPLE, "system"),)),)
        where = Whereabouts(lambda _: "192.0.2.1", lambda _: OUTSIDE)
        self.app = console(self.sources, where, Site(nav, (SAMPLE, *pages), MORE))

    async def signed_in(self) -> str:
        reply = await self.post("/console/sign-in", {"password": PASSWORD})
        return reply.cookie("gemini-balance")

    async def get(self, path: str, headers: Mapping[str, str] | None = None) -> Reply:
        return await self._call("GET", path, b"", headers or {})

    async def post(
        self, path: str, fields: Mapping[str, str | list[str]], headers: Mapping[str, str] | None = None
    ) -> Reply:
        return await self._call("POST", path, urlencode(fields, doseq=True).encode(), headers or {})

    async def send(self, path: str, body: object, headers: Mapping[str, str] | None = None) -> Reply:
        """JSON, as a script of ours sends it."""
        return await self._call("POST", path, json.dumps(body).encode(), headers or {})

    async def _call(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        path, _, query = path.partition("?")
        raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        scope: dict[str, Any] = {"type": "http", "method": method, "path": path, "query_string": query.encode()}
        scope |= {"headers": raw, "root_path": "", "scheme": "http", "server": ("test", 80), "http_version": "1.1"}
        reply = Reply()

        bodies = [body]

        async def receive() -> dict[str, Any]:
            if not bodies:
                await asyncio.Event().wait()  # this client stays until its answer is whole
            return {"type": "http.request", "body": bodies.pop()}

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                reply.status = message["status"]
                reply.headers = [(name.decode(), value.decode()) for name, value in message["headers"]]
            else:
                reply.body += message.get("body", b"").decode()

        await self.app(scope, receive, send)
        return reply
