"""Adding up what all writers have written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from gemini_balance.core.histogram import Histogram, unpack
from gemini_balance.core.outcome import Usage
from gemini_balance.gateway.calls import By, Question, Span, Sums
from gemini_balance.storage.journal import schema

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Select, Table
    from sqlalchemy.ext.asyncio import AsyncConnection

TABLES: dict[tuple[By, Span], Table] = {
    (By.NOTHING, Span.MINUTE): schema.minutes,
    (By.NOTHING, Span.HOUR): schema.hours,
    (By.NOTHING, Span.DAY): schema.days,
    (By.TOKEN, Span.HOUR): schema.token_hours,
    (By.TOKEN, Span.DAY): schema.token_days,
    (By.KEY, Span.DAY): schema.key_days,
}
ANSWERED = 400  # statuses below
Spread = dict[tuple[Any, ...], tuple[int, int]]


async def sums(connection: AsyncConnection, question: Question) -> list[Sums]:
    """See `CallLog.sums`."""
    table = TABLES[question.subject, question.span]
    columns = _columns(table, question)
    where = list(_where(table, question))
    if question.most and question.by:
        name = table.c[question.by.value]
        busiest = select(name).where(*where).group_by(name).order_by(func.sum(table.c.count).desc(), name)
        names = (await connection.scalars(busiest.limit(question.most))).all()
        where.append(name.in_(names))
    counted = [func.sum(table.c[name]) for name in schema.COUNTED]
    rows = await connection.execute(select(*columns, *counted).where(*where).group_by(*columns))
    spread = await _spread(connection, table, columns, where, question) if question.percentiles else {}
    width = len(columns)
    found = [_sums(question, row[:width], row[width:], spread.get(row[:width], (0, 0))) for row in rows]
    found = [one for one in found if one.count]
    return sorted(found, key=lambda one: (one.at, -one.count, one.name))


def _columns(table: Table, question: Question) -> list[ColumnElement[Any]]:
    at = [table.c.at] if question.timed else []
    return [*at, table.c[question.by.value]] if question.by else [*at]


def _where(table: Table, question: Question) -> list[ColumnElement[bool]]:
    tests = [table.c.at >= question.first, table.c.at < question.until]
    named = (("model", question.model), ("token", question.token), ("key", question.key))
    tests += [table.c[name] == value for name, value in named if value is not None]
    if question.status_class:
        tests.append(table.c.status.between(question.status_class * 100, question.status_class * 100 + 99))
    return tests


async def _spread(
    connection: AsyncConnection,
    table: Table,
    columns: list[ColumnElement[Any]],
    where: list[ColumnElement[bool]],
    question: Question,
) -> Spread:
    """The lanes of both histograms. How long it took to be refused tells nothing of how long answers take."""
    query: Select[Any] = select(table.c.latency, table.c.first_byte, *columns).where(*where)
    if not question.status_class:
        query = query.where(table.c.status < ANSWERED)
    latencies: dict[tuple[Any, ...], int] = {}
    first_bytes: dict[tuple[Any, ...], int] = {}
    for row in (await connection.execute(query)).all():
        group = row[2:]
        latencies[group] = latencies.get(group, 0) + unpack(row[0])
        first_bytes[group] = first_bytes.get(group, 0) + unpack(row[1])
    return {group: (lanes, first_bytes[group]) for group, lanes in latencies.items()}


def _sums(question: Question, place: tuple[Any, ...], counted: tuple[Any, ...], spread: tuple[int, int]) -> Sums:
    count, errors, *used = (int(value or 0) for value in counted)
    return Sums(
        at=float(place[0]) if question.timed else 0.0,
        name=str(place[-1]) if question.by else "",
        count=count,
        errors=errors,
        usage=Usage(*used),
        latency=Histogram(spread[0]),
        first_byte=Histogram(spread[1]),
    )
