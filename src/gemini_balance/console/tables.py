"""Long lists: which piece is shown, in what order, and the addresses of the others. All of it lives in the URL."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

if TYPE_CHECKING:
    from collections.abc import Mapping

ROWS = 100


@dataclass(frozen=True, slots=True)
class Paging:
    """Rows `first` to `last` of `total` are shown; the addresses are empty where there is no such page."""

    first: int
    last: int
    total: int
    previous: str
    next: str


@dataclass(frozen=True, slots=True)
class Column:
    """`title` is a message; `sort`: its name in the URL, empty where it can't be sorted by; `css`: of its cells."""

    title: str
    sort: str = ""
    css: str = ""


@dataclass(frozen=True, slots=True)
class Query:
    """What a list is asked for: filters, order, page, as they stand in the URL."""

    path: str
    fields: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        return self.fields.get(name, "")

    def but(self, **changes: str | int) -> str:
        """The address with these fields changed; a change of anything else leads to the first page."""
        fields = {name: value for name, value in self.fields.items() if name != "page"}
        fields |= {name: str(value) for name, value in changes.items()}
        kept = {name: value for name, value in fields.items() if value not in ("", "0")}
        return f"{self.path}?{urlencode(kept)}" if kept else self.path

    @property
    def page(self) -> int:
        """From 0."""
        text = self["page"]
        return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0

    def ordered(self, column: Column) -> str:
        """How this column sorts now: ascending, descending, or empty."""
        sort = self["sort"]
        if not column.sort or sort.removeprefix("-") != column.sort:
            return ""
        return "descending" if sort.startswith("-") else "ascending"

    def sorting(self, column: Column) -> str:
        """The address that sorts by this column, or the other way around."""
        return self.but(sort=f"-{column.sort}" if self.ordered(column) == "ascending" else column.sort)


def paging(query: Query, total: int, rows: int = ROWS) -> Paging:
    """A page after the last one shows the last one."""
    last_page = max(0, (total - 1) // rows)
    page = min(query.page, last_page)
    return Paging(
        first=page * rows + 1 if total else 0,
        last=min(total, (page + 1) * rows),
        total=total,
        previous=query.but(page=page - 1) if page > 0 else "",
        next=query.but(page=page + 1) if page < last_page else "",
    )
