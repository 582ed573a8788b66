"""The oracle's breaker: while a model refuses nearly everything, calls wait instead of being burnt."""

from collections import deque

from bench.balance.world import TRAVEL, Trip, Verdict

REFUSED_BY = 2 * TRAVEL[1] + 0.01  # a trip that is out for longer was let through
LOOKS_BACK, SECONDS, FEWEST = 10, 3.0, 5  # trips that it judges by, how old they may be, and how many it needs
SHARE = 0.7  # of them refused: it opens
PROBE_EVERY = 0.5
PASSED = 2  # probes let through in a row: it shuts again


class Breaker:
    """Of one model. `pace`: what its quota lets through in the long run, calls a second."""

    def __init__(self, pace: float) -> None:
        self._gap = 1 / pace
        self._out: deque[Trip] = deque()  # in the order in which they were sent; nothing is known of them yet
        self._seen: deque[tuple[float, bool]] = deque(maxlen=LOOKS_BACK)  # when it was sent, whether it was refused
        self._sent = float("-inf")
        self._refused = float("-inf")  # when the last refused trip was sent
        self._open = False

    def sent(self, trip: Trip) -> None:
        """A trip has begun."""
        self._out.append(trip)
        self._sent = trip.sent

    def is_open(self, now: float) -> bool:
        """Whether the model refuses nearly everything just now."""
        self._learn(now)
        return self._open

    def lets(self, now: float) -> bool:
        """Whether one more may go. A refused call leaves its room to the next: without a pace, a queue would burn."""
        self._learn(now)
        return now >= self._sent + self._pause(now)

    def again(self, now: float) -> float:
        """When to ask anew: when the next one may go, or when it is known what the last one came to."""
        known = self._out[0].sent + REFUSED_BY if self._out else float("inf")
        return min(self._sent + self._pause(now), known)

    def _pause(self, now: float) -> float:
        if self._open:
            return PROBE_EVERY
        return self._gap if now < self._refused + SECONDS else 0.0

    def _learn(self, now: float) -> None:
        while self._out and self._out[0].sent + REFUSED_BY <= now:
            trip = self._out.popleft()
            refused = trip.answer is not None and trip.answer.verdict is Verdict.OVERLOADED
            self._seen.append((trip.sent, refused))
            self._refused = trip.sent if refused else self._refused
            self._judge()
        while self._seen and self._seen[0][0] < now - SECONDS - REFUSED_BY and not self._open:
            self._seen.popleft()

    def _judge(self) -> None:
        refusals = [refused for _, refused in self._seen]
        if self._open and not any(refusals[-PASSED:]):
            self._open = False
            self._seen.clear()
        elif len(refusals) >= FEWEST and sum(refusals) >= SHARE * len(refusals):
            self._open = True
