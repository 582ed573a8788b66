"""What Prometheus reads: sums of the journal's records, and what is read off the gateway."""

from __future__ import annotations

import time

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics
from prometheus_client.parser import text_string_to_metric_families

from gemini_balance.core.outcome import Usage
from gemini_balance.core.readings import PoolReading, Readings
from gemini_balance.gateway.record import AttemptRecord, RequestRecord
from gemini_balance.telemetry.metrics import METRICS, MOST_MODELS, PREFIX, Metrics, Sources

pytestmark = pytest.mark.anyio
FLASH = "gemini-2.5-flash"
ANSWERED = AttemptRecord("key-a", "answered", 200, 0.5)
READINGS = Readings(
    0.0,
    in_flight=3,
    lost=2,
    pools=(
        PoolReading(
            "gemini_api", {"ready": 5, "invalid": 1}, {"key-a": "dead"}, 4, 99, frozenset({FLASH}), {418: 6}, 7
        ),
    ),
)


def record(model: str = FLASH, status: int = 200, *attempts: AttemptRecord, **fields: object) -> RequestRecord:
    known: dict[str, object] = {
        "dialect": "openai",
        "operation": "streamGenerateContent",
        "model_asked": model,
        "model_used": model,
    }
    known |= {"seconds": 1.5, "attempts": attempts or (ANSWERED,), "ending": "whole"} | fields
    return RequestRecord("id", 0.0, "POST", "/", "", status, **known)  # type: ignore[arg-type]


async def samples(*records: RequestRecord, readings: Readings = READINGS) -> dict[str, float]:
    metrics = Metrics()
    metrics.sources = Sources("1.2.3", lambda: readings, lambda: [("pool_dead", True), ("pool_low", False)])
    await metrics.write(list(records))
    text, _ = await metrics.exposition("")
    return {
        sample.name.removeprefix(PREFIX)
        + "{"
        + ",".join(f"{name}={value}" for name, value in sorted(sample.labels.items()))
        + "}": sample.value
        for family in text_string_to_metric_families(text.decode())
        for sample in family.samples
    }


async def test_a_call_is_counted_with_its_attempts_tokens_and_times() -> None:
    usage = Usage(prompt=10, cached=4, output=5, thoughts=2, total=17)
    failed = AttemptRecord("key-b", "quota_minute", 429, 0.1)
    found = await samples(record(FLASH, 200, failed, ANSWERED, usage=usage, first_byte=0.3, waited=7.0))
    where = f"model={FLASH},operation=streamGenerateContent"
    assert {
        f"calls_total{{dialect=openai,{where},status=200}}": 1,
        "call_endings_total{ending=whole}": 1,
        f"attempts_total{{cause=quota_minute,model={FLASH}}}": 1,
        f"attempts_total{{cause=answered,model={FLASH}}}": 1,
        f"tokens_total{{kind=prompt,model={FLASH}}}": 10,
        f"tokens_total{{kind=cached,model={FLASH}}}": 4,
        f"tokens_total{{kind=thoughts,model={FLASH}}}": 2,
        f"call_seconds_bucket{{le=1.0,{where}}}": 0,
        f"call_seconds_bucket{{le=2.5,{where}}}": 1,
        f"call_seconds_count{{{where}}}": 1,
        f"call_seconds_sum{{{where}}}": 1.5,
        f"first_byte_seconds_bucket{{le=0.5,{where}}}": 1,
        "waited_seconds_bucket{le=5.0}": 0,
        "waited_seconds_bucket{le=+Inf}": 1,
    }.items() <= found.items()


async def test_what_is_read_off_the_gateway_is_there_without_any_call() -> None:
    found = await samples()
    assert {
        "calls_in_flight{}": 3,
        "journal_lost_total{}": 2,
        "keys{state=ready,upstream=gemini_api}": 5,
        "keys{state=invalid,upstream=gemini_api}": 1,
        "queue_calls{upstream=gemini_api}": 4,
        "queue_bytes{upstream=gemini_api}": 99,
        f"model_paused{{model={FLASH},upstream=gemini_api}}": 1,
        "unknown_answers_total{status=418,upstream=gemini_api}": 6,
        "unknown_answers_total{status=other,upstream=gemini_api}": 7,
        "alert_active{kind=pool_dead}": 1,
        "alert_active{kind=pool_low}": 0,
        "build_info{version=1.2.3}": 1,
    }.items() <= found.items()
    assert {"process_cpu_seconds_total{}", "process_resident_memory_bytes{}"} <= set(found)


async def test_names_that_callers_invent_are_one() -> None:
    unknown = AttemptRecord("key-a", "model_unknown", 404, 0.1)
    found = await samples(*(record(f"made-up-{number}", 404, unknown) for number in range(1000)))
    assert [name for name in found if "made-up" in name] == []
    assert found["calls_total{dialect=openai,model=other,operation=streamGenerateContent,status=404}"] == 1000


async def test_models_that_answer_are_told_apart_up_to_a_bound() -> None:
    found = await samples(*(record(f"tuned-{number}") for number in range(MOST_MODELS + 50)))
    assert sum(name.startswith("calls_total") for name in found) == MOST_MODELS + 1
    assert found["calls_total{dialect=openai,model=other,operation=streamGenerateContent,status=200}"] == 50


async def test_who_asks_for_openmetrics_gets_it() -> None:
    metrics = Metrics()
    await metrics.write([record()])
    text, kind = await metrics.exposition("application/openmetrics-text; version=1.0.0")
    assert kind.startswith("application/openmetrics-text")
    names = {family.name for family in openmetrics(text.decode())}  # type: ignore[no-untyped-call]  # as the library has it
    assert {PREFIX + metric.name.removesuffix("_total") for metric in METRICS} <= names


def test_names_follow_the_conventions() -> None:
    for metric in METRICS:
        assert metric.name.endswith("_total") == (metric.kind == "counter")
        assert metric.name.endswith("_seconds") == (metric.kind == "histogram")
        assert not {"le", "quantile"} & set(metric.labels)


async def test_a_record_costs_a_few_microseconds() -> None:
    metrics, records = Metrics(), [record(usage=Usage(prompt=1, total=1), first_byte=0.1)] * 5000
    await metrics.write(records[:10])
    began = time.process_time()
    await metrics.write(records)
    assert (time.process_time() - began) / len(records) < 40e-6
