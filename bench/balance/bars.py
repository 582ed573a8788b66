"""What must be reached, as a table, each beside the oracle in the same run."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench.balance.arrivals import PATIENCE
from bench.balance.figures import Figures
from bench.balance.scenario import Scenario
from bench.balance.schedulers import ORACLE, OURS, REPLICAS

LOW, HIGH = (0.5, 0.8), (1.5, 3.0)
MANY_LIVING = 8  # projects, from which on nearly every call is good or told why not
SETTLED = 0.995  # of the calls
POSSIBLE = 0.95  # of the oracle's calls at load 0.8 are good, or else the row has no bar
ENOUGH_CHECKED = 10  # refusals
PROBES = 4  # of a dead key in its first day, by the gateway itself: after 1, 2, 4 and 8 hours


@dataclass(frozen=True)
class Result:
    """One line of the table: a scenario at a load, and every scheduler's figures."""

    scenario: Scenario
    load: float
    living: int  # projects, the fewest of all seeds
    figures: dict[str, Figures]

    @property
    def oracle(self) -> Figures:
        return self.figures[ORACLE]

    @property
    def ours(self) -> Figures:
        return self.figures[OURS]

    @property
    def replicas(self) -> Figures | None:
        return self.figures.get(REPLICAS)


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A limit; `value` is None where there is nothing to judge."""

    name: str
    value: Callable[[Result], float | None]
    limit: float
    applies: Callable[[Result], bool]
    at_least: bool = False

    def missed(self, result: Result) -> str | None:
        """What to say where it isn't met."""
        value = self.value(result) if self.applies(result) else None
        if value is None or (value >= self.limit if self.at_least else value <= self.limit):
            return None
        return f"{self.name} {value:.4g} {'<' if self.at_least else '>'} {self.limit:g}"


def good_ratio(result: Result) -> float | None:
    """Ours beside the oracle's."""
    return _ratio(result.ours.good, result.oracle.good)


def price_ratio(result: Result) -> float | None:
    """Upstream calls per good answer, ours beside the oracle's."""
    return _ratio(result.ours.price, result.oracle.price)


def replicas_good(result: Result) -> float | None:
    """Several replicas beside one."""
    return _ratio(result.replicas.good, result.ours.good) if result.replicas else None


def replicas_price(result: Result) -> float | None:
    """The same for upstream calls per good answer."""
    return _ratio(result.replicas.price, result.ours.price) if result.replicas else None


def dead_calls(result: Result) -> float | None:
    """With the dead key that was asked most often in a day, the gateway's own probes included."""
    calls = result.ours.dead_calls_a_day
    return calls + PROBES if calls else 0.0


def _ratio(ours: float, other: float) -> float | None:
    return ours / other if other else None


def _settled(result: Result) -> float:
    return _settled_by(result.ours)


def _settled_by(figures: Figures) -> float:
    return figures.good_share + figures.told_share


def _true(result: Result) -> float | None:
    return result.ours.true_share if result.ours.checked >= ENOUGH_CHECKED else None


def _silent(result: Result) -> float:
    return sum(figures.silent for name, figures in result.figures.items() if name in (OURS, REPLICAS))


def _always(_result: Result) -> bool:
    return True


def _low(result: Result) -> bool:
    return result.load in LOW


def _high(result: Result) -> bool:
    return result.load in HIGH


def _roomy(result: Result) -> bool:
    """Is there room for nearly every call? Where the oracle has none, nobody has."""
    calm = result.living >= MANY_LIVING and result.scenario.longest_outage <= PATIENCE
    return _low(result) and calm and _settled_by(result.oracle) >= SETTLED


def _cold(result: Result) -> bool:
    return _low(result) and not result.scenario.labelled


def _busy(result: Result) -> bool:
    return result.load >= max(LOW)


BARS = (
    Bar(name="good ÷ oracle", value=good_ratio, limit=0.995, applies=_low, at_least=True),
    Bar(name="good ÷ oracle", value=good_ratio, limit=0.97, applies=_high, at_least=True),
    Bar(name="good or told", value=_settled, limit=SETTLED, applies=_roomy, at_least=True),
    Bar(name="calls per good ÷ oracle", value=price_ratio, limit=1.03, applies=_low),
    Bar(name="calls per good ÷ oracle", value=price_ratio, limit=1.05, applies=_high),
    Bar(name="cold calls per good", value=lambda result: result.ours.cold_price, limit=1.25, applies=_cold),
    Bar(name="dead key's calls a day", value=dead_calls, limit=12, applies=_always),
    Bar(name="silent", value=_silent, limit=0, applies=_always),
    Bar(name="true times", value=_true, limit=0.95, applies=_always, at_least=True),
    Bar(name="replicas' good ÷ one's", value=replicas_good, limit=0.98, applies=_busy, at_least=True),
    Bar(name="replicas' calls per good ÷ one's", value=replicas_price, limit=1.10, applies=_busy),
)


def judge(results: Sequence[Result]) -> dict[int, list[str] | None]:
    """What each line misses, by its number; None where a line has no bar."""
    hopeless = {
        result.scenario.name for result in results if result.load == max(LOW) and result.oracle.good_share < POSSIBLE
    }
    return {
        number: None
        if result.scenario.name in hopeless or OURS not in result.figures
        else [words for bar in BARS if (words := bar.missed(result))]
        for number, result in enumerate(results)
    }
