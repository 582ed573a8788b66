"""What happened to one call, as it happens: the record is made of it whatever the ending."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf
from typing import TYPE_CHECKING

from gemini_balance.core.outcome import NO_USAGE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gemini_balance.core.attempts import Attempt
    from gemini_balance.core.outcome import Outcome, Usage
    from gemini_balance.core.pool import KeyId, Skipped


@dataclass(slots=True)
class Story:
    """Filled by `execute`, read by the door."""

    model: str = ""
    asked: int = 0  # keys asked so far, the one being asked included
    asking: KeyId | None = None  # the last of them
    attempts: list[Attempt] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)  # when it first had to wait, or was refused
    waited: float = 0.0  # seconds in the queue
    deadline: float = inf  # the caller's own, on the clock
    told: Usage | None = None  # by our own estimate, where Google counts nothing
    attached: dict[KeyId, dict[str, str]] = field(default_factory=dict)  # addresses of what was uploaded first, by key
    first_byte: float | None = None  # seconds from the start to the first content the caller saw

    def asks(self, key: KeyId) -> None:
        """An attempt with this key begins."""
        self.asked += 1
        self.asking = key

    def join(self, parts: Iterable[Story]) -> None:
        """Take over what happened to the parts of the call, which ran side by side."""
        for part in parts:
            self.asked += part.asked
            self.asking = part.asking or self.asking
            self.attempts += part.attempts
            self.waited = max(self.waited, part.waited)
            self.skipped = self.skipped or part.skipped

    def trace(self) -> str:
        """For a header: keys passed over and why, each key asked so far with what came of it, the time in the queue."""
        passed = ",".join(f"{key}:{why}" for key, why, _ in self.skipped)
        steps = [f"skipped={passed}"] if passed else []
        steps += [f"{attempt.key}:{attempt.outcome.cause}" for attempt in self.attempts]
        if self.asked > len(self.attempts):
            steps.append(f"{self.asking}:{'asked' if self.first_byte is None else 'answered'}")
        return ";".join((*steps, f"waited={self.waited:.1f}"))

    @property
    def last(self) -> Outcome | None:
        return self.attempts[-1].outcome if self.attempts else None

    @property
    def usage(self) -> Usage:
        """Of the whole answer: a long one comes in several replies, and each is paid for."""
        if self.told is not None:
            return self.told
        if not self.attempts or len(self.attempts) == 1:
            return self.attempts[0].outcome.usage if self.attempts else NO_USAGE
        told = [attempt.outcome.usage for attempt in self.attempts if attempt.outcome.good]
        return sum(told[1:], told[0]) if told else self.attempts[-1].outcome.usage
