"""What an endpoint is, as data: routes, the OpenAPI document and the page of documentation all come from these rows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Generic, TypeAlias, TypeVar

import msgspec
from msgspec import Meta

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

    from gemini_balance.core.errors import GatewayError
    from gemini_balance.gateway.accounts import Operator
    from gemini_balance.management.cases import UseCases

PREFIX = "/api/admin/v1"
MEGABYTE = 1_000_000
JSON = "application/json"
EVENTS = "text/event-stream"
TAR = "application/x-tar"


class Access(StrEnum):
    """Who may use an endpoint. There is no default: one that doesn't say can't be made."""

    ANYBODY = "anybody"
    SIGNED_IN = "signed in"  # also while the password of the first start must still be changed
    OPERATOR = "operator"


class Model(msgspec.Struct, frozen=True, kw_only=True):
    """What is answered. Each field says what it means: the documents are made of that."""


class Asks(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is asked, in a body or a query. A field that we don't know is an error, not a silent loss."""


class Nothing(Asks, frozen=True, kw_only=True):
    """No fields."""


BodyT = TypeVar("BodyT", bound=msgspec.Struct)
QueryT = TypeVar("QueryT", bound=msgspec.Struct)
ItemT = TypeVar("ItemT")

# PostgreSQL keeps no NUL, and nothing that is shown in one line needs other control characters.
Line = Annotated[str, Meta(max_length=1000, pattern="^[^\\x00-\\x1f\\x7f]*$")]
Prose = Annotated[str, Meta(max_length=10_000, pattern="^[^\\x00]*$")]
Moment = Annotated[float, Meta(extra_json_schema={"format": "unix-time"})]
"""Seconds since 1970."""


class Paging(Asks, frozen=True, kw_only=True):
    """Which part of a list."""

    limit: Annotated[int, Meta(ge=1, le=1000, description="At most so many items.")] = 100
    after: Annotated[Line, Meta(description="`next` of the page before.")] = ""


class Page(Model, Generic[ItemT], frozen=True, kw_only=True):
    """A part of a list, and where it goes on."""

    items: Annotated[list[ItemT], Meta(description="In the order of the list.")]
    next: Annotated[str | None, Meta(description="`after` of the next page; null at the end of the list.")]


class Done(Model, frozen=True, kw_only=True):
    """How many were changed."""

    changed: Annotated[int, Meta(description="How many.")]


@dataclass(frozen=True, slots=True)
class Asked(Generic[BodyT, QueryT]):
    """One request, taken apart and found to be right. `client`: the address that it came from; `origin`: ours, as the
    caller sees it."""

    who: Operator | None
    path: Mapping[str, str]
    body: BodyT
    query: QueryT
    client: str
    origin: str

    @property
    def operator(self) -> Operator:
        """Where access is not for anybody."""
        assert self.who is not None
        return self.who


@dataclass(frozen=True, slots=True)
class WithCookies:
    """An answer that brings `Set-Cookie` headers along."""

    value: msgspec.Struct | None
    cookies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Events:
    """An answer that comes bit by bit, as server-sent events, until the iterator ends."""

    values: AsyncIterator[msgspec.Struct]


@dataclass(frozen=True, slots=True)
class File:
    """An answer that is a file of so many bytes, which come piece by piece."""

    name: str
    size: int
    pieces: AsyncIterator[bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint(Generic[BodyT, QueryT]):
    """One row. `path` is below PREFIX; `answer` None: 204, with nothing in it; `errors`: beyond those that follow from
    the row itself."""

    method: str
    path: str
    handler: Callable[[UseCases, Asked[BodyT, QueryT]], Awaitable[object]]
    access: Access
    summary: str
    answer: object
    body: type[BodyT] = Nothing  # type: ignore[assignment]  # the default of a type variable, which 3.11 has not
    query: type[QueryT] = Nothing  # type: ignore[assignment]  # the same
    status: int = 200
    largest: int = MEGABYTE  # bytes of a body
    kind: str = JSON  # of the answer
    errors: tuple[type[GatewayError], ...] = ()

    @property
    def name(self) -> str:
        return str(getattr(self.handler, "__name__", ""))

    @property
    def group(self) -> str:
        return self.path.split("/")[1].partition(".")[0]

    @property
    def takes_body(self) -> bool:
        return self.body is not Nothing


Row: TypeAlias = Endpoint[Any, Any]
"""Whatever it takes: only its own handler knows that."""
