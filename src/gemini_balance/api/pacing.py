"""Showing the pieces of an event one after the other, with a short pause between."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence


class Pacer:
    """Never behind by more than one event: the next one, or the end, hurries what is left of the last.

    A slow client still holds the stream up: hurrying waits until everything is written.
    """

    __slots__ = ("_delay", "_hurry", "_task")

    def __init__(self, delay: float) -> None:
        self._delay = delay
        self._hurry = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def show(self, pieces: Sequence[bytes], write: Callable[[bytes], Awaitable[None]]) -> None:
        """What was shown before is written to its end first; then the first piece, and the others in their time."""
        await self.hurry()
        if pieces:
            await write(pieces[0])
        if len(pieces) > 1:
            self._hurry.clear()
            self._task = asyncio.create_task(self._pace(pieces[1:], write))

    async def hurry(self) -> None:
        """Write what is left at once. Raises what writing raised."""
        task, self._task = self._task, None
        if task is not None:
            self._hurry.set()
            await task

    def stop(self) -> None:
        """Nobody reads any more."""
        if self._task is not None:
            self._task.cancel()
            self._task = None

    async def _pace(self, pieces: Sequence[bytes], write: Callable[[bytes], Awaitable[None]]) -> None:
        for at, piece in enumerate(pieces):
            if await self._hurried():
                return await write(b"".join(pieces[at:]))
            await write(piece)
        return None

    async def _hurried(self) -> bool:
        try:
            async with asyncio.timeout(self._delay):
                return await self._hurry.wait()
        except TimeoutError:
            return False
