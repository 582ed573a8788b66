"""Bytes that may be held at one time."""

from __future__ import annotations

import asyncio
from collections import deque


class Budget:
    """Whoever asks first is served first: a large item is not passed by for ever by small ones."""

    def __init__(self, size: int) -> None:
        self._size = self._free = size
        self._waiting: deque[tuple[int, asyncio.Future[None]]] = deque()

    @property
    def taken(self) -> int:
        return self._size - self._free

    async def take(self, amount: int) -> None:
        """Waits for its turn; one that is cancelled meanwhile holds nothing. More than there is gets all there is."""
        amount = min(amount, self._size)
        if not self._waiting and amount <= self._free:
            self._free -= amount
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((amount, turn))
        try:
            await turn
        except asyncio.CancelledError:
            if turn.cancelled():
                self._serve()  # it may have stood in the way of others
            else:
                self.give(amount)  # granted in the very moment it was given up
            raise

    def give(self, amount: int) -> None:
        """Back what was taken."""
        self._free += min(amount, self._size)
        self._serve()

    def _serve(self) -> None:
        while self._waiting:
            amount, turn = self._waiting[0]
            if not turn.done() and amount > self._free:
                return
            self._waiting.popleft()
            if not turn.done():
                self._free -= amount
                turn.set_result(None)
