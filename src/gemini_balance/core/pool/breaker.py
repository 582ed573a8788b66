"""A model that Google has no capacity for refuses on every key: calls wait for it instead of being burnt.

While some attempts are refused the others are paced, for each refusal leaves its quota to the next one in the queue.
While nearly all are, one attempt at a time finds out.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from math import inf

import msgspec

SECONDS = 3.0  # that an attempt's fate tells something
LOOKS_BACK = 10  # attempts
SOME = 2  # of them refused: it is rough
FEWEST, NEARLY_ALL = 5, 0.7  # so many of at least so many refused: it is paused
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 2.0
MOST_PAUSES = 10  # that are counted
PASSED = 2  # attempts let through in a row that end the pauses
FASTER = 1.5  # times the pace of the last minute is what is sent while it is rough ...
SLOWEST_PACE = 2.0  # ... but never less than so many attempts a second
USUAL, LONGEST = 0.3, 5.0  # seconds until a refusal is heard
LONGER = 1.5  # times what refusals took lately: what is out for so long was let through


class _Fate(msgspec.Struct, gc=False, eq=False):
    sent: float
    refused: bool | None = None  # not known yet
    counted: bool = False  # or never to be


@dataclass(slots=True, eq=False)
class Breaker:
    """Of one quota model. Refusals are heard before successes, so attempts are judged in the order of their sending."""

    pauses: int = 0  # in a row; 0: not paused
    _until: float = 0.0  # no attempt before
    _since: float = 0.0  # when it was paused: who was sent before tells nothing new
    _passed: int = 0  # in a row since then
    _rough: float = -inf  # when it last was
    _gap: float = 0.0  # seconds between attempts while it is
    _pace: float = 0.0  # attempts a second, as last heard
    _dice: float = 0.5
    _sent: float = 0.0  # when the last attempt was made
    _slow: float = USUAL  # seconds that refusals took lately
    _out: dict[int, _Fate] = field(default_factory=dict)  # by attempt
    _line: deque[_Fate] = field(default_factory=deque)  # the same, as they were sent
    _seen: deque[_Fate] = field(default_factory=lambda: deque(maxlen=LOOKS_BACK))

    def opens_at(self, now: float, *, paced: bool = True) -> float:
        """When an attempt may be made, if nothing is heard until then."""
        self._learn(now)
        if self.pauses:
            return max(now, self._until, self._decided_at())
        return max(now, self._sent + self._gap) if paced and self._is_rough(now) else now

    def refuses(self, now: float) -> bool:
        """Does the model refuse nearly everything just now?"""
        self._learn(now)
        return self.pauses > 0

    def sending(self, now: float, attempt: int) -> None:
        self._learn(now)
        fate = self._out[attempt] = _Fate(now)
        self._line.append(fate)
        self._sent = now

    def passed(self, now: float, attempt: int) -> None:
        """Its answer has begun, or is there."""
        fate = self._out.pop(attempt, None)
        if fate is not None:
            fate.refused = False
            self._learn(now)

    def refused(self, now: float, attempt: int, sent: float, pace: float, dice: float) -> None:
        """There was no capacity for it. `pace`: attempts a second in the last minute; `dice` in 0..1."""
        self._pace, self._dice = pace, dice
        self._slow = max(0.9 * self._slow, min(now - sent, LONGEST))
        fate = self._out.pop(attempt, None)
        if fate is None or fate.counted:
            self._judge(now, _Fate(sent, refused=True))
        else:
            fate.refused = True
        self._learn(now)

    def undecided(self, attempt: int) -> None:
        """It ended in a way that tells nothing."""
        fate = self._out.pop(attempt, None)
        if fate is not None:
            fate.refused, fate.counted = False, True

    def _learn(self, now: float) -> None:
        """Judge whose fate is known, up to the first one whose isn't. Who is out for long was let through."""
        line, long_ago = self._line, now - LONGER * self._slow
        while line and (line[0].refused is not None or line[0].sent <= long_ago):
            fate = line.popleft()
            if not fate.counted:
                fate.counted = True
                self._judge(now, fate)

    def _decided_at(self) -> float:
        return self._line[0].sent + LONGER * self._slow if self._line else 0.0

    def _is_rough(self, now: float) -> bool:
        return now < self._rough + SECONDS

    def _judge(self, now: float, fate: _Fate) -> None:
        if self.pauses:
            if fate.sent >= self._since:
                self._probed(now, refused=bool(fate.refused))
            return
        self._seen.append(fate)
        while self._seen and self._seen[0].sent < now - SECONDS - LONGER * self._slow:
            self._seen.popleft()
        if fate.refused:
            self._weigh(now)

    def _weigh(self, now: float) -> None:
        refused = sum(fate.refused is True for fate in self._seen)
        if refused >= SOME:
            self._roughen(now)
        if len(self._seen) >= FEWEST and refused >= NEARLY_ALL * len(self._seen):
            self._since, self._passed = now, 0
            self._pause(now)

    def _roughen(self, now: float) -> None:
        """The pace is that of before: what is refused counts against nobody's quota."""
        if not self._is_rough(now):
            self._gap = 1 / max(FASTER * self._pace, SLOWEST_PACE)
        self._rough = now

    def _probed(self, now: float, *, refused: bool) -> None:
        if refused:
            self._passed = 0
            self._roughen(now)
            self._pause(now)
            return
        self._passed += 1
        self._until = now
        if self._passed >= PASSED:
            self.pauses = 0
            self._seen.clear()

    def _pause(self, now: float) -> None:
        self._until = now + min(FIRST_PAUSE * 2**self.pauses, LONGEST_PAUSE) * (0.75 + self._dice / 2)
        self.pauses = min(self.pauses + 1, MOST_PAUSES)
