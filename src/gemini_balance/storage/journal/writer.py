"""Writes calls and their sums, a batch in one transaction, from a thread of its own."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from typing import TYPE_CHECKING, Any

from sqlalchemy import event, insert
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from gemini_balance.gateway.ports import NotNow
from gemini_balance.storage.engine import is_sqlite, sync_engine
from gemini_balance.storage.journal import schema
from gemini_balance.storage.journal.rows import call_row, detail_row
from gemini_balance.storage.journal.sums import OpenSums, row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import URL, Connection, Engine, Insert, Table

    from gemini_balance.gateway.record import RequestRecord

AT_ONCE = 200  # records
TOGETHER = (200, 20)  # rows
PATIENCE_SECONDS = 10  # with a server that does not answer
AWAY = (OperationalError, InterfaceError, OSError)
SUMS = ("minutes", "hours", "days", "token_hours", "token_days", "key_days")


class CallWriter:
    """Implements `RecordSink`. The same batch may come twice: it is there once."""

    def __init__(self, url: URL) -> None:
        self._engine = _engine(url)
        self._thread = ThreadPoolExecutor(1, "journal")
        self._sums = OpenSums()
        self._writer = 0
        self._calls = _Many(_adding(schema.calls, self._engine), self._engine)
        self._details = _Many(_adding(schema.details, self._engine), self._engine)
        tables = {name: schema.JOURNAL.tables[name] for name in SUMS}
        self._summed = {name: _Many(_replacing(table, self._engine), self._engine) for name, table in tables.items()}

    async def write(self, records: list[RequestRecord]) -> None:
        try:
            await asyncio.get_running_loop().run_in_executor(self._thread, self.write_now, records)
        except AWAY as error:
            raise NotNow(_why(error)) from error
        except DBAPIError as error:
            if error.connection_invalidated:
                raise NotNow(_why(error)) from error
            raise

    def write_now(self, records: list[RequestRecord]) -> None:
        """In the calling thread. Raises what SQLAlchemy does."""
        if not self._writer:
            self._writer = self._enrolled()
        with self._engine.begin() as connection:
            changed = self._sums.with_(self._added(connection, records))
            by_table = defaultdict(list)
            for place, summed in changed.items():
                by_table[place[0]].append(row(place, self._writer, summed))
            for name, sums in by_table.items():
                self._summed[name].add(connection, sums)
        self._sums.keep(changed)

    def _added(self, connection: Connection, records: list[RequestRecord]) -> Iterator[RequestRecord]:
        """The records, a few at a time: what is done with them while they are in the processor's cache costs half.
        Calls that are served meanwhile have a chance in between."""
        for begin in range(0, len(records), AT_ONCE):
            some = records[begin : begin + AT_ONCE]
            self._calls.add(connection, [call_row(record, self._writer) for record in some])
            failed = [record for record in some if record.message]
            self._details.add(connection, [detail_row(record, self._writer) for record in failed])
            yield from some
            time.sleep(0)

    def close(self) -> None:
        self._thread.shutdown()
        self._engine.dispose()

    def _enrolled(self) -> int:
        """In a transaction of its own: a batch that comes again must find the same number."""
        with self._engine.begin() as connection:
            found = connection.execute(insert(schema.writers).values(began=time.time())).inserted_primary_key
        assert found is not None
        return int(found[0])


def _engine(url: URL) -> Engine:
    """One that gives up on a server that is silent. What a power cut takes of the journal's last seconds is no loss
    that is worth a write to the disk each time."""
    if is_sqlite(url):
        engine = sync_engine(url)
        event.listen(engine, "connect", _relax)
        return engine
    waits = {"connect_timeout": str(PATIENCE_SECONDS), "tcp_user_timeout": str(PATIENCE_SECONDS * 1000)}
    engine = sync_engine(url.set(query={**waits, **url.query}))
    event.listen(engine, "connect", _limit)
    return engine


def _relax(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA synchronous = NORMAL")


def _limit(connection: Any, _record: object) -> None:
    connection.execute(f"SET statement_timeout = '{PATIENCE_SECONDS}s'")
    connection.commit()


class _Many:
    """Rows into one table, many in a statement: between statements the driver lets the interpreter go, and takes it
    back from the calls that are served meanwhile, which costs both of them more than the row does."""

    def __init__(self, statement: Insert, engine: Engine) -> None:
        self._one = _sql(statement, engine)
        self._several = [(count, _together(self._one, count)) for count in TOGETHER]

    def add(self, connection: Connection, rows: list[Any]) -> None:
        begin = 0
        for count, statement in self._several:
            while len(rows) - begin >= count:
                cells = tuple(chain.from_iterable(rows[begin : begin + count]))
                connection.exec_driver_sql(statement, cells)
                begin += count
        if begin < len(rows):
            connection.exec_driver_sql(self._one, rows[begin:])


def _adding(table: Table, engine: Engine) -> Insert:
    adding: Insert = _insert(table, engine).on_conflict_do_nothing()
    return adding


def _replacing(table: Table, engine: Engine) -> Insert:
    statement = _insert(table, engine)
    others = {column.name: statement.excluded[column.name] for column in table.c if not column.primary_key}
    replacing: Insert = statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=others)
    return replacing


def _insert(table: Table, engine: Engine) -> Any:
    if engine.dialect.name == "sqlite":
        return sqlite.insert(table)
    from sqlalchemy.dialects import postgresql

    return postgresql.insert(table)


def _sql(statement: Insert, engine: Engine) -> str:
    """Made once: the driver is given the same text, and rows, each time."""
    if engine.dialect.name == "sqlite":
        return str(statement.compile(dialect=sqlite.dialect()))
    from sqlalchemy.dialects import postgresql

    return str(statement.compile(dialect=postgresql.dialect(paramstyle="format")))  # type: ignore[no-untyped-call]  # SQLAlchemy's own


def _together(statement: str, count: int) -> str:
    """The same for so many rows."""
    begin = statement.index("VALUES (") + len("VALUES ")
    end = statement.index(")", begin) + 1
    return statement[:begin] + ", ".join([statement[begin:end]] * count) + statement[end:]


def _why(error: Exception) -> str:
    return str(error.orig if isinstance(error, DBAPIError) else error).strip().split("\n")[0]
