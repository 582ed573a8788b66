"""How far estimates of tokens are off, learnt from what the upstream counted."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

SURE = 0.95  # of the calls that shall need no more than is set aside for them
STEP = 0.02
MOST = 2.0  # times the estimate


@dataclass(slots=True)
class Estimates:
    """Until it is known what a call needs, somewhat more than its estimate is set aside."""

    times: float = 1.0  # the estimate
    usual: float = 1.0  # the same in the mean
    lasts: float = 4.0  # seconds until it is known

    def enough(self, tokens: int) -> int:
        """What a call that is estimated so will most likely not exceed."""
        return tokens if self.times == 1.0 else ceil(tokens * self.times)

    @property
    def spare(self) -> float:
        """The share of what is set aside that is given back in the mean."""
        return max(0.0, 1.0 - self.usual / self.times)

    def learn(self, estimate: int, tokens: int, seconds: float) -> None:
        """A call needed these, known after so long. In the long run, one in twenty needs more than is set aside."""
        more = tokens > estimate * self.times
        self.times = min(max(1.0, self.times + STEP * (SURE if more else SURE - 1)), MOST)
        self.usual += STEP * (min(tokens / max(estimate, 1), MOST) - self.usual)
        self.lasts += STEP * (seconds - self.lasts)
