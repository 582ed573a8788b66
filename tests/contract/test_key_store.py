"""What every KeyStore must do."""

from __future__ import annotations

import sqlite3
from time import perf_counter
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from gemini_balance.core.call import VERTEX_EXPRESS
from gemini_balance.core.pool import KeyId
from gemini_balance.gateway.stores import Change, KeptKey, Off, Origin, Subject, Tier
from gemini_balance.storage.database import Database
from gemini_balance.storage.memory.changes import MemoryChanges
from gemini_balance.storage.memory.keys import MemoryKeys
from gemini_balance.storage.vault import VaultClosed
from tests.contract.databases import SECRET_KEY

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from gemini_balance.gateway.stores import KeyStore

pytestmark = pytest.mark.anyio
CHANGE = Change(at=5.0, who="operator", subject=Subject.KEY, target="1 key", action="add")
PLAIN = KeptKey(id=KeyId("key-a"), secret="AIzaPlain", created=1.0)
FULL = KeptKey(
    id=KeyId("key-b"),
    secret="AIzaFull",
    upstream=VERTEX_EXPRESS,
    label="Of the team",
    project="p-1",
    tags=frozenset({"night", "日"}),
    notes="two\nlines",
    weight=3,
    models=frozenset({"gemini-2.5-flash"}),
    proxy="http://user:password@proxy.example:8080",
    tier=Tier.PAID,
    origin=Origin.ENVIRONMENT,
    off=Off.UNLISTED,
    off_since=7.5,
    created=2.0,
)
MANY = 10_000
PUT_SECONDS, OPENED_SECONDS = 2.0, 1.0


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[KeyStore]:
    if request.param == "memory":
        yield MemoryKeys(MemoryChanges())
        return
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgresql_url")
    database = Database(url, tmp_path / "data", SECRET_KEY)
    yield database.keys
    await database.close()


@pytest.fixture
async def database(database_url: str, tmp_path: Path) -> AsyncIterator[Database]:
    opened = Database(database_url, tmp_path, SECRET_KEY)
    yield opened
    await opened.close()


async def test_at_first_there_is_none(store: KeyStore) -> None:
    assert await store.all() == []


async def test_all_of_a_key_is_kept_and_the_oldest_comes_first(store: KeyStore) -> None:
    await store.put([FULL, PLAIN], CHANGE)
    assert await store.all() == [PLAIN, FULL]


async def test_the_last_word_counts(store: KeyStore) -> None:
    await store.put([PLAIN, FULL], CHANGE)
    await store.put([replace(PLAIN, weight=9, notes="heavy")], CHANGE)
    assert await store.all() == [replace(PLAIN, weight=9, notes="heavy"), FULL]


async def test_another_secret_takes_a_key_s_place_and_the_old_one_is_free(store: KeyStore) -> None:
    renewed = replace(PLAIN, secret="AIza-renewed")
    await store.put([PLAIN], CHANGE)
    await store.put([renewed], CHANGE)
    other = replace(FULL, secret=PLAIN.secret)
    await store.put([other], CHANGE)
    assert await store.all() == [renewed, other]


async def test_the_same_secret_may_serve_two_upstreams(store: KeyStore) -> None:
    other = replace(PLAIN, id=KeyId("vertex-a"), upstream=VERTEX_EXPRESS)
    await store.put([PLAIN, other], CHANGE)
    assert await store.all() == [PLAIN, other]


async def test_one_that_was_deleted_needs_no_secret(store: KeyStore) -> None:
    deleted = replace(PLAIN, secret="", off=Off.DELETED)
    await store.put([deleted, replace(FULL, secret="", off=Off.DELETED)], CHANGE)
    assert (await store.all())[0] == deleted


async def test_who_changed_what_is_kept_with_it(database: Database) -> None:
    await database.keys.put([PLAIN], CHANGE)
    assert await database.changes.page(None, 9) == [replace(CHANGE, id=1)]


async def test_of_two_rows_that_can_not_both_be_kept_none_is(database: Database) -> None:
    twin = replace(PLAIN, id=KeyId("key-twin"))
    with pytest.raises(Exception, match=r"(?i)unique"):
        await database.keys.put([FULL, PLAIN, twin], CHANGE)
    assert (await database.keys.all(), await database.changes.latest()) == ([], 0)


async def test_keys_outlive_the_process(database_url: str, tmp_path: Path) -> None:
    first = Database(database_url, tmp_path, SECRET_KEY)
    await first.keys.put([PLAIN, FULL], CHANGE)
    await first.close()
    again = Database(database_url, tmp_path, SECRET_KEY)
    assert await again.keys.all() == [PLAIN, FULL]
    await again.close()


async def test_no_secret_and_no_proxy_can_be_read_in_the_files(tmp_path: Path) -> None:
    database = Database("", tmp_path, SECRET_KEY)
    await database.keys.put([PLAIN, FULL], CHANGE)
    await database.close()
    files = written_in(tmp_path)
    assert [word for word in (b"AIzaPlain", b"AIzaFull", b"proxy.example") if word in files] == []


def written_in(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir())


async def test_a_secret_that_was_moved_to_another_row_is_not_opened(tmp_path: Path) -> None:
    database = Database("", tmp_path, SECRET_KEY)
    await database.keys.put([PLAIN, FULL], CHANGE)
    await database.close()
    with sqlite3.connect(tmp_path / "gemini-balance.db") as connection:
        connection.execute("UPDATE keys SET sealed = (SELECT sealed FROM keys WHERE id = 'key-b') WHERE id = 'key-a'")
    connection.close()
    again = Database("", tmp_path, SECRET_KEY)
    with pytest.raises(VaultClosed, match="keys/key-a"):
        await again.keys.all()
    await again.close()


@pytest.mark.prove
async def test_ten_thousand_are_put_and_opened_quickly(store: KeyStore) -> None:
    keys = [replace(FULL, id=KeyId(f"key-{n:05}"), secret=f"AIza{n:035}", created=float(n)) for n in range(MANY)]
    began = perf_counter()
    await store.put(keys, CHANGE)
    put = perf_counter() - began
    began = perf_counter()
    assert await store.all() == keys
    opened = perf_counter() - began
    print(f"{MANY:,} keys: put in {put:.2f} s, opened in {opened:.2f} s")
    assert (put <= PUT_SECONDS, opened <= OPENED_SECONDS) == (True, True)
