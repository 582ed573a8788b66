"""Who did what: what every ChangeLog must do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace
from sqlalchemy import event

from gemini_balance.gateway.stores import Change, Subject
from gemini_balance.storage.database import Database
from gemini_balance.storage.memory.changes import MemoryChanges
from tests.contract.databases import SECRET_KEY

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from gemini_balance.gateway.stores import ChangeLog

pytestmark = pytest.mark.anyio
ADDED = Change(at=1.5, who="operator", subject=Subject.KEY, target="key-1", action="add", after='{"label": "mine"}')
SET = Change(
    at=2.5, who="command line", subject=Subject.OPTION, target="patience", action="set", before="20", after="5"
)


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
async def log(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[ChangeLog]:
    if request.param == "memory":
        yield MemoryChanges()
        return
    url = "" if request.param == "sqlite" else str(request.getfixturevalue("postgresql_url"))
    database = Database(url, tmp_path, SECRET_KEY)
    yield database.changes
    await database.close()


async def test_before_the_first_change_the_number_is_zero(log: ChangeLog) -> None:
    assert (await log.latest(), await log.page(None, 10)) == (0, [])


async def test_changes_come_back_whole_the_newest_first(log: ChangeLog) -> None:
    await log.add(ADDED)
    await log.add(SET)
    assert await log.page(None, 10) == [replace(SET, id=2), replace(ADDED, id=1)]
    assert await log.latest() == 2


async def test_a_page_goes_on_where_the_last_one_ended(log: ChangeLog) -> None:
    for _ in range(5):
        await log.add(ADDED)
    assert [change.id for change in await log.page(None, 2)] == [5, 4]
    assert [change.id for change in await log.page(4, 2)] == [3, 2]
    assert [change.id for change in await log.page(2, 2)] == [1]


async def test_one_subject_or_one_target_can_be_asked_for(log: ChangeLog) -> None:
    await log.add(ADDED)
    await log.add(SET)
    assert [change.id for change in await log.page(None, 10, Subject.OPTION)] == [2]
    assert [change.id for change in await log.page(None, 10, Subject.KEY, "key-1")] == [1]
    assert await log.page(None, 10, Subject.KEY, "key-2") == []


async def test_what_this_process_wrote_is_nothing_of_others(log: ChangeLog) -> None:
    await log.add(ADDED)
    await log.add(SET)
    assert await log.others(0) == []


async def test_what_another_process_wrote_is_told_by_its_numbers(database_url: str, tmp_path: Path) -> None:
    """Each has a pool of connections of its own, as processes have."""
    ours, theirs = (Database(database_url, tmp_path, SECRET_KEY) for _ in range(2))
    for writer in (theirs, ours, theirs, theirs):
        await writer.changes.add(SET)
    assert [await ours.changes.others(after) for after in (0, 1, 3, 4)] == [[1, 3, 4], [3, 4], [4], []]
    assert await theirs.changes.others(0) == [2]
    await ours.close()
    await theirs.close()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_a_number_whose_change_was_never_kept_is_anothers_when_another_takes_it(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    url = "" if kind == "sqlite" else str(request.getfixturevalue("postgresql_url"))
    ours, other = Database(url, tmp_path, SECRET_KEY), Database(url, tmp_path, SECRET_KEY)
    event.listen(ours.engine.sync_engine, "commit", fail := _Once())
    with pytest.raises(OSError, match="the disk is full"):
        await ours.changes.add(ADDED)
    fail.over = True
    await other.changes.add(SET)
    assert await ours.changes.others(0) == [await other.changes.latest()]
    await ours.close()
    await other.close()


class _Once:
    """What was written can't be kept."""

    over = False

    def __call__(self, _: object) -> None:
        if not self.over:
            raise OSError("the disk is full")
