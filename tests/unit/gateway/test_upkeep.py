"""Looking after what is kept: nobody waits for it, and what is asked for twice is done once."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pytest

from gemini_balance.core.errors import Conflict, NotFound
from gemini_balance.gateway.findings import Finding, found
from gemini_balance.gateway.stores import Change, Subject
from gemini_balance.gateway.upkeep import (
    FAIL,
    CannotCopy,
    Check,
    Copy,
    Copying,
    Examined,
    Packed,
    Upkeep,
    UpkeepState,
)
from gemini_balance.storage.memory.changes import MemoryChanges

pytestmark = pytest.mark.anyio
NOW = 1_800_014_400.0
WELL = Check("database", "ok", found(Finding.DATABASE_ANSWERS, database="sqlite"))


@dataclass
class Clock:
    time: float = NOW

    def now(self) -> float:
        return self.time

    def unix(self) -> float:
        return self.time


@dataclass
class Files:
    """Implements `Keeper`; works until it is let go."""

    command: str = ""
    go_on: threading.Event = field(default_factory=threading.Event)
    trouble: Exception | None = None
    made: list[Copy] = field(default_factory=list)
    times: int = 0

    def _work(self) -> None:
        self.times += 1
        assert self.go_on.wait(5)
        if self.trouble is not None:
            raise self.trouble

    def examine(self) -> Sequence[Check]:
        self._work()
        return [WELL]

    def copies(self) -> Sequence[Copy]:
        return self.made

    def copy(self, at: float, progress: Callable[[str, int, int], None]) -> Copy:
        progress("journal.db", 3, 10)
        self._work()
        self.made = [Copy("1", at, "backups/1", 42)]
        return self.made[0]

    def pack(self, name: str) -> Packed | None:
        return Packed("1.tar", 3, iter([b"a", b"bc"])) if name == "1" else None


async def _once(upkeep: Upkeep, holds: Callable[[UpkeepState], object]) -> UpkeepState:
    """Its state as soon as this holds."""
    for _ in range(1_000):
        if holds(state := await upkeep.state()):
            return state
        await asyncio.sleep(0.005)
    raise AssertionError(await upkeep.state())


async def test_an_examination_goes_on_by_itself_and_what_it_found_stays() -> None:
    files = Files()
    upkeep = Upkeep(files, MemoryChanges(), Clock())
    upkeep.examine()
    upkeep.examine()
    before = await _once(upkeep, lambda _: files.times)
    files.go_on.set()
    after = await _once(upkeep, lambda state: not state.examining)
    assert (before.examining, before.examined, files.times) == (True, None, 1)
    assert after.examined == Examined(NOW, (WELL,))


async def test_an_examination_that_fails_is_itself_a_finding() -> None:
    files = Files(trouble=OSError("the disk is gone"))
    files.go_on.set()
    upkeep = Upkeep(files, MemoryChanges(), Clock())
    upkeep.examine()
    state = await _once(upkeep, lambda state: state.examined)
    assert state.examined is not None
    assert state.examined.checks == (Check("database", FAIL, found(Finding.DATABASE_FAILED, error="the disk is gone")),)


async def test_a_copy_tells_how_far_it_is_and_is_listed_and_noted_at_the_end() -> None:
    files, changes = Files(), MemoryChanges()
    upkeep = Upkeep(files, changes, Clock())
    assert (await upkeep.state()).copies == ()
    upkeep.copy("operator")
    before = await _once(upkeep, lambda _: files.times)
    files.go_on.set()
    after = await _once(upkeep, lambda state: not state.copying)
    assert (before.copying, before.copies) == (Copying("journal.db", 3, 10), ())
    assert (after.failed, after.copies) == ("", (Copy("1", NOW, "backups/1", 42),))
    (noted,) = await changes.page(None, 10)
    assert noted == Change(
        at=NOW, who="operator", subject=Subject.BACKUP, target="backups/1", action="make", id=noted.id
    )


@pytest.mark.parametrize("trouble", [CannotCopy("No room."), OSError("No room.")])
async def test_a_copy_that_fails_says_why_until_the_next(trouble: Exception) -> None:
    files, changes = Files(trouble=trouble), MemoryChanges()
    files.go_on.set()
    upkeep = Upkeep(files, changes, Clock())
    upkeep.copy("operator")
    state = await _once(upkeep, lambda state: state.failed)
    assert (state.failed, state.copying, await changes.page(None, 10)) == ("No room.", None, [])
    files.trouble = None
    upkeep.copy("operator")
    state = await _once(upkeep, lambda state: state.copies)
    assert state.failed == ""


async def test_where_nothing_is_kept_there_is_nothing_to_look_after() -> None:
    upkeep = Upkeep(None, MemoryChanges(), Clock())
    assert (await upkeep.state()).possible is False
    with pytest.raises(Conflict):
        upkeep.examine()
    with pytest.raises(Conflict):
        upkeep.copy("operator")


async def test_a_server_s_database_is_copied_by_its_own_tool() -> None:
    upkeep = Upkeep(Files(command="pg_dump …"), MemoryChanges(), Clock())
    assert (await upkeep.state()).command == "pg_dump …"
    with pytest.raises(Conflict, match="Run: pg_dump …"):
        upkeep.copy("operator")


async def test_a_copy_is_read_piece_by_piece_and_that_is_noted() -> None:
    changes = MemoryChanges()
    file, size, pieces = await Upkeep(Files(), changes, Clock()).download("1", "operator")
    assert (file, size, [piece async for piece in pieces]) == ("1.tar", 3, [b"a", b"bc"])
    (noted,) = await changes.page(None, 10)
    assert noted == Change(at=NOW, who="operator", subject=Subject.BACKUP, target="1", action="export", id=noted.id)


@pytest.mark.parametrize("keeper", [Files(), None], ids=["another name", "nothing kept"])
async def test_what_is_no_copy_is_not_read(keeper: Files | None) -> None:
    changes = MemoryChanges()
    with pytest.raises(NotFound):
        await Upkeep(keeper, changes, Clock()).download("../1", "operator")
    assert await changes.page(None, 10) == []


async def test_a_copy_that_has_just_been_asked_for_is_told_of() -> None:
    files = Files()
    upkeep = Upkeep(files, MemoryChanges(), Clock())
    upkeep.copy("operator")
    assert (await upkeep.state()).copying in (Copying("", 0, 0), Copying("journal.db", 3, 10))
    files.go_on.set()
    await _once(upkeep, lambda state: not state.copying)
