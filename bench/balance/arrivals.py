"""The calls: when they come, from whom, how big. All schedulers get the very same ones."""

from collections.abc import Callable, Iterator, Sequence
from math import inf, log
from random import Random
from typing import NamedTuple

from bench.balance.clock import START, Clock
from bench.balance.scenario import Callers, Phases

PATIENCE = 20.0  # seconds that a caller waits for a key
TIDES = (0.6, 0.9, 1.0, 1.2, 1.4)  # the rate wanders between these, times the mean
TIDE_SECONDS = 10
SPIKE_CHANCE = 0.04  # of a second to be a spike
SPIKE = 5.0  # times the mean
CLIENTS = (("app", 0.50), ("batch", 0.25), ("team", 0.15), ("cli", 0.07), ("guest", 0.03))
STREAMED = 0.5
DEADLINES = (30.0, 90.0)  # seconds after the arrival, for those that have one
MISJUDGED = 0.2  # how far the estimate of tokens may be off, either way
FEWEST_TOKENS = 20
BYTES_PER_TOKEN = 4


class Call(NamedTuple):
    """What one caller asks. `tokens` is the truth, `estimate` what a gateway guesses from the body."""

    id: int
    at: float
    model: str
    tokens: int
    estimate: int
    client: str
    streamed: bool
    deadline: float

    @property
    def size(self) -> int:
        return self.tokens * BYTES_PER_TOKEN


def calls_of(callers: Callers, rate: float, phases: Phases, seed: str) -> list[Call]:
    """So many a second in the mean before and in the measured time, with tides and spikes."""
    dice = Random(seed)
    begins = [START + second for second in range(int(phases.stop))]
    rates = [rate * much for much in _weather(phases, dice)]
    moments = (at for begin, now in zip(begins, rates, strict=True) for at in _within(begin, now, dice))
    return [_call(number, at, callers, dice) for number, at in enumerate(moments)]


def _weather(phases: Phases, dice: Random) -> list[float]:
    """How many times the mean rate each second has."""
    seconds, tide, much = int(phases.stop), 1.0, []
    for second in range(seconds):
        if second % TIDE_SECONDS == 0:
            tide = dice.choice(TIDES)
        much.append(SPIKE if dice.random() < SPIKE_CHANCE else tide)
    warm, weights = int(phases.warm), [phases.weight(second + 0.5) for second in range(seconds)]
    return [*_levelled(much[:warm], [1.0] * warm), *_levelled(much[warm:], weights[warm:])]


def _levelled(much: Sequence[float], weights: Sequence[float]) -> list[float]:
    """With a weighted mean of one."""
    mean = sum(value * weight for value, weight in zip(much, weights, strict=True)) / sum(weights)
    return [value / mean for value in much]


def _within(begin: float, rate: float, dice: Random) -> Iterator[float]:
    at = begin + dice.expovariate(rate)
    while at < begin + 1.0:
        yield at
        at += dice.expovariate(rate)


def _call(number: int, at: float, callers: Callers, dice: Random) -> Call:
    tokens = int(min(max(dice.lognormvariate(log(callers.tokens), callers.spread), FEWEST_TOKENS), callers.most))
    late = at + dice.uniform(*DEADLINES) if dice.random() < callers.deadlines else inf
    return Call(
        id=number,
        at=at,
        model=_one_of(callers.models, dice),
        tokens=tokens,
        estimate=round(tokens * dice.uniform(1 - MISJUDGED, 1 + MISJUDGED)),
        client=_one_of(CLIENTS, dice),
        streamed=dice.random() < STREAMED,
        deadline=late,
    )


def _one_of(shares: tuple[tuple[str, float], ...], dice: Random) -> str:
    at = dice.random()
    for name, share in shares:
        at -= share
        if at < 0:
            return name
    return shares[-1][0]


class Arrivals:
    """Hands each call over when its time comes."""

    def __init__(self, clock: Clock, calls: Sequence[Call], to: Callable[[Call], None]) -> None:
        self._clock = clock
        self._calls = iter(calls)
        self._to = to

    def begin(self) -> None:
        """Name the first one to the clock."""
        self._next()

    def stop(self) -> None:
        """Nobody comes any more."""
        self._calls = iter(())
        self._to = _nobody

    def _next(self) -> None:
        call = next(self._calls, None)
        if call is not None:
            self._clock.at(call.at, self._arrive, call)

    def _arrive(self, call: Call) -> None:
        self._next()
        self._to(call)


def _nobody(_call: Call) -> None:
    return
