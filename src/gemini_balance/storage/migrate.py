"""Brings the tables up to date, once, whoever else starts at the same moment."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import MetaData, inspect, text

from gemini_balance.storage.engine import alone, sync_engine
from gemini_balance.storage.journal.schema import JOURNAL
from gemini_balance.storage.schema import METADATA

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy import URL, Connection

SCRIPTS = Path(__file__).parent / "migrations"


class Chain(NamedTuple):
    """The versions of one set of tables. `head` is the newest, so that a start that has nothing to do need not load
    Alembic; a test compares it. `versions` names the table that says which one is there."""

    name: str
    head: str
    metadata: MetaData
    versions: str


KEPT_CHAIN = Chain("main", "0003", METADATA, "alembic_version")
JOURNAL_CHAIN = Chain("journal", "0001", JOURNAL, "journal_version")


def migrate(url: URL, chain: Chain = KEPT_CHAIN, version: str = "head") -> None:
    """Up to a version. Raises OSError or SQLAlchemy's DBAPIError where the database can't be had."""
    engine = sync_engine(url)
    try:
        with engine.begin() as connection:  # in SQLite this waits for whoever migrates
            alone(connection)
            if version != "head" or version_of(connection, chain) != chain.head:
                _upgrade(connection, chain, version)
    finally:
        engine.dispose()


def downgrade(url: URL, version: str, chain: Chain = KEPT_CHAIN) -> None:
    """Back to a version, for whoever returns to an earlier release; `base`: to nothing.

    Raises ValueError where there is no such version.
    """
    from alembic import command
    from alembic.util import CommandError

    engine = sync_engine(url)
    try:
        with engine.begin() as connection:
            command.downgrade(config_for(connection, chain), version)
    except CommandError as error:
        raise ValueError(f"{error}.") from error
    finally:
        engine.dispose()


def version_of(connection: Connection, chain: Chain = KEPT_CHAIN) -> str | None:
    """None where there are no tables yet."""
    if not inspect(connection).has_table(chain.versions):
        return None
    found = connection.execute(text(f"SELECT version_num FROM {chain.versions}")).scalar()  # noqa: S608  (a name of ours)
    return None if found is None else str(found)


def config_for(connection: Connection | None, chain: Chain) -> Config:
    """Alembic's, without a file."""
    from alembic.config import Config

    config = Config(attributes={"connection": connection, "chain": chain})
    config.set_main_option("script_location", str(SCRIPTS))
    config.set_main_option("version_locations", str(SCRIPTS / chain.name))
    config.set_main_option("path_separator", "newline")
    return config


def _upgrade(connection: Connection, chain: Chain, version: str) -> None:
    from alembic import command

    command.upgrade(config_for(connection, chain), version)
