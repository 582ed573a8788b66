"""How freely keys are tried of which nothing is known yet.

Many of them may be dead, spent for the day, or share the project of one that is in use: each of these costs somebody an
upstream call. As long as nearly all of them serve, whoever was not used yet goes first. From then on they are tried one
by one, and only while no other key has room; calls rather wait for a while than pay for too many that come to nothing.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from math import inf
from typing import TYPE_CHECKING

from gemini_balance.core.outcome import Blame
from gemini_balance.core.pool.key import Key

if TYPE_CHECKING:
    from gemini_balance.core.pool.shelves import Ranked
    from gemini_balance.core.pool.windows import Bucket, Ledger

FEW, RARE = 2, 0.05  # so many, and one in twenty, may come to nothing before it is gone about with care
DEBT = 40.0  # that may come to nothing before calls wait
SHARE = 0.2  # by which each good answer makes up for one of them
SURE = 3  # refusals at the most that any project gets, after which nobody is expected to get more ...
LOOK_UP = 0.05  # ... until so many more keys were tried: one in twenty looks whether that is still true
HEARD = 0.5  # seconds of silence from which on an attempt was not refused: refusals take no time but their way
NOT_BEFORE = 480.0  # seconds in which a key that only shares what others use is not tried again ...
APART = 10.0  # ... and then one such key after the other: each may take what another is counted on to have
IN_VAIN = frozenset({Blame.KEY, Blame.PROJECT, Blame.QUOTA, Blame.MODEL})


@dataclass(slots=True)
class Exploring:
    """The tries of one quota model: of keys that have not answered yet, and of which nobody told the project."""

    most: int = 0  # requests a minute that any project is known to get
    careful: bool = False  # have too many come to nothing?
    trials: deque[Bucket] = field(default_factory=deque)  # that decide whether a key gets more, as they were sent
    _credit: float = DEBT
    _tries: int = 0
    _vain: int = 0
    _out: set[Bucket] = field(default_factory=set)  # of which nothing is heard yet
    _more: float = 0.0  # how often a project did not get more than that, lately
    _again: float = 0.0  # when the last of those in the shade is tried again

    @property
    def allowed(self) -> bool:
        """May one more be tried now?"""
        return self._credit >= 1 or not self.careful

    @property
    def capped(self) -> bool:
        """Has most likely no project more than the most?"""
        return self._more >= SURE

    def usual(self, named: int | None) -> int | None:
        """Requests a minute believed of projects without a known limit: what the last refusal named, or the most."""
        return (self.most or None) if self.careful else named

    def goes_before(self, best: Ranked | None) -> bool:
        """Does one never used go before the best in use? With care only before what most likely is full."""
        if best is None or not self.careful:
            return best is None or best[0] > 0
        return self.capped and best[2].cap == inf and best[2].requests >= self.most

    def one_by_one(self, ledger: Ledger) -> bool:
        """Is this a key whose limit is found out one call at a time, from the first one on?"""
        return self.careful and isinstance(ledger.domain, Key)

    def begins(self, bucket: Bucket) -> None:
        """One is tried. Until it is known better, it comes to nothing."""
        self._credit -= 1
        self._tried(1)
        self._more = max(0.0, self._more - LOOK_UP)
        self._out.add(bucket)

    def ends(self, bucket: Bucket, *, vain: bool) -> None:
        """Nothing for attempts that are no such tries, or of which that was said before."""
        if bucket in self._out:
            self._out.remove(bucket)
            self._tried(0, vain)
            self._credit += not vain

    def _tried(self, more: int, vain: int = 0) -> None:
        self._tries += more
        self._vain += vain
        self.careful = self._vain > FEW + RARE * self._tries

    def let_through(self, now: float) -> list[Ledger]:
        """Of whose deciding attempts nothing was heard for long enough."""
        found = []
        while self.next_known() <= now:
            found.append(self.trials.popleft().share.ledger)
        return found

    def next_known(self) -> float:
        """When that will be so of the next one. Of those that have ended it is known already."""
        while self.trials and self.trials[0].share.ledger.trial is not self.trials[0]:
            self.trials.popleft()
        return self.trials[0].sent + HEARD if self.trials else inf

    def unrefused(self, now: float, trial: Bucket) -> bool:
        """Is it out for so long that it was let through?"""
        if now < trial.sent + HEARD or not self.one_by_one(trial.share.ledger):
            return False
        self.ends(trial, vain=False)
        return self.found_out(trial, good=True)

    def found_out(self, bucket: Bucket, *, good: bool) -> bool:
        """Was this the attempt that decides whether its project gets more?"""
        ledger = bucket.share.ledger
        if not ledger.found_out(bucket, good=good, careful=self.careful):
            return False
        self.next_known()
        self.reached(ledger.requests, good=good)
        return True

    def reached(self, requests: int, *, good: bool) -> None:
        """So many a minute were let through with one project, or one too many."""
        if good and requests > self.most:
            self.most, self._more = requests, 0.0
        elif not good and requests >= self.most:
            self._more += 1

    def answered(self) -> None:
        """A good answer, with whatever key."""
        self._credit = min(self._credit + SHARE, max(self._credit, DEBT))

    def afford(self) -> None:
        """Whoever has waited for long, or can't wait, tries one whatever came of the others."""
        self._credit = max(self._credit, 1.0)

    def next_turn(self, now: float) -> float:
        """When one more that got nothing of what it shares with others is tried again."""
        self._again = max(self._again + APART, now + NOT_BEFORE)
        return self._again
