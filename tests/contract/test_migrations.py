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
from gemini_balance.storage.migrate import JOURNAL_CHAIN, KEPT_CHAIN, Chain, config_for, downgrade, migrate, version_of
from tests.contract.databases import SECRET_KEY

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import URL

AT_ONCE = 4
START = "import sys; from pathlib import Path; from gemini_balance.storage.database import Database; \
Database(sys.argv[1], Path(sys.argv[2]), sys.argv[3])"
CHAINS = [KEPT_CHAIN, JOURNAL_CHAIN]


def versions(chain: Chain) -> list[str]:
    """The oldest first."""
    return [script.revision for script in ScriptDirectory.from_config(config_for(None, chain)).walk_revisions()][::-1]


EVERY = [pytest.param(chain, one, id=f"{chain.name}-{one}") for chain in CHAINS for one in versions(chain)]
STEPS = [
    pytest.param(chain, one, id=f"{chain.name}-{one}") for chain in CHAINS for one in [*versions(chain)[:-1], "base"]
]


@pytest.fixture
def url(database_url: str, tmp_path: Path) -> URL:
    return url_of(database_url, tmp_path)


def version(url: URL, chain: Chain) -> str | None:
    engine = sync_engine(url)
    with engine.begin() as connection:
        found = version_of(connection, chain)
    engine.dispose()
    return found


def tables(url: URL) -> set[str]:
    engine = sync_engine(url)
    found = set(inspect(engine).get_table_names())
    engine.dispose()
    return found


@pytest.mark.parametrize("chain", CHAINS, ids=lambda chain: chain.name)
def test_the_newest_version_is_the_one_that_the_code_expects(chain: Chain) -> None:
    assert versions(chain)[-1] == chain.head


@pytest.mark.parametrize("chain", CHAINS, ids=lambda chain: chain.name)
def test_after_all_migrations_the_tables_are_those_of_the_schema(url: URL, chain: Chain) -> None:
    migrate(url, chain)
    engine = sync_engine(url)
    with engine.begin() as connection:
        options = {"compare_type": True, "version_table": chain.versions}
        assert compare_metadata(MigrationContext.configure(connection, opts=options), chain.metadata) == []
    engine.dispose()


@pytest.mark.parametrize(("chain", "earlier"), EVERY)
def test_every_earlier_version_is_brought_up_to_date(url: URL, chain: Chain, earlier: str) -> None:
    migrate(url, chain, earlier)
    assert version(url, chain) == earlier
    migrate(url, chain)
    assert version(url, chain) == chain.head


@pytest.mark.parametrize(("chain", "earlier"), STEPS)
def test_every_step_can_be_taken_back_and_again(url: URL, chain: Chain, earlier: str) -> None:
    migrate(url, chain)
    downgrade(url, earlier, chain)
    assert version(url, chain) == (None if earlier == "base" else earlier)
    migrate(url, chain)
    assert (version(url, chain), tables(url) >= set(chain.metadata.tables)) == (chain.head, True)


def test_both_sets_of_tables_stand_in_one_database(url: URL) -> None:
    for chain in CHAINS:
        migrate(url, chain)
    assert [version(url, chain) for chain in CHAINS] == [chain.head for chain in CHAINS]


def test_of_many_that_start_at_once_one_makes_the_tables(database_url: str, tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-c",
        START,
        database_url,
        str(tmp_path),
        SECRET_KEY if database_url else "",
    ]
    started = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(AT_ONCE)]
    assert [(one.communicate(timeout=60)[1], one.returncode) for one in started] == [("", 0)] * AT_ONCE
    assert version(url_of(database_url, tmp_path), KEPT_CHAIN) == KEPT_CHAIN.head
