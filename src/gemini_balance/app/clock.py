"""The system's clocks, and ids that sort by time."""

from __future__ import annotations

import secrets
import time
from datetime import UTC, date, datetime
from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_BEHIND = 1.0  # seconds that ours may be behind the calendar's clock
COMPARED_EVERY = 0.5  # seconds: each call of `now` would pay for a look at both clocks


class SystemClock:
    """Implements `Clock`: the monotonic clock, set to the calendar's at the start and whenever that runs ahead.

    It does so after a suspend, during which the monotonic clock may stand still.
    """

    unix = staticmethod(time.time)

    def __init__(self, steady: Callable[[], float] = time.monotonic, wall: Callable[[], float] = time.time) -> None:
        self._steady, self._wall = steady, wall
        self._offset = wall() - steady()
        self._compared = 0.0

    def now(self) -> float:
        now = self._steady() + self._offset
        return now if now < self._compared else self._compare(now)

    def _compare(self, now: float) -> float:
        ahead = self._wall() - now
        if ahead > MOST_BEHIND:
            self._offset += ahead
            now += ahead
        self._compared = now + COMPARED_EVERY
        return now


def request_ids() -> Callable[[], str]:
    """Ids that sort by time: milliseconds, a number within the process, and what tells processes apart."""
    process, numbers = secrets.token_hex(3), count()
    return lambda: f"{time.time_ns() // 1_000_000:011x}{next(numbers) & 0xFFFFF:05x}{process}"


def today() -> date:
    return datetime.now(UTC).date()
