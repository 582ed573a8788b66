"""Connections to SQLite, a file in the data folder, or to PostgreSQL."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from sqlalchemy import URL, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from gemini_balance.core.errors import StoreAway
from gemini_balance.storage.private import make_file, make_folder

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from sqlalchemy.engine import ExceptionContext

Address: TypeAlias = URL
"""Where a database is."""
FILE = "gemini-balance.db"
JOURNAL = "journal.db"
BUSY_MILLISECONDS = 5_000
PRAGMAS = (
    f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}",
    "PRAGMA auto_vacuum = INCREMENTAL",  # without effect after the first table
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",  # what was acknowledged outlives a power cut
    "PRAGMA foreign_keys = ON",
)
POSTGRESQL = frozenset({"postgres", "postgresql", "postgresql+psycopg"})
LOCK = 0x6E0B  # PostgreSQL's advisory locks are numbers
AWAY = (
    "The database does not answer just now, so this can't be read or changed. Calls are served as before; try again in "
    "a moment, and look into the log or at `gemini-balance doctor` if it stays so."
)
HOW_TO_NAME = "DATABASE_URL must begin with postgresql:// or sqlite:///"


def url_of(database_url: str, data: Path) -> URL:
    """Where the database is; without an address, a file in `data`. Raises ValueError that says what to write."""
    if not database_url:
        return URL.create("sqlite", database=str(data / FILE))
    try:
        url = make_url(database_url)
    except ArgumentError:
        raise ValueError(HOW_TO_NAME) from None  # the address may hold a password
    if url.drivername in POSTGRESQL:
        return url.set(drivername="postgresql+psycopg")
    if url.drivername == "sqlite" and url.database:
        return url
    raise ValueError(HOW_TO_NAME)


def journal_of(url: URL) -> URL:
    """Where the journal is: with SQLite a file beside, so that its writers wait for nobody, and nobody for them."""
    return url.set(database=str(Path(url.database or "").with_name(JOURNAL))) if is_sqlite(url) else url


def async_engine(url: URL) -> AsyncEngine:
    """For serving. Nothing is opened yet. Where the database can't be had, its connections raise StoreAway."""
    driver = url.set(drivername="sqlite+aiosqlite") if is_sqlite(url) else url
    engine = create_async_engine(driver, pool_pre_ping=True, hide_parameters=True)  # its errors are logged
    _prepare(engine.sync_engine)
    event.listen(engine.sync_engine, "handle_error", _tell)
    return engine


def sync_engine(url: URL) -> Engine:
    """For the start and the command line. Raises OSError where there can be no such folder."""
    if is_sqlite(url) and url.database:
        make_folder(Path(url.database).parent)
        make_file(Path(url.database))  # SQLite gives its log the same rights
    engine = create_engine(url, hide_parameters=True)
    _prepare(engine)
    return engine


def reading(engine: AsyncEngine) -> AsyncEngine:
    """The same for who only reads: it waits for no writer."""
    return engine.execution_options(only_reads=True)


def is_sqlite(url: URL) -> bool:
    return url.get_backend_name() == "sqlite"


def alone(connection: Connection) -> None:
    """Nobody else prepares this database until the transaction ends. In SQLite there is only one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})


def _prepare(engine: Engine) -> None:
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _open)
        event.listen(engine, "begin", _begin)


def _tell(context: ExceptionContext) -> None:
    """Who asked is told what to do, and never the driver's own words, which may hold an address."""
    ours = getattr(context.original_exception, "sqlite_errorname", "") == "SQLITE_ERROR"  # such as: no such table
    if context.is_disconnect or (not ours and isinstance(context.sqlalchemy_exception, OperationalError)):
        raise StoreAway(AWAY) from context.original_exception


def _open(connection: Any, _record: object) -> None:
    """Transactions begin and end where we say so: Python's driver would leave out the changes of tables."""
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin(connection: Connection) -> None:
    """Whoever comes to write waits for whoever writes; one that has read before would be refused at once."""
    connection.exec_driver_sql("BEGIN" if connection.get_execution_options().get("only_reads") else "BEGIN IMMEDIATE")
