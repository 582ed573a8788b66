"""Keys out of a text or a database, and what would become of them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from gemini_balance.core.call import VERTEX_EXPRESS
from gemini_balance.core.errors import BadRequest
from gemini_balance.core.keys import Standing
from gemini_balance.gateway.key_files import KeyFiles
from gemini_balance.storage.foreign import settings_of
from tests.unit.gateway.ring_stage import SECRETS, RingStage, entry

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.anyio


async def files() -> KeyFiles:
    stage = await RingStage(listed="A").loaded()
    return KeyFiles(stage.ring, settings_of)


def database(path: Path, *statements: str) -> bytes:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")  # as the well-known implementation does
        for statement in statements:
            connection.execute(statement)
    return path.read_bytes()


async def test_a_text_is_read_for_the_upstream_that_is_asked_for() -> None:
    found = await (await files()).read(f"one {SECRETS['A']}, two {SECRETS['B']}".encode(), VERTEX_EXPRESS)
    assert [(one.key, one.upstream) for one in found.entries] == [
        (SECRETS["A"], VERTEX_EXPRESS),
        (SECRETS["B"], VERTEX_EXPRESS),
    ]


async def test_a_preview_tells_what_is_new() -> None:
    told = await (await files()).preview(await (await files()).read("\n".join(map(SECRETS.get, "AB")).encode()))  # type: ignore[arg-type]
    assert [item.standing for item in told.items] == [Standing.KEPT, Standing.NEW]


async def test_the_database_of_the_well_known_implementation_is_read_without_a_file(tmp_path: Path) -> None:
    settings = f"INSERT INTO t_settings VALUES ('API_KEYS', '[\"{SECRETS['B']}\"]'), ('ALLOWED_TOKENS', '[\"sk\"]')"
    content = database(tmp_path / "a.db", "CREATE TABLE t_settings (key TEXT, value TEXT)", settings)
    found = await (await files()).read(content)
    assert (found.entries, found.tokens) == ((entry("B"),), ("sk",))


@pytest.mark.parametrize("tail", [b"", b"\x00" * 40, b"garbage" * 500])
async def test_another_database_or_a_broken_one_is_said_so(tmp_path: Path, tail: bytes) -> None:
    content = b"SQLite format 3\x00" + tail if tail else database(tmp_path / "b.db", "CREATE TABLE other (a TEXT)")
    with pytest.raises(BadRequest, match="no table t_settings"):
        await (await files()).read(content)
