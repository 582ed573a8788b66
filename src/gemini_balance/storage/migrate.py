"""Brings the tables up to date, once, whoever else starts at the same moment."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import inspect, text

from gemini_balance.storage.engine import sync_engine

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy import URL, Connection

HEAD = "0001"
"""The newest version, so that a start that has nothing to do need not load Alembic; a test compares it."""
SCRIPTS = Path(__file__).parent / "migrations"
VERSIONS = "alembic_version"
LOCK = 0x6E0B  # PostgreSQL's advisory locks are numbers


def migrate(url: URL, version: str = "head") -> None:
    """Up to a version. Raises OSError or SQLAlchemy's DBAPIError where the database can't be had."""
    engine = sync_engine(url)
    try:
        with engine.begin() as connection:  # in SQLite this waits for whoever migrates
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
            if version != "head" or version_of(connection) != HEAD:
                _upgrade(connection, version)
    finally:
        engine.dispose()


def downgrade(url: URL, version: str) -> None:
    """Back to a version, for whoever returns to an earlier release; `base`: to nothing."""
    from alembic import command

    engine = sync_engine(url)
    try:
        with engine.begin() as connection:
            command.downgrade(config_for(connection), version)
    finally:
        engine.dispose()


def version_of(connection: Connection) -> str | None:
    """None where there are no tables yet."""
    if not inspect(connection).has_table(VERSIONS):
        return None
    found = connection.execute(text(f"SELECT version_num FROM {VERSIONS}")).scalar()  # noqa: S608  (a name of ours)
    return None if found is None else str(found)


def config_for(connection: Connection) -> Config:
    """Alembic's, without a file."""
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(SCRIPTS))
    return config


def _upgrade(connection: Connection, version: str) -> None:
    from alembic import command

    command.upgrade(config_for(connection), version)
