"""Pages of lists that are in memory, by age."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, Annotated, Protocol, TypeVar

from msgspec import Meta

from gemini_balance.management.endpoint import Page, Paging

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

MICROSECOND = 1_000_000


class Dated(Protocol):
    """What has an id and an age."""

    @property
    def id(self) -> str: ...

    @property
    def created(self) -> float: ...


class Aged(Paging, frozen=True, kw_only=True):
    """Which part of a list by age."""

    after: Annotated[
        str, Meta(pattern="^([0-9]{1,17}[.][A-Za-z0-9_-]{0,100})?$", description="`next` of the page before.")
    ] = ""


RowT = TypeVar("RowT", bound=Dated)
ShownT = TypeVar("ShownT")


def page_of_aged(rows: Iterable[RowT], part: Aged, show: Callable[[RowT], ShownT]) -> Page[ShownT]:
    """The oldest first. What is deleted between two pages moves nothing."""
    ordered = sorted(rows, key=_age)
    begin = bisect_right(ordered, _read(part.after), key=_age) if part.after else 0
    found = ordered[begin : begin + part.limit]
    more = begin + part.limit < len(ordered)
    return Page(items=[show(row) for row in found], next=_written(found[-1]) if more else None)


def _age(row: Dated) -> tuple[int, str]:
    return int(row.created * MICROSECOND), row.id


def _written(row: Dated) -> str:
    at, name = _age(row)
    return f"{at}.{name}"


def _read(after: str) -> tuple[int, str]:
    at, _, name = after.partition(".")
    return int(at), name
