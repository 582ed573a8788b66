"""Looking after what is kept: is all of it as it should be, and copies of it. Both take long, so nobody waits."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, NamedTuple, Protocol

from gemini_balance.core.errors import Conflict, NotFound
from gemini_balance.gateway.findings import Finding, found
from gemini_balance.gateway.recent import Recent
from gemini_balance.gateway.stores import Change, Subject

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence

    from gemini_balance.gateway.findings import Found
    from gemini_balance.gateway.ports import Clock
    from gemini_balance.gateway.stores import ChangeLog

    Progress = Callable[[str, int, int], None]

OK, WARN, FAIL = "ok", "warn", "fail"
GOOD_FOR = 10.0  # seconds: copies are made and removed by others, too
log = logging.getLogger(__name__)


class Check(NamedTuple):
    """One thing that was looked at: ok, warn or fail."""

    name: str
    state: str
    found: Found

    @property
    def message(self) -> str:
        """In English, as the command line says it."""
        return str(self.found)


class Copy(NamedTuple):
    """A backup: its name, when it was made, where it lies, how many bytes it has."""

    name: str
    at: float
    place: str
    size: int


class Packed(NamedTuple):
    """A backup as one file: its name, its bytes, and what is in it, piece by piece. Reading blocks."""

    file: str
    size: int
    pieces: Iterator[bytes]


class Streamed(NamedTuple):
    """The same for who awaits it."""

    file: str
    size: int
    pieces: AsyncIterator[bytes]


class CannotCopy(Exception):
    """No copy was made; the message says why, and what to do."""


class Keeper(Protocol):
    """Who has the files. All of it blocks."""

    @property
    def command(self) -> str:
        """What a person types for a copy where this program makes none; empty where it does."""

    def examine(self) -> Sequence[Check]: ...

    def copies(self) -> Sequence[Copy]:
        """The latest first."""

    def copy(self, at: float, progress: Progress) -> Copy:
        """`progress` is told a file's name, and how many of how many pieces are copied. Raises CannotCopy."""

    def pack(self, name: str) -> Packed | None:
        """None where there is no copy of this name. Raises OSError."""


class Examined(NamedTuple):
    """What the last look found."""

    at: float
    checks: tuple[Check, ...]


class Copying(NamedTuple):
    """A copy that is being made: the file, and how many of how many pieces."""

    name: str
    done: int
    total: int


JUST_BEGUN = Copying("", 0, 0)


class UpkeepState(NamedTuple):
    """`possible`: is there anything to look after? `failed`: why the last copy was not made."""

    possible: bool
    command: str
    examining: bool
    examined: Examined | None
    copying: Copying | None
    failed: str
    copies: tuple[Copy, ...]


class Upkeep:
    """One look, and one copy, at a time."""

    def __init__(self, keeper: Keeper | None, changes: ChangeLog, clock: Clock) -> None:
        self._keeper, self._changes, self._clock = keeper, changes, clock
        self._examined: Examined | None = None
        self._copying: Copying | None = None
        self._failed = ""
        self._copies = Recent(self._listed, clock, GOOD_FOR)
        self._running: dict[str, asyncio.Task[None]] = {}

    async def state(self) -> UpkeepState:
        command = self._keeper.command if self._keeper is not None else ""
        copies = tuple(await self._copies.get() or ())
        copying = self._copying or JUST_BEGUN if "copy" in self._running else None
        possible, examining = self._keeper is not None, "examine" in self._running
        return UpkeepState(possible, command, examining, self._examined, copying, self._failed, copies)

    def examine(self) -> None:
        """Begin. Raises Conflict where there is nothing to look at."""
        self._begin("examine", self._examine(self._kept()))

    def copy(self, who: str) -> None:
        """Begin. Raises Conflict where this program makes none."""
        keeper = self._kept()
        if keeper.command:
            raise Conflict(f"PostgreSQL has a tool for this. Run: {keeper.command}")
        self._begin("copy", self._copy(keeper, who))

    async def download(self, name: str, who: str) -> Streamed:
        """A copy by its name, as one file; that it was read is noted. Raises NotFound, OSError."""
        keeper = self._keeper
        packed = await asyncio.to_thread(keeper.pack, name) if keeper is not None else None
        if packed is None:
            raise NotFound("There is no backup of this name.")
        now = self._clock.unix()
        await self._changes.add(Change(at=now, who=who, subject=Subject.BACKUP, target=name, action="export"))
        return Streamed(packed.file, packed.size, _read(packed.pieces))

    def _kept(self) -> Keeper:
        if self._keeper is None:
            raise Conflict("Nothing is kept beyond the end of this process, so there is nothing to look after.")
        return self._keeper

    def _begin(self, name: str, work: Coroutine[None, None, None]) -> None:
        """What is asked for twice is done once."""
        if name in self._running:
            work.close()
            return
        self._running[name] = task = asyncio.create_task(work)
        task.add_done_callback(lambda _: self._running.pop(name))

    async def _examine(self, keeper: Keeper) -> None:
        try:
            checks = tuple(await asyncio.to_thread(keeper.examine))
        except Exception as error:
            log.exception("It could not be looked whether all is well")
            checks = (Check("database", FAIL, found(Finding.DATABASE_FAILED, error=str(error))),)
        self._examined = Examined(self._clock.unix(), checks)

    async def _copy(self, keeper: Keeper, who: str) -> None:
        self._failed, self._copying = "", JUST_BEGUN
        try:
            made = await asyncio.to_thread(keeper.copy, self._clock.unix(), self._told)
            await self._changes.add(
                Change(at=made.at, who=who, subject=Subject.BACKUP, target=made.place, action="make")
            )
        except (CannotCopy, OSError) as error:
            self._failed = str(error)
        except Exception:
            log.exception("A backup could not be made")
            self._failed = "The log says why."
        finally:
            self._copying = None
            self._copies.forget()

    def _told(self, name: str, done: int, total: int) -> None:
        self._copying = Copying(name, done, total)

    async def _listed(self) -> Sequence[Copy]:
        return await asyncio.to_thread(self._keeper.copies) if self._keeper is not None else ()


async def _read(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    while piece := await asyncio.to_thread(next, pieces, b""):
        yield piece
