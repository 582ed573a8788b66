"""What happened to one call, as it happens: the record is made of it whatever the ending."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gemini_balance.core.outcome import NO_USAGE

if TYPE_CHECKING:
    from gemini_balance.core.attempts import Attempt
    from gemini_balance.core.outcome import Outcome, Usage


@dataclass(slots=True)
class Story:
    """Filled by `execute`, read by the door."""

    model: str = ""
    asked: int = 0  # keys asked so far, the one being asked included
    attempts: list[Attempt] = field(default_factory=list)
    first_byte: float | None = None  # seconds from the start to the first content the caller saw

    @property
    def last(self) -> Outcome | None:
        return self.attempts[-1].outcome if self.attempts else None

    @property
    def usage(self) -> Usage:
        """Of the whole answer: a long one comes in several replies, and each is paid for."""
        if not self.attempts or len(self.attempts) == 1:
            return self.attempts[0].outcome.usage if self.attempts else NO_USAGE
        told = [attempt.outcome.usage for attempt in self.attempts if attempt.outcome.good]
        return sum(told[1:], told[0]) if told else self.attempts[-1].outcome.usage
