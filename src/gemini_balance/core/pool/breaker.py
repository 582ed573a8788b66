"""A model that Google has no capacity for is dead on every key: one attempt at a time finds out when it lives again."""

from __future__ import annotations

from dataclasses import dataclass

RUN = 10.0  # seconds that failures are counted together
FEWEST = 5  # failures that may be chance
SHARE = 0.75  # of the attempts since the first of them
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 8.0


@dataclass(slots=True, eq=False)
class Breaker:
    """Of one quota model. It judges attempts sent since the first failure: those before tell of better times."""

    since: float = 0.0
    sent: int = 0
    failed: int = 0
    until: float = 0.0  # no attempt before
    pauses: int = 0  # in a row
    probe: float | None = None  # when the attempt was sent that decides

    def opens_at(self, now: float) -> float:
        """When an attempt may be made; infinity while another one finds out."""
        if not self.pauses:
            return now
        return max(now, self.until) if self.probe is None else float("inf")

    def sending(self, now: float) -> None:
        self.sent += 1
        if self.pauses:
            self.probe = now

    def ended(self, now: float, sent: float, *, overloaded: bool, dice: float) -> None:
        """How an attempt came out, or that its answer has begun; `dice` in 0..1."""
        if not overloaded:
            if sent >= self.since:
                self.pauses, self.probe = 0, None
            return
        if now - self.since > RUN and not self.pauses:
            self.since, self.sent, self.failed = now, 1, 0
        self.failed += 1
        if sent == self.probe or (not self.pauses and self.failed >= max(FEWEST, SHARE * self.sent)):
            self._pause(now, dice)

    def undecided(self, sent: float) -> None:
        """An attempt ended in a way that tells nothing. If it was to find out, another may."""
        if sent == self.probe:
            self.probe = None

    def _pause(self, now: float, dice: float) -> None:
        self.until = now + min(FIRST_PAUSE * 2**self.pauses, LONGEST_PAUSE) * (0.75 + dice / 2)
        self.pauses += 1
        self.probe = None
        self.since, self.sent, self.failed = now, 0, 0
