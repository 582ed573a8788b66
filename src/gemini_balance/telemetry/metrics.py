"""Metrics for Prometheus: sums of what the journal tells, and what is read off the gateway when it is asked.

Nothing here is on the way of a call.
"""

from __future__ import annotations

import asyncio
from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.registry import Collector

from gemini_balance.core.readings import Readings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from prometheus_client.metrics_core import Metric as Family

    from gemini_balance.gateway.record import RequestRecord

PREFIX = "gemini_balance_"
BOUNDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 300.0, 600.0)  # seconds
OTHER = "other"
MOST_MODELS = 200  # that are told apart
USAGE = ("prompt", "cached", "tool_use", "output", "thoughts")

Labels = tuple[str, ...]


class Metric(NamedTuple):
    """One row. Histograms are of seconds."""

    name: str
    kind: str
    labels: Labels
    help: str


METRICS = (
    Metric("calls_total", "counter", ("dialect", "operation", "model", "status"), "Calls that ended, by HTTP status."),
    Metric("call_endings_total", "counter", ("ending",), "How they ended: whole, client_gone, or the error's code."),
    Metric("call_seconds", "histogram", ("operation", "model"), "From a call's first byte to its answer's last."),
    Metric("first_byte_seconds", "histogram", ("operation", "model"), "Until the first content that the caller saw."),
    Metric("waited_seconds", "histogram", (), "Time that calls spent in the queue for a key."),
    Metric("attempts_total", "counter", ("model", "cause"), "Attempts with a key, by what they came to."),
    Metric("tokens_total", "counter", ("model", "kind"), "Tokens as Google counts them; prompt includes cached."),
    Metric("calls_in_flight", "gauge", (), "Calls that are being served."),
    Metric("queue_calls", "gauge", ("upstream",), "Calls that wait for a key."),
    Metric("queue_bytes", "gauge", ("upstream",), "What their bodies hold in memory."),
    Metric("keys", "gauge", ("upstream", "state"), "Keys by their state."),
    Metric("model_paused", "gauge", ("upstream", "model"), "1 while Google has no capacity for the model."),
    Metric("unknown_answers_total", "counter", ("upstream", "status"), "Errors of Google's that no rule names."),
    Metric("journal_lost_total", "counter", (), "Records of calls that were dropped, since a sink failed."),
    Metric("alert_active", "gauge", ("kind",), "1 while the alert holds."),
    Metric("build_info", "gauge", ("version",), "Always 1."),
)  # fmt: skip
_ROWS = {metric.name: metric for metric in METRICS}


@dataclass(slots=True)
class _Histogram:
    counts: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS) + 1))
    sum: float = 0.0

    def add(self, seconds: float) -> None:
        self.counts[bisect_left(BOUNDS, seconds)] += 1
        self.sum += seconds


@dataclass(frozen=True, slots=True)
class Sources:
    """What is asked when metrics are: the gateway's readings, and kinds of alerts with whether they hold."""

    version: str
    readings: Callable[[], Readings]
    alerts: Callable[[], Iterable[tuple[str, bool]]] = lambda: ()


class Metrics:
    """Implements `RecordSink`. Models are told apart once one has answered: callers may invent names without end."""

    def __init__(self) -> None:
        self.sources = Sources("", lambda: Readings(0.0))  # until there is something to read off
        self._sums: dict[str, dict[Labels, float]] = defaultdict(lambda: defaultdict(float))
        self._times: dict[str, dict[Labels, _Histogram]] = defaultdict(lambda: defaultdict(_Histogram))
        self._models: set[str] = set()
        self._own = ProcessCollector(registry=None), PlatformCollector(registry=_NOWHERE), GCCollector(_NOWHERE)

    async def write(self, records: list[RequestRecord]) -> None:
        for record in records:
            self._count(record)

    async def exposition(self, accept: str) -> tuple[bytes, str]:
        """All of them as text, in the form that is asked for, and that form's content type."""
        families = [*self._families()]
        return await asyncio.to_thread(_written, (_Read(families), *self._own), accept)

    def _count(self, record: RequestRecord) -> None:
        model, sums = self._model(record), self._sums
        sums["calls_total"][record.dialect, record.operation, model, str(record.status)] += 1
        sums["call_endings_total"][record.ending,] += 1
        for attempt in record.attempts:
            sums["attempts_total"][model, attempt.cause] += 1
        self._time("call_seconds", (record.operation, model), record.seconds)
        if record.first_byte is not None:
            self._time("first_byte_seconds", (record.operation, model), record.first_byte)
        if record.model_used:
            self._time("waited_seconds", (), record.waited)
        if record.usage.total:
            for kind in USAGE:
                sums["tokens_total"][model, kind] += getattr(record.usage, kind)

    def _time(self, name: str, labels: Labels, seconds: float) -> None:
        self._times[name][labels].add(seconds)

    def _model(self, record: RequestRecord) -> str:
        model = record.model_used or record.model_asked
        if not model or model in self._models:
            return model
        if record.attempts and record.attempts[-1].cause == "answered" and len(self._models) < MOST_MODELS:
            self._models.add(model)
            return model
        return OTHER

    def _families(self) -> Iterator[Family]:
        read = {**self._sums, **_gauges(self.sources)}
        for metric in METRICS:
            if metric.kind == "histogram":
                yield _times(metric, self._times.get(metric.name, {}))
            else:
                yield _values(metric, read.get(metric.name, {}))


def _gauges(sources: Sources) -> dict[str, dict[Labels, float]]:
    now = sources.readings()
    pools = now.pools
    return {
        "calls_in_flight": {(): now.in_flight},
        "queue_calls": {(pool.upstream,): pool.waiting for pool in pools},
        "queue_bytes": {(pool.upstream,): pool.held for pool in pools},
        "keys": {(pool.upstream, state): count for pool in pools for state, count in pool.keys.items()},
        "model_paused": {(pool.upstream, model): 1 for pool in pools for model in pool.paused},
        "unknown_answers_total": {
            (pool.upstream, str(status or OTHER)): count
            for pool in pools
            for status, count in {**pool.unknown, 0: pool.beyond}.items()
            if count
        },
        "journal_lost_total": {(): now.lost},
        "alert_active": {(kind,): float(holds) for kind, holds in sources.alerts()},
        "build_info": {(sources.version,): 1},
    }


def _values(metric: Metric, values: dict[Labels, float]) -> Family:
    kind = CounterMetricFamily if metric.kind == "counter" else GaugeMetricFamily
    family = kind(PREFIX + metric.name, metric.help, labels=metric.labels)
    for labels, value in values.items():
        family.add_metric(labels, value)
    return family


def _times(metric: Metric, times: dict[Labels, _Histogram]) -> Family:
    family = HistogramMetricFamily(PREFIX + metric.name, metric.help, labels=metric.labels)
    for labels, histogram in times.items():
        family.add_metric(labels, [*_cumulated(histogram.counts)], histogram.sum)
    return family


def _cumulated(counts: list[int]) -> Iterator[tuple[str, float]]:
    total = 0
    for bound, count in zip((*map(str, BOUNDS), "+Inf"), counts, strict=True):
        total += count
        yield bound, total


class _Read(Collector):
    def __init__(self, families: list[Family]) -> None:
        self._families = families

    def collect(self) -> list[Family]:
        return self._families


_NOWHERE = CollectorRegistry(auto_describe=False)


def _written(collectors: tuple[Collector, ...], accept: str) -> tuple[bytes, str]:
    registry = CollectorRegistry(auto_describe=False)
    for collector in collectors:
        registry.register(collector)
    encode, kind = choose_encoder(accept)
    return encode(registry), kind
