"""How the tables come to be, in both databases."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from gemini_balance.storage.engine import sync_engine, url_of
from gemini_balance.storage.migrate import HEAD, SCRIPTS, downgrade, migrate, version_of
from gemini_balance.storage.schema import METADATA

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import URL

AT_ONCE = 4
START = "import sys; from pathlib import Path; from gemini_balance.storage.database import Database; \
Database(sys.argv[1], Path(sys.argv[2]))"
VERSIONS = [script.revision for script in ScriptDirectory(str(SCRIPTS)).walk_revisions()][::-1]


@pytest.fixture
def url(database_url: str, tmp_path: Path) -> URL:
    return url_of(database_url, tmp_path)


def version(url: URL) -> str | None:
    engine = sync_engine(url)
    with engine.begin() as connection:
        found = version_of(connection)
    engine.dispose()
    return found


def tables(url: URL) -> set[str]:
    engine = sync_engine(url)
    found = set(inspect(engine).get_table_names())
    engine.dispose()
    return found


def test_the_newest_version_is_the_one_that_the_code_expects() -> None:
    assert VERSIONS[-1] == HEAD


def test_after_all_migrations_the_tables_are_those_of_the_schema(url: URL) -> None:
    migrate(url)
    engine = sync_engine(url)
    with engine.begin() as connection:
        assert compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), METADATA) == []
    engine.dispose()


@pytest.mark.parametrize("earlier", VERSIONS)
def test_every_earlier_version_is_brought_up_to_date(url: URL, earlier: str) -> None:
    migrate(url, earlier)
    assert version(url) == earlier
    migrate(url)
    assert version(url) == HEAD


@pytest.mark.parametrize("earlier", [*VERSIONS[:-1], "base"])
def test_every_step_can_be_taken_back_and_again(url: URL, earlier: str) -> None:
    migrate(url)
    downgrade(url, earlier)
    assert version(url) == (None if earlier == "base" else earlier)
    migrate(url)
    assert (version(url), tables(url) >= set(METADATA.tables)) == (HEAD, True)


def test_of_many_that_start_at_once_one_makes_the_tables(database_url: str, tmp_path: Path) -> None:
    command = [sys.executable, "-c", START, database_url, str(tmp_path)]
    started = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(AT_ONCE)]
    assert [(one.communicate(timeout=60)[1], one.returncode) for one in started] == [("", 0)] * AT_ONCE
    assert version(url_of(database_url, tmp_path)) == HEAD
