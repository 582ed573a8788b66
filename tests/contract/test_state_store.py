"""What every StateStore must do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gemini_balance.storage.database import Database
from tests.contract.databases import SECRET_KEY

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

pytestmark = pytest.mark.anyio


@pytest.fixture
async def database(database_url: str, tmp_path: Path) -> AsyncIterator[Database]:
    opened = Database(database_url, tmp_path, SECRET_KEY)
    yield opened
    await opened.close()


async def test_at_first_nothing_is_known(database: Database) -> None:
    assert await database.pool.load() is None


async def test_the_last_state_is_what_is_loaded(database: Database) -> None:
    await database.pool.save(b"old")
    await database.pool.save(b"new \x00\xff")
    assert await database.pool.load() == b"new \x00\xff"


async def test_each_pool_has_its_own(database: Database) -> None:
    await database.pool.save(b"gemini")
    await database.vertex_pool.save(b"vertex")
    assert (await database.pool.load(), await database.vertex_pool.load()) == (b"gemini", b"vertex")


async def test_a_state_outlives_the_process(database_url: str, tmp_path: Path) -> None:
    first = Database(database_url, tmp_path, SECRET_KEY)
    await first.pool.save(b"learnt")
    await first.close()
    again = Database(database_url, tmp_path, SECRET_KEY)
    assert await again.pool.load() == b"learnt"
    await again.close()
