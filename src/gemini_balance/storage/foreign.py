"""What the database of the well-known implementation holds of keys: a file of SQLite, which is only read."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

SIGN = b"SQLite format 3\x00"
QUERY = "SELECT key, value FROM t_settings WHERE key IN ('API_KEYS', 'VERTEX_API_KEYS', 'PAID_KEY', 'ALLOWED_TOKENS')"
_NO_LOG = b"\x01\x01"  # instead of "changes lie in a log beside me": a database in memory has none
NO_SUCH = "{path} is a database of SQLite, but has no table t_settings with keys in it."


def is_database(content: bytes) -> bool:
    return content.startswith(SIGN)


def settings_of(content: bytes) -> dict[str, str] | None:
    """The same of a file that was sent, of which nothing is written; None if it is no database at all."""
    if not is_database(content):
        return None
    with closing(sqlite3.connect(":memory:")) as connection:
        try:
            connection.deserialize(content[:18] + _NO_LOG + content[20:])
            return _settings(connection)
        except sqlite3.Error as error:
            raise ValueError(f"{NO_SUCH.format(path='This')} ({error})") from error


def settings_in(path: Path) -> dict[str, str]:
    """By the names that its environment has for them. Raises ValueError for another database."""
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            return _settings(connection)
    except sqlite3.Error as error:
        raise ValueError(f"{NO_SUCH.format(path=path.name)} ({error})") from error


def _settings(connection: sqlite3.Connection) -> dict[str, str]:
    return {name: value for name, value in connection.execute(QUERY) if isinstance(value, str) and value}
