"""What others changed becomes known here."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from gemini_balance.gateway import following
from gemini_balance.gateway.following import LOOK_BACK, Follower
from gemini_balance.storage.memory.changes import MemoryChanges

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

pytestmark = pytest.mark.anyio


class Log(MemoryChanges):
    """A log that others write to, whose database may be away."""

    def __init__(self) -> None:
        super().__init__()
        self.numbers: list[int] = []
        self.away = self.hangs = False

    async def latest(self) -> int:
        return max(await self.others(0), default=0)

    async def others(self, after: int) -> list[int]:
        if self.hangs:
            await asyncio.sleep(60)
        if self.away:
            raise OSError("The database is away.")
        return sorted(number for number in self.numbers if number > after)


class Scene:
    """A follower whose two reloads write down their letters."""

    def __init__(self, *numbers: int) -> None:
        self.log = Log()
        self.log.numbers = list(numbers)
        self.done = ""
        self.broken = ""
        self.follower = Follower(self.log, [self.reload("k"), self.reload("o")])

    def reload(self, letter: str) -> Callable[[], Awaitable[None]]:
        async def run() -> None:
            if letter in self.broken:
                raise OSError(letter)
            self.done += letter

        return run

    async def looks(self, *numbers: int) -> str:
        """What is reloaded when these have come."""
        self.log.numbers += numbers
        self.done = ""
        await self.follower.look()
        return self.done


async def test_at_the_start_everything_is_loaded_once_in_order() -> None:
    scene = Scene(1, 2)
    await scene.follower.begin()
    assert (scene.done, await scene.looks()) == ("ko", "")


async def test_what_others_changed_is_reloaded_once() -> None:
    scene = Scene()
    await scene.follower.begin()
    assert [await scene.looks(1), await scene.looks(), await scene.looks(2, 3), await scene.looks()] == [
        "ko",
        "",
        "ko",
        "",
    ]


async def test_a_change_that_comes_to_be_seen_after_a_later_one_is_not_missed() -> None:
    scene = Scene()
    await scene.follower.begin()
    assert [await scene.looks(7), await scene.looks(6), await scene.looks()] == ["ko", "ko", ""]


async def test_what_lies_far_back_is_not_asked_for_again_and_again() -> None:
    scene = Scene(*range(1, 1000))
    await scene.follower.begin()
    assert await scene.looks(1000) == "ko"
    assert len(scene.follower._known or ()) <= LOOK_BACK + 2


async def test_a_reload_that_fails_holds_up_nobody_and_is_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    scene = Scene()
    await scene.follower.begin()
    scene.broken = "k"
    assert [await scene.looks(1), await scene.looks(), await scene.looks()] == ["o", "", ""]
    assert caplog.text.count("can't be loaded") == 1
    scene.broken = ""
    assert [await scene.looks(), await scene.looks()] == ["k", ""]


async def test_a_database_that_is_away_is_said_once_and_caught_up_with(caplog: pytest.LogCaptureFixture) -> None:
    scene = Scene(1)
    await scene.follower.begin()
    scene.log.away = True
    assert [await scene.looks(2), await scene.looks()] == ["", ""]
    assert caplog.text.count("can't be asked") == 1
    scene.log.away = False
    assert [await scene.looks(), await scene.looks()] == ["ko", ""]


async def test_a_database_that_is_away_at_the_start_is_loaded_from_when_it_comes() -> None:
    scene = Scene(1)
    scene.log.away = True
    await scene.follower.begin()
    scene.log.away = False
    assert (scene.done, await scene.looks()) == ("", "ko")


async def test_a_database_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "MOST_SECONDS", 0.01)
    scene = Scene()
    await scene.follower.begin()
    scene.log.hangs = True
    assert await asyncio.wait_for(scene.looks(), 1) == ""
