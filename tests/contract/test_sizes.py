"""What `Sizes` promises."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gemini_balance.storage.database import Database
from tests.contract.databases import SECRET_KEY

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.anyio


async def test_a_database_tells_its_kind_and_its_size(database_url: str, tmp_path: Path) -> None:
    database = Database(database_url, tmp_path, SECRET_KEY)
    try:
        size = await database.sizes.size()
        assert size.kind == ("postgresql" if database_url else "sqlite")
        assert size.kept > 10_000
        assert 0 <= size.journal < size.kept
        if not database_url:
            assert size.kept == (tmp_path / "gemini-balance.db").stat().st_size
    finally:
        await database.close()
