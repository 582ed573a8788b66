"""Looking at a database without changing it."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import func, inspect, select, text

from gemini_balance.storage.engine import is_sqlite, journal_of, sync_engine
from gemini_balance.storage.migrate import JOURNAL_CHAIN, KEPT_CHAIN, version_of
from gemini_balance.storage.reached import reached
from gemini_balance.storage.rotation import NEXT
from gemini_balance.storage.schema import keys, tokens
from gemini_balance.storage.vault import FILE, VaultClosed, is_made, prove

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import URL, Connection, Table


class Found(NamedTuple):
    """What a look at the two sets of tables found. `damage`: what SQLite says of its files; empty: they are whole.

    `secret_key`: why it doesn't open the vault; empty where it does; None where there is no vault yet.
    """

    versions: dict[str, tuple[str | None, str]]  # of each chain: the one that is there, the one that is to be
    damage: str
    secret_key: str | None
    keys: int
    tokens: int
    journal_bytes: int


def is_there(url: URL) -> bool:
    """False where there is no file yet: looking would make it."""
    return not is_sqlite(url) or Path(url.database or "").exists()


def versions(url: URL) -> dict[str, tuple[str | None, str]]:
    """Of each set of tables the version that is there, and the one that is to be."""
    found: dict[str, tuple[str | None, str]] = {}
    for one, chain in ((url, KEPT_CHAIN), (journal_of(url), JOURNAL_CHAIN)):
        found[chain.name] = (None, chain.head)
        if is_there(one):
            with _looking(one) as connection:
                found[chain.name] = version_of(connection, chain), chain.head
    return found


def examine(url: URL, data: Path, secret_key: str) -> Found:
    """Raises NoDatabase where the database can't be had."""
    with reached(url), _looking(url) as connection:
        damage, opens = _damage(connection), _opens(connection, data, secret_key)
        kept, callers = _count(connection, keys), _count(connection, tokens)
    size = 0
    if is_there(journal_of(url)):
        with reached(journal_of(url)), _looking(journal_of(url)) as connection:
            damage += _damage(connection)
            size = _size(connection, journal_of(url))
    return Found(versions(url), "; ".join(damage), opens, kept, callers, size)


@contextmanager
def _looking(url: URL) -> Iterator[Connection]:
    engine = sync_engine(url).execution_options(only_reads=True)
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def _damage(connection: Connection) -> list[str]:
    """PostgreSQL looks after its own."""
    if connection.dialect.name != "sqlite":
        return []
    return [row[0] for row in connection.execute(text("PRAGMA integrity_check(10)")) if row[0] != "ok"]


def _opens(connection: Connection, data: Path, secret_key: str) -> str | None:
    if not inspect(connection).has_table("vault") or not is_made(connection):
        return None
    files = (path for path in (data / FILE, data / NEXT) if path.exists())
    tried = [secret_key] if secret_key else [path.read_text().strip() for path in files]
    said = f"{data / FILE} is missing: nothing that is sealed can be read without it."
    for one in tried:
        try:
            prove(connection, one)
        except VaultClosed as error:
            said = str(error)
        else:
            return ""
    return said


def _count(connection: Connection, table: Table) -> int:
    """Deleted ones left out."""
    if not inspect(connection).has_table(table.name):
        return 0
    return int(connection.scalar(select(func.count()).select_from(table).where(table.c.off == "")) or 0)


def _size(connection: Connection, url: URL) -> int:
    if is_sqlite(url):
        return sum(path.stat().st_size for path in Path(url.database or "").parent.glob("journal.db*"))
    return int(connection.scalar(text("SELECT pg_database_size(current_database())")) or 0)
