"""The true upstream. A scheduler sees nothing of it but its answers."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import NamedTuple

from bench.balance.arrivals import Call
from bench.balance.chances import draw, lognormal
from bench.balance.clock import START, Clock
from bench.balance.fleet import Fleet, Key, Project, Trouble
from bench.balance.scenario import Faults, Scenario
from bench.balance.windows import Full, Kind, Meter

TRAVEL = (0.020, 0.150)  # seconds, each way
SERVICE_MEDIAN, SERVICE_SPREAD = 4.0, 0.8
SERVICE = (1.0, 20.0)
DAY_DELAY = (4.0, 31.0)  # Google names seconds where the whole day is spent
FIRST_BYTE = 0.2  # of an answer's time until it begins
NO_ROOM_EVER = 60.0  # what is named to a request that is bigger than the whole window


class Verdict(Enum):
    """What a call comes to."""

    WHOLE = auto()
    EMPTY = auto()
    CUT_EARLY = auto()  # before any content
    CUT_LATE = auto()  # after the caller has seen text
    BROKEN = auto()  # 500
    OVERLOADED = auto()  # 503
    MINUTE = auto()  # 429, like the next two
    DAY = auto()
    UNKNOWN = auto()  # a 429 that names neither window nor time
    DEAD = auto()
    SUSPENDED = auto()


LASTS = {Verdict.WHOLE: 1.0, Verdict.EMPTY: 0.5, Verdict.CUT_EARLY: 0.2, Verdict.CUT_LATE: 0.7}
"""Which part of the time of a whole answer each takes; these were served, so they count against the quota."""
SERVED = frozenset(LASTS)


class Answer(NamedTuple):
    """What the upstream says."""

    verdict: Verdict
    retry_after: float | None = None
    limits: tuple[tuple[Kind, int], ...] = ()
    consumer: str = ""


@dataclass(slots=True, eq=False)
class Trip:
    """One call on its way to the upstream with a key, and back."""

    call: Call
    key: Key
    number: int  # of the call's trips
    back: Callable[["Trip", Answer], None]
    begun: Callable[["Trip"], None]
    sent: float = 0.0
    answer: Answer | None = None


class World:
    """Counts, refuses, fails and answers."""

    def __init__(self, clock: Clock, fleet: Fleet, scenario: Scenario, seed: int) -> None:
        self._clock = clock
        self._faults, self._outages = scenario.faults, scenario.outages
        self._seed = seed
        self._served: dict[int, int] = {}  # by call: how many of its trips no quota or key stood against
        self.meters = {
            (project, model): Meter(quota, scenario.shape)
            for project in fleet.projects
            for model, quota in project.quotas.items()
        }
        for (project, _), meter in self.meters.items():
            if project.trouble is Trouble.SPENT:
                meter.spend_the_day()

    def send(self, trip: Trip, travel: float | None = None) -> None:
        """Let the trip begin; it arrives after `travel`, or after what chance says."""
        trip.sent = self._clock.now
        seconds = _between(TRAVEL, self._draw(trip, 1)) if travel is None else travel
        self._clock.at(trip.sent + seconds, self._arrive, trip)

    def _arrive(self, trip: Trip) -> None:
        answer = trip.answer = self._refusal(trip) or self._service(trip)
        seconds = _between(TRAVEL, self._draw(trip, 2))
        if answer.verdict in SERVED:
            lasts = seconds_of(self._seed, trip.call) * LASTS[answer.verdict]
            self._clock.at(self._clock.now + seconds + lasts * FIRST_BYTE, trip.begun, trip)
            seconds += lasts
        self._clock.at(self._clock.now + seconds, _come_back, trip)

    def _refusal(self, trip: Trip) -> Answer | None:
        key = trip.key
        if key.dead:
            return Answer(Verdict.DEAD)
        if key.project.trouble is Trouble.SUSPENDED:
            return Answer(Verdict.SUSPENDED, consumer=key.project.name)
        meter = self.meters[key.project, trip.call.model]
        full = meter.full(self._clock.now, trip.call.tokens)
        return self._too_many(trip, key.project, meter, full) if full else None

    def _too_many(self, trip: Trip, project: Project, meter: Meter, full: Full) -> Answer:
        if project.trouble is Trouble.UNKNOWN:
            return Answer(Verdict.UNKNOWN)
        limits = tuple((kind, getattr(meter.quota, kind) or 0) for kind in full.kinds)
        if Kind.RPD in full.kinds:
            return Answer(Verdict.DAY, _between(DAY_DELAY, self._draw(trip, 3)), limits)
        return Answer(Verdict.MINUTE, min(full.opens - self._clock.now, NO_ROOM_EVER), limits)

    def _service(self, trip: Trip) -> Answer:
        call = trip.call
        nth = self._served[call.id] = self._served.get(call.id, 0) + 1
        if draw(self._seed, 4, call.id, nth) < self._overload(call.model):
            return Answer(Verdict.OVERLOADED)
        verdict = fault_of(self._faults, self._seed, call, nth)
        if verdict in SERVED:
            self.meters[trip.key.project, call.model].count(self._clock.now, call.tokens)
        return Answer(verdict)

    def _overload(self, model: str) -> float:
        now = self._clock.now - START
        return max((o.rate for o in self._outages if o.begins <= now < o.ends and o.model == model), default=0.0)

    def _draw(self, trip: Trip, what: int) -> float:
        return draw(self._seed, what, trip.call.id, trip.number)


def fault_of(faults: Faults, seed: int, call: Call, nth: int) -> Verdict:
    """What the upstream makes of the nth try of a call that no quota or key stands against."""
    at = draw(seed, 5, call.id, nth)
    shares = (
        (Verdict.BROKEN, faults.broken),
        (Verdict.EMPTY, faults.empty),
        (Verdict.CUT_EARLY, faults.cut_early * call.streamed),
        (Verdict.CUT_LATE, faults.cut_late * call.streamed),
    )
    for verdict, share in shares:
        at -= share
        if at < 0:
            return verdict
    return Verdict.WHOLE


def seconds_of(seed: int, call: Call) -> float:
    """How long a whole answer takes; the same however often the call is tried."""
    seconds = lognormal(draw(seed, 6, call.id), SERVICE_MEDIAN, SERVICE_SPREAD)
    return min(max(seconds, SERVICE[0]), SERVICE[1])


def _between(span: tuple[float, float], at: float) -> float:
    return span[0] + (span[1] - span[0]) * at


def _come_back(trip: Trip) -> None:
    assert trip.answer is not None
    trip.back(trip, trip.answer)
