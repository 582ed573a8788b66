"""An event loop in which time runs faster: whatever waits in it waits that much shorter."""

import asyncio
import selectors
import time


class Selector(selectors.DefaultSelector):
    """Takes the loop's seconds for a fraction of real ones."""

    def __init__(self, speed: float) -> None:
        super().__init__()
        self._speed = speed

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        return super().select(timeout and timeout / self._speed)


class HurriedLoop(asyncio.SelectorEventLoop):
    """So many of its seconds are one of ours."""

    def __init__(self, speed: float) -> None:
        super().__init__(Selector(speed))
        self._speed = speed

    def time(self) -> float:
        return time.monotonic() * self._speed
