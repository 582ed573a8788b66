"""What one quota model's projects of the same tier have in common: how many requests they get a day.

Google names a limit of a day when it is spent, and by then all who were given as many calls have as little left. So one
project in five goes ahead of the others. What the first of them names is believed of all that get as many requests a
minute; where that isn't known either, it is found out with the next calls, one project after the other. Whoever may
have a limit is spared for the moments in which those without one are full, and goes beyond it one call at a time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gemini_balance.core.pool.key import told_of

if TYPE_CHECKING:
    from gemini_balance.core.pool.windows import Ledger, Limits

SCOUTS = 5  # projects of which one goes ahead
HASTE = 0.25  # its load counts for so much of what it is
FURTHEST = 2_000  # requests a day after which it has gone far enough: 1,500 is the most that was seen of a free tier
APART = 1_000  # more than anybody's requests a minute by which these are told apart


@dataclass(slots=True)
class Tiers:
    """What refusals have named so far, and what it lets believe."""

    days: dict[int | None, int] = field(default_factory=dict)  # requests a day, by the requests a minute named before
    paces: set[int] = field(default_factory=set)  # requests a minute
    _met: int = 0

    def meet(self, ledger: Ledger) -> Ledger:
        """It is used for the first time. Of keys whose project nobody told it is not known that they are alone in it:
        they are explored with more care."""
        self._met += 1
        ledger.scout = self._met % SCOUTS == 0 and told_of(ledger.domain)
        return ledger

    def learn(self, limits: Limits) -> None:
        if limits.rpd:
            self.days[limits.rpm] = limits.rpd
        if limits.rpm:
            self.paces.add(limits.rpm)

    def day(self, ledger: Ledger) -> int | None:
        """Requests a day believed of a project that has named none. None: no reason to believe in any."""
        if not self.days or ledger.limits.rpd is not None or not told_of(ledger.domain):
            return None
        if ledger.limits.rpm is not None:
            day = self.days.get(ledger.limits.rpm)
        else:
            day = max((day for pace, day in self.days.items() if pace is None or ledger.peak <= pace), default=None)
        return None if day is None or ledger.outlived > day else day

    def beyond(self, ledger: Ledger) -> bool:
        """Is the last one more, for the first time, than others get in a minute, or than is believed of its day?"""
        if ledger.limits.rpm is None and ledger.requests == ledger.peak and ledger.requests - 1 in self.paces:
            return told_of(ledger.domain)
        return (day := self.day(ledger)) is not None and ledger.today > day

    def order(self, ledger: Ledger, load: float, *, ahead: bool) -> float:
        """Where it stands among those that are ready, the least first. `load`: of its minute; `ahead`: may some go?"""
        if ledger.limits.rpd is not None or ledger.limits.tpd is not None:
            return load + ledger.day_share
        if not self.days:
            return load * HASTE if ledger.scout and ahead and ledger.today < FURTHEST else load
        if (day := self.day(ledger)) is None:
            return load
        return -ledger.requests / APART if self._doubtful(ledger, day) else load + ledger.today / day

    def _doubtful(self, ledger: Ledger, day: int) -> bool:
        """Does it depend on one call more a minute what is believed?"""
        if ledger.limits.rpm is not None or ledger.today >= day or len(self.paces) < 2:
            return False
        return any(pace is not None and ledger.peak <= pace for pace in self.days)
