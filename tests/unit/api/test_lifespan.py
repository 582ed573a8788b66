"""What the app does at its start and at its end."""

import asyncio
from typing import Any

import pytest

from gemini_balance.app import Kept, build
from gemini_balance.settings import load

pytestmark = pytest.mark.anyio


class Diary:
    """Implements `StateStore`: what was done, in order."""

    def __init__(self) -> None:
        self.done: list[str] = []

    async def load(self) -> bytes | None:
        self.done.append("load")
        return None

    async def save(self, state: bytes) -> None:
        self.done.append("save")


async def test_the_pools_state_is_restored_before_the_first_call_and_saved_at_the_end() -> None:
    diary = Diary()
    app = build(*load({"ACCESS_LOG": "false"}), Kept(pool=diary))
    to_app: asyncio.Queue[Any] = asyncio.Queue()
    told: asyncio.Queue[Any] = asyncio.Queue()
    to_app.put_nowait({"type": "lifespan.startup"})
    life = asyncio.create_task(app({"type": "lifespan"}, to_app.get, told.put))
    assert (await told.get())["type"] == "lifespan.startup.complete"
    assert diary.done == ["load"]
    to_app.put_nowait({"type": "lifespan.shutdown"})
    await life
    assert diary.done == ["load", "save"]
