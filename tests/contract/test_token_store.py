"""What every TokenStore must do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from gemini_balance.gateway.stores import Change, KeptToken, Off, Origin, Subject
from gemini_balance.storage.database import Database
from gemini_balance.storage.memory.tokens import MemoryTokens
from tests.contract.databases import SECRET_KEY

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from gemini_balance.gateway.stores import TokenStore

pytestmark = pytest.mark.anyio
PLAIN = KeptToken(id="token-2", digest=b"\x00\xff" * 16, name="plain", shown="oken", created=1.0)
LIMITED = KeptToken(
    id="token-1",
    digest=b"another digest",
    name="限额",
    shown="…",
    models=frozenset({"gemini-2.5-flash", "gemini-2.5-pro"}),
    tags=frozenset({"paid"}),
    rpm=60,
    tokens_per_day=10_000_000_000,
    expires=2e9,
    origin=Origin.ENVIRONMENT,
    off=Off.UNLISTED,
    off_since=3.5,
    created=2.0,
    last_used=3.0,
)
CHANGE = Change(at=1.5, who="operator", subject=Subject.TOKEN, target="token-2", action="make")


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[TokenStore]:
    if request.param == "memory":
        yield MemoryTokens()
        return
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgresql_url")
    database = Database(url, tmp_path / "data", SECRET_KEY)
    yield database.tokens
    await database.close()


async def test_all_that_was_put_is_there_by_age(store: TokenStore) -> None:
    assert await store.all() == []
    await store.put([LIMITED, PLAIN], CHANGE)
    assert await store.all() == [PLAIN, LIMITED]


async def test_the_last_word_counts(store: TokenStore) -> None:
    await store.put([PLAIN, LIMITED], CHANGE)
    changed = replace(LIMITED, name="another", models=frozenset(), off=Off.NO, expires=None)
    await store.put([changed], CHANGE)
    assert await store.all() == [PLAIN, changed]


async def test_nothing_may_be_put(store: TokenStore) -> None:
    await store.put([], CHANGE)
    assert await store.all() == []


async def test_when_tokens_were_used_never_goes_back(store: TokenStore) -> None:
    await store.put([PLAIN, LIMITED], CHANGE)
    await store.used({})
    await store.used({"token-1": 2.0, "token-2": 4.0, "gone": 5.0})
    assert [token.last_used for token in await store.all()] == [4.0, 3.0]
    await store.used({"token-1": 6.0, "token-2": 3.0})
    assert [token.last_used for token in await store.all()] == [4.0, 6.0]


async def test_tokens_and_who_changed_them_are_written_as_one_and_outlive_the_process(
    database_url: str, tmp_path: Path
) -> None:
    first = Database(database_url, tmp_path, SECRET_KEY)
    await first.tokens.put([PLAIN], CHANGE)
    await first.tokens.used({PLAIN.id: 9.0})
    with pytest.raises(Exception, match=r"(?i)unique"):
        await first.tokens.put([replace(PLAIN, id="of the same digest")], replace(CHANGE, action="in vain"))
    await first.close()
    again = Database(database_url, tmp_path, SECRET_KEY)
    assert await again.tokens.all() == [replace(PLAIN, last_used=9.0)]
    assert [change.action for change in await again.changes.page(None, 9)] == ["make"]
    await again.close()
