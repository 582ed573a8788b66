"""What is scarce is divided between replicas, not raced for: what is left of a window belongs to one at a time.

Whose it is, every replica finds by itself: from the project's name, who waits, and the clock. Who waits is what all
told so long ago that everybody has heard it; what becomes a replica's own it takes only when its predecessor's deeds
are known.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from math import inf
from typing import TYPE_CHECKING
from zlib import crc32

import msgspec

from gemini_balance.core.pool.key import name_of

if TYPE_CHECKING:
    from gemini_balance.core.pool.windows import Ledger

LOOK = 1.0  # seconds between two looks at who waits: all look at the same moments
HEARD = HANDOVER = 0.5  # seconds after which what was told, and what a predecessor did, is known
ROUND = 16.0  # seconds in which every replica has its turn with every project: callers wait for 20
MANY = 16  # words of each replica that are kept
GONE = 3.0  # seconds of silence after which a replica is taken for dead
PASSED_OVER = 64  # projects, by a batch, since it is another's turn with them
HALF = 0.5  # of the tokens, below which they are divided


class Present(msgspec.Struct, frozen=True, tag="present"):
    """A replica lives, and calls of these quota models wait at it. Told at every beat, by its own clock."""

    origin: str
    at: float
    waits: tuple[str, ...] = ()


@dataclass(slots=True)
class Turns:
    """The replicas, of which this is one: who lives, and who waits for what."""

    me: str
    replicas: tuple[str, ...]
    _began: float = 0.0
    _heard: dict[str, float] = field(default_factory=dict)  # when, last
    _told: dict[str, deque[Present]] = field(default_factory=dict)

    @property
    def place(self) -> float:
        """Of this one among all, from 0 to 1."""
        return self.replicas.index(self.me) / len(self.replicas)

    @property
    def length(self) -> float:
        """Of one turn, in seconds."""
        return max(ROUND / len(self.replicas), 2 * HANDOVER)

    def hear(self, now: float, present: Present) -> bool:
        """A replica lives, and says what it waits for. Is it new here, or back?"""
        if present.origin not in self.replicas:
            return False
        told = self._told.setdefault(present.origin, deque(maxlen=MANY))
        if told and 0 <= told[-1].at - present.at < GONE:
            return False  # told before
        told.append(present)
        last, self._heard[present.origin] = self._heard.get(present.origin, 0.0), now
        return now - last > GONE

    def alive(self, now: float) -> tuple[str, ...]:
        """Of whom nothing was heard yet is given some time."""
        self._began = self._began or now
        return tuple(n for n in self.replicas if n == self.me or now - self._heard.get(n, self._began) <= GONE)

    def waits(self, name: str, model: str, until: float) -> bool:
        """As far as it had told until then, by its own clock."""
        told = self._told.get(name, ())
        last = next((present for present in reversed(told) if present.at <= until), None)
        return last is not None and model in last.waits


@dataclass(frozen=True, slots=True)
class Shift:
    """Which turn it is, and who takes part: those who wait, or where nobody does, all that live."""

    number: int
    parts: tuple[str, ...]
    contended: bool  # somebody waits


@dataclass(slots=True)
class Rota:
    """Whose turn it is with the projects of one quota model."""

    turns: Turns
    model: str
    since: float = 0.0  # when the shift changed
    _elsewhere: dict[Ledger, float] = field(default_factory=dict)  # theirs, and when they may be ours
    _seen: float = 0.0  # the last change after which those were looked at
    _looked: int = 0
    _shift: Shift = Shift(0, (), contended=False)
    _before: Shift = _shift

    def contended(self, now: float) -> bool:
        """Does anybody wait?"""
        return self._now(now).contended

    def mine(self, now: float, ledger: Ledger) -> bool:
        """May it be used here, since there is enough for all or it is our turn?"""
        if self._enough(now, ledger) or self.ours(now, ledger):
            self._elsewhere.pop(ledger, None)
            return True
        return False

    def anothers(self, now: float, ledger: Ledger, units: int) -> bool:
        """Somebody waits, a batch like this from each would be too much for it, and it is not our turn."""
        crowded = self.contended(now) and ledger.room < units * len(self.turns.replicas)
        return crowded and not self.ours(now, ledger)

    def put_off(self, now: float, ledger: Ledger) -> float | None:
        """It is another's turn. Returns when to look again, unless that was said before."""
        if self._elsewhere.get(ledger, 0.0) > now:
            return None
        at = self._elsewhere[ledger] = self._next(now, ledger)
        return at

    def back(self, now: float) -> list[Ledger]:
        """Those of which some may be ours now, since it changed who takes part."""
        if not self._elsewhere:
            return []
        self._now(now)
        changed = self.since + HANDOVER if now - self.since >= HANDOVER else self.since
        if changed <= self._seen:
            return []
        self._seen = changed
        found, self._elsewhere = list(self._elsewhere), {}
        return found

    def _enough(self, now: float, ledger: Ledger) -> bool:
        """May all take of it at the same moment? While nobody waits, or it is untouched, nobody takes much at once."""
        tpm = ledger.limits.tpm
        if ledger.room < len(self.turns.replicas) or (tpm is not None and ledger.token_room <= HALF * tpm):
            return False
        return ledger.room == inf or not ledger.requests or not self.contended(now)

    def ours(self, now: float, ledger: Ledger) -> bool:
        """Is it our turn, and what was done in the one before can be known?"""
        place, shift = self._place(ledger), self._now(now)
        mine = self._owner(place, shift) == self.turns.me
        return mine and (now - self.since >= HANDOVER or self._owner(place, self._before) == self.turns.me)

    def _next(self, now: float, ledger: Ledger) -> float:
        """When it is our turn, if those who take part stay the same."""
        place, shift, length = self._place(ledger), self._now(now), self.turns.length
        for number in range(shift.number, shift.number + len(self.turns.replicas) + 1):
            if self._owner(place, Shift(number, shift.parts, shift.contended)) == self.turns.me:
                return max(number * length, self.since) + HANDOVER
        return (self._looked + 1) * LOOK + HANDOVER

    def _now(self, now: float) -> Shift:
        looked = int(now // LOOK)
        if looked != self._looked:
            alive = self.turns.alive(now)
            waiting = tuple(name for name in alive if self.turns.waits(name, self.model, looked * LOOK - HEARD))
            shift = Shift(int(now // self.turns.length), waiting or alive, bool(waiting))
            if shift != self._shift:
                self._before, self._shift = self._shift if self._looked else shift, shift
                self.since = looked * LOOK
            self._looked = looked
        return self._shift

    def _place(self, ledger: Ledger) -> int:
        return crc32(f"{name_of(ledger.domain)} {self.model}".encode())

    def _owner(self, place: int, shift: Shift) -> str:
        """All have their turns; that of one who takes no part goes to those who do."""
        replicas, turn = self.turns.replicas, place + shift.number
        owner = replicas[turn % len(replicas)]
        return owner if owner in shift.parts else shift.parts[turn // len(replicas) % len(shift.parts)]
