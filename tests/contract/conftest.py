"""Databases for every contract that is kept by one."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import gettempdir
from typing import TYPE_CHECKING

import pytest

from tests.contract.databases import empty_database, postgresql, spelled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import URL


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[URL]:
    """One for all processes of this run. Not in pytest's own folder: other runs tidy that up."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    with postgresql(Path(gettempdir()) / f"postgresql-{run}") as url:
        yield url


@pytest.fixture
def postgresql_url(postgresql_server: URL) -> Iterator[str]:
    """DATABASE_URL of an empty database."""
    with empty_database(postgresql_server) as url:
        yield spelled(url)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Of an empty database of each kind; SQLite's is empty: a file in the data folder."""
    return "" if request.param == "sqlite" else str(request.getfixturevalue("postgresql_url"))
