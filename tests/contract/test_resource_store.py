"""What every ResourceStore must do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gemini_balance.gateway.ports import Owned
from gemini_balance.storage.database import Database
from gemini_balance.storage.memory import MemoryResources
from tests.contract.databases import SECRET_KEY

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from gemini_balance.gateway.ports import ResourceStore

pytestmark = pytest.mark.anyio
MINE = Owned("files/a", "key-1", "me", 1e12)
THEIRS = Owned("files/a", "key-2", "they", 1e12)


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[ResourceStore]:
    if request.param == "memory":
        yield MemoryResources()
        return
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgresql_url")
    database = Database(url, tmp_path / "data", SECRET_KEY)
    yield database.resources
    await database.close()


async def test_what_was_put_is_there_for_its_client_only(store: ResourceStore) -> None:
    await store.put(MINE, 0.0)
    assert await store.get("me", "files/a") == MINE
    assert await store.get("they", "files/a") is None
    assert await store.get("me", "files/b") is None
    assert await store.whose("files/a") == MINE
    assert await store.whose("files/b") is None


async def test_two_clients_may_have_one_name(store: ResourceStore) -> None:
    await store.put(MINE, 0.0)
    await store.put(THEIRS, 0.0)
    await store.delete("me", "files/a")
    assert (await store.get("me", "files/a"), await store.get("they", "files/a")) == (None, THEIRS)


async def test_the_last_word_counts(store: ResourceStore) -> None:
    await store.put(MINE, 0.0)
    await store.put(MINE._replace(key="key-9"), 0.0)
    assert await store.all_of("me", "") == [MINE._replace(key="key-9")]


async def test_a_list_is_by_name_and_holds_one_clients_of_one_prefix(store: ResourceStore) -> None:
    names = ["files/b", "files/a", "filesystem/x", "caches/c", "files/é"]
    for name in names:
        await store.put(MINE._replace(name=name), 0.0)
    await store.put(THEIRS._replace(name="files/z"), 0.0)
    assert [owned.name for owned in await store.all_of("me", "files/")] == ["files/a", "files/b", "files/é"]


async def test_deleting_what_is_not_there_is_no_error(store: ResourceStore) -> None:
    await store.delete("me", "files/a")


async def test_what_is_in_a_database_outlives_the_process(database_url: str, tmp_path: Path) -> None:
    first = Database(database_url, tmp_path, SECRET_KEY)
    await first.resources.put(MINE, 0.0)
    await first.close()
    again = Database(database_url, tmp_path, SECRET_KEY)
    await again.resources.put(THEIRS._replace(until=5.0), 0.0)
    await again.resources.put(THEIRS._replace(name="files/b"), 6.0)  # by then the other has ended
    assert await again.resources.get("me", "files/a") == MINE
    assert await again.resources.get("they", "files/a") is None
    await again.close()
