"""What every AccountStore must do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from gemini_balance.gateway.stores import Account, Change, Subject
from gemini_balance.storage.database import Database
from gemini_balance.storage.memory.accounts import MemoryAccounts
from tests.contract.databases import SECRET_KEY

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from gemini_balance.gateway.stores import AccountStore

pytestmark = pytest.mark.anyio
ACCOUNT = Account(name="operator", hash="$argon2id$…", initial=True, changed=1.5)
CHANGE = Change(at=1.5, who="environment", subject=Subject.ACCOUNT, target="operator", action="make first password")


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[AccountStore]:
    if request.param == "memory":
        yield MemoryAccounts()
        return
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgresql_url")
    database = Database(url, tmp_path / "data", SECRET_KEY)
    yield database.accounts
    await database.close()


async def test_at_first_there_is_nobody(store: AccountStore) -> None:
    assert await store.get("operator") is None


async def test_of_two_that_add_an_account_the_first_one_does(store: AccountStore) -> None:
    assert [await store.add(ACCOUNT, CHANGE), await store.add(replace(ACCOUNT, hash="another"), CHANGE)] == [
        True,
        False,
    ]
    assert await store.get("operator") == ACCOUNT


async def test_the_last_word_counts(store: AccountStore) -> None:
    await store.put(ACCOUNT, CHANGE)
    changed = replace(ACCOUNT, hash="another", initial=False, changed=2.5, epoch=1)
    await store.put(changed, CHANGE)
    assert await store.get("operator") == changed
    assert await store.get("somebody") is None


async def test_who_changed_what_is_written_with_it(database_url: str, tmp_path: Path) -> None:
    database = Database(database_url, tmp_path, SECRET_KEY)
    accounts = database.accounts
    await accounts.add(ACCOUNT, CHANGE)
    await accounts.add(ACCOUNT, replace(CHANGE, action="in vain"))
    await accounts.put(ACCOUNT, replace(CHANGE, who="operator", action="change password"))
    seen = [(change.who, change.action) for change in await database.changes.page(None, 9, Subject.ACCOUNT)]
    assert seen == [("operator", "change password"), ("environment", "make first password")]
    await database.close()
