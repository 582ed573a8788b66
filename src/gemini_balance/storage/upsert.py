"""Insert, or replace what is there: one statement in both databases, which SQLAlchemy spells twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy.dialects import sqlite

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sqlalchemy import Table
    from sqlalchemy.dialects import postgresql


def upsert(dialect: str, table: Table, **values: Any) -> sqlite.Insert | postgresql.Insert:
    """The row, whatever it held before under its primary key."""
    return _replacing((sqlite.insert if dialect == "sqlite" else _postgresql())(table).values(values), table, values)


def upserts(dialect: str, table: Table) -> sqlite.Insert | postgresql.Insert:
    """The same for many whole rows, which are given beside it."""
    return _replacing((sqlite.insert if dialect == "sqlite" else _postgresql())(table), table, table.c.keys())


def _replacing(
    statement: sqlite.Insert | postgresql.Insert, table: Table, names: Iterable[str]
) -> sqlite.Insert | postgresql.Insert:
    others = {name: statement.excluded[name] for name in names if not table.c[name].primary_key}
    return statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=others)


def _postgresql() -> Callable[[Table], postgresql.Insert]:
    """Loaded where it is used: it costs a tenth of the start."""
    from sqlalchemy.dialects import postgresql

    return postgresql.insert
