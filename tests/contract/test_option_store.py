"""What every OptionStore must do."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, NamedTuple

import pytest
from msgspec.structs import replace
from sqlalchemy import select

from gemini_balance.app import SystemClock
from gemini_balance.core.options import Options
from gemini_balance.gateway.following import Follower
from gemini_balance.gateway.options import OptionBook
from gemini_balance.gateway.stores import Change, Subject
from gemini_balance.storage.database import Database
from gemini_balance.storage.memory.changes import MemoryChanges
from gemini_balance.storage.memory.options import MemoryOptions
from gemini_balance.storage.schema import options
from tests.contract.databases import SECRET_KEY

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from gemini_balance.gateway.stores import ChangeLog, OptionStore

pytestmark = pytest.mark.anyio


class Kept(NamedTuple):
    options: OptionStore
    changes: ChangeLog


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
async def kept(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Kept]:
    if request.param == "memory":
        changes = MemoryChanges()
        yield Kept(MemoryOptions(changes), changes)
        return
    url = "" if request.param == "sqlite" else str(request.getfixturevalue("postgresql_url"))
    database = Database(url, tmp_path, SECRET_KEY)
    yield Kept(database.options, database.changes)
    await database.close()


def change(name: str, after: str | None = None) -> Change:
    return Change(at=1.5, who="operator", subject=Subject.OPTION, target=name, action="set", after=after)


async def test_at_first_nothing_was_changed(kept: Kept) -> None:
    assert await kept.options.all() == {}


async def test_values_come_back_by_their_names(kept: Kept) -> None:
    await kept.options.put({"patience": "5.0", "search_models": '["日"]'}, [])
    assert await kept.options.all() == {"patience": "5.0", "search_models": '["日"]'}


async def test_a_value_is_replaced_and_none_takes_it_back(kept: Kept) -> None:
    await kept.options.put({"patience": "5.0", "max_retries": "1"}, [])
    await kept.options.put({"patience": "6.0", "max_retries": None, "time_out": None}, [])
    assert await kept.options.all() == {"patience": "6.0"}


async def test_the_changes_are_written_with_the_values(kept: Kept) -> None:
    changes = [change("patience", "5.0"), change("max_retries", "1")]
    await kept.options.put({"patience": "5.0", "max_retries": "1"}, changes)
    assert await kept.changes.page(None, 10) == [replace(changes[1], id=2), replace(changes[0], id=1)]


async def test_values_without_their_change_are_not_written(database_url: str, tmp_path: Path) -> None:
    """The second change can't be written, so nothing is."""
    database = Database(database_url, tmp_path, SECRET_KEY)
    broken = replace(change("max_retries"), who=None)  # what the table refuses
    with pytest.raises(Exception, match=r"(?i)not.null"):
        await database.options.put({"patience": "5.0", "max_retries": "1"}, [change("patience"), broken])
    assert (await database.options.all(), await database.changes.latest()) == ({}, 0)
    await database.close()


async def test_two_who_write_the_same_at_once_both_come_through(database_url: str, tmp_path: Path) -> None:
    both = [Database(database_url, tmp_path, SECRET_KEY) for _ in range(2)]
    names = ("max_retries", "patience", "time_out")
    writes = (
        one.options.put(dict.fromkeys(order, str(n)), [change(name) for name in order])
        for n in range(10)
        for one, order in zip(both, (names, names[::-1]), strict=True)
    )
    await asyncio.gather(*writes)
    assert len(await both[0].changes.page(None, 100)) == 60
    assert len(set((await both[0].options.all()).values())) == 1
    for one in both:
        await one.close()


async def test_a_change_of_another_process_is_taken_over_and_ones_own_is_not_loaded_again(
    database_url: str, tmp_path: Path
) -> None:
    """Two processes: each has a pool of connections of its own."""
    loads: list[str] = []
    databases, books, followers = [], [], []
    for name in ("one", "other"):
        database = Database(database_url, tmp_path, SECRET_KEY)
        book = OptionBook(Options(), database.options, database.changes, SystemClock())

        async def reload(name: str = name, book: OptionBook = book) -> None:
            loads.append(name)
            await book.reload()

        databases.append(database)
        books.append(book)
        followers.append(Follower(database.changes, [reload]))
    for follower in followers:
        await follower.begin()
    await books[0].set({"patience": 3, "max_retries": 1}, "operator")
    for follower in (*followers, *followers):
        await follower.look()
    assert [(book.current.patience, book.current.max_retries) for book in books] == [(3.0, 1)] * 2
    assert loads == ["one", "other", "other"]
    for database in databases:
        await database.close()


async def test_what_may_hold_a_secret_is_sealed_where_it_lies(database_url: str, tmp_path: Path) -> None:
    database = Database(database_url, tmp_path, SECRET_KEY)
    hook = '"https://hooks.example.com/a-secret-path"'
    await database.options.put({"alert_webhook_url": hook, "patience": "5"}, [change("alert_webhook_url")])
    async with database.engine.connect() as connection:
        rows = (await connection.execute(select(options.c.name, options.c.value))).all()
    written = {row.name: row.value for row in rows}
    assert (written["patience"], "secret-path" in written["alert_webhook_url"]) == ("5", False)
    assert await database.options.all() == {"alert_webhook_url": hook, "patience": "5"}
    await database.close()
