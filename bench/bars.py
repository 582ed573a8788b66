"""The figures that are reported, as a table, with the bars of today and the goals of tomorrow; and the verdicts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from bench.gateway import GATEWAY, JOURNALLED

# By scenario, by target, by name of the figure: one number for all its turns (`runner.figures_of`).
Taken = Mapping[str, Mapping[str, Mapping[str, float]]]


class Compare(Enum):
    """What is judged, and how nginx is set beside it."""

    RATIO = "× nginx"  # the gateway's figure ÷ nginx's
    BESIDE = "beside"  # the gateway's figure, nginx's for comparison
    JOURNAL = "journal"  # the gateway's figure with the journal, less that without
    ADDED = "added"  # both less the figure of asking the upstream directly


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of the report."""

    scenario: str
    figure: str
    label: str
    unit: str
    compare: Compare = Compare.BESIDE
    bar: float | None = None  # must be met today
    goal: float | None = None  # where we mean to be
    at_least: bool = False  # the bar is a floor, not a ceiling


CPU = Compare.RATIO

ROWS = (
    Row(scenario="start", figure="start_s", label="cold start", unit="s", bar=1, goal=1),
    Row(scenario="start", figure="idle_mb", label="idle memory", unit="MB", goal=100),
    Row(scenario="chat", figure="cpu_us", label="chat, 1 KB", unit="CPU µs/request", compare=CPU, bar=10, goal=4),
    Row(scenario="chat", figure="rps", label="chat, throughput", unit="requests/s"),
    Row(scenario="chat", figure="latency_p50_us", label="chat, latency p50 when saturated", unit="µs"),
    Row(scenario="chat", figure="latency_p99_us", label="chat, latency p99 when saturated", unit="µs"),
    Row(
        scenario="journal",
        figure="side_us",  # the writer's thread: two processes differ by more than it takes
        label="writing the journal",
        unit="CPU µs/request",
        compare=Compare.JOURNAL,
        bar=15,
    ),
    Row(scenario="multi", figure="cpu_us", label="chat, 20 KB", unit="CPU µs/request", compare=CPU, bar=12, goal=5),
    Row(scenario="native", figure="cpu_us", label="native, 1 KB", unit="CPU µs/request", compare=CPU),
    Row(scenario="burst", figure="cpu_us_event", label="burst", unit="CPU µs/event", compare=CPU, bar=8, goal=4),
    Row(scenario="native_burst", figure="cpu_us_event", label="native burst", unit="CPU µs/event", compare=CPU),
    Row(scenario="paced", figure="cpu_us_event", label="paced", unit="CPU µs/event", compare=CPU, goal=3),
    Row(scenario="paced", figure="event_delay_p50_us", label="paced, delay of an event p50", unit="µs"),
    Row(scenario="paced", figure="event_delay_p99_us", label="paced, delay of an event p99", unit="µs"),
    Row(scenario="lat", figure="latency_p50_us", label="added latency p50", unit="µs", compare=Compare.ADDED),
    Row(scenario="lat", figure="latency_p99_us", label="added latency p99", unit="µs", compare=Compare.ADDED),
    Row(scenario="hold", figure="held", label="streams really held", unit="streams", bar=1_000, at_least=True),
    Row(scenario="hold", figure="kb_per_stream", label="memory per held stream", unit="KB", bar=40, goal=30),
    Row(scenario="abort", figure="ended", label="clients leave, upstream ended", unit="of 20", bar=20, at_least=True),
    Row(scenario="abort", figure="ended_ms", label="clients leave, the last ended after", unit="ms", bar=1_000),
    Row(scenario="backpressure", figure="growth_mb", label="slow reader, memory growth", unit="MB", bar=10),
    Row(scenario="backpressure", figure="pulled_mb", label="slow reader, taken from upstream", unit="MB of 80"),
)


@dataclass(frozen=True)
class Verdict:
    """One line with its figures; what could not be measured is None."""

    row: Row
    nginx: float | None
    gateway: float | None

    @property
    def ratio(self) -> float | None:
        """How many times nginx; only where that is what the line is about."""
        if self.row.compare is not Compare.RATIO or self.gateway is None or not self.nginx:
            return None
        return self.gateway / self.nginx

    @property
    def judged(self) -> float | None:
        """The number that is held against bar and goal."""
        return self.ratio if self.row.compare is Compare.RATIO else self.gateway

    def meets(self, limit: float | None) -> bool | None:
        """Whether a limit is kept; None without a limit or a number."""
        if limit is None or self.judged is None:
            return None
        return self.judged >= limit if self.row.at_least else self.judged <= limit


def without_limits(row: Row) -> Row:
    """The line as a smoke test prints it: tiny loads say nothing about bars."""
    return replace(row, bar=None, goal=None)


def judge(taken: Taken, rows: Sequence[Row] = ROWS) -> list[Verdict]:
    """Every line whose scenario was run."""
    return [
        Verdict(row, _value(row, taken, "nginx"), _value(row, taken, "gateway"))
        for row in rows
        if row.scenario in taken
    ]


def _value(row: Row, taken: Taken, target: str) -> float | None:
    if row.compare is Compare.JOURNAL:
        target = JOURNALLED if target == GATEWAY else target
    value = taken[row.scenario].get(target, {}).get(row.figure)
    beside = {Compare.ADDED: "direct", Compare.JOURNAL: GATEWAY}.get(row.compare)
    if value is None or beside is None:
        return value
    base = taken[row.scenario].get(beside, {}).get(row.figure)
    return None if base is None else value - base
