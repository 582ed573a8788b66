"""A page as data. One file in `pages/`, one template, one row in `nav.py`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import quote

from gemini_balance.console import paths

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

    from starlette.requests import Request

    from gemini_balance.console.forms import Form
    from gemini_balance.console.sources import Sources
    from gemini_balance.console.words import Words
    from gemini_balance.gateway.accounts import Operator


@dataclass(frozen=True, slots=True)
class Visit:
    """One request of an operator who is signed in."""

    request: Request
    operator: Operator
    words: Words

    @property
    def now(self) -> float:
        """Seconds since 1970."""
        return self.words.now

    def asked(self, name: str) -> str:
        """From the query; empty where it isn't there."""
        return self.request.query_params.get(name, "")


@dataclass(frozen=True, slots=True)
class Said:
    """What an action tells when it is done: a message, with values that are text or numbers."""

    key: str
    values: dict[str, str | int] = field(default_factory=dict)
    tone: str = "ok"
    undo: str = ""  # where a button beside it posts to; empty: it has none


@dataclass(frozen=True, slots=True)
class Goes:
    """The action is done; the browser goes on to `to`, a path, where it is told so."""

    to: str
    said: Said | None = None


@dataclass(frozen=True, slots=True)
class Stays:
    """The action could not be done: the same page, with what was typed and what is wrong with it."""

    view: object
    status: int = 422


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a page, as answer to htmx: a template of its own."""

    template: str
    view: object
    status: int = 200


@dataclass(frozen=True, slots=True)
class Download:
    """A file that the browser keeps; of one that comes piece by piece, `size` is how many bytes there will be."""

    name: str
    media_type: str
    content: bytes | AsyncIterator[bytes]
    size: int = 0


Show: TypeAlias = "Callable[[Sources, Visit], Awaitable[object]]"
Act: TypeAlias = "Callable[[Sources, Visit, Form], Awaitable[Goes | Stays | Part | Download]]"


@dataclass(frozen=True, slots=True)
class Page:
    """`show` gathers what `templates/<name>.html` draws as `view`; actions are what its forms post to, by the
    last piece of their path.

    A live page includes `templates/<name>.live.html`, which the browser gets anew whenever it has changed; `live`:
    seconds between two looks.
    """

    name: str
    path: str  # below /console, with a slash before it; may hold {names}, which are in `request.path_params`
    title: str  # a message
    show: Show
    actions: Mapping[str, Act] = field(default_factory=dict)
    live: float = 0.0

    def live_address(self, request: Request) -> str:
        """Of the same thing, with the same query; an action's answer has no query of its own."""
        names = {name: quote(str(value), safe="") for name, value in request.path_params.items()}
        query = f"?{request.url.query}" if request.method == "GET" and request.url.query else ""
        return f"{paths.LIVE}{self.path.format(**names)}{query}"
