"""Traces of calls arrive at a collector, under the names of the conventions for generative AI."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.e2e.collector import Collected, attributes, collector
from tests.e2e.processes import TOKEN, control, gateway

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gemini_balance import simulator

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
BODY = {"model": "gemini-2.5-flash", "messages": [{"role": "user", "content": "Hello"}]}


@pytest.fixture
def collected() -> Iterator[Collected]:
    yield from collector()


def call(google: simulator.RunningSimulator, folder: Path, url: str, *parents: str) -> str:
    """One call for each, to the last one's id; the gateway has ended, and so sent all, when this returns."""
    settings = {"OTEL_EXPORTER_OTLP_ENDPOINT": url, "OTEL_EXPORTER_OTLP_HEADERS": "X-Api-Key=collector-secret"}
    with gateway(google, folder, **settings) as served:
        for parent in parents:
            sent = {"Authorization": f"Bearer {TOKEN}", "traceparent": parent}
            answer = served.request("POST", "/v1/chat/completions", json.dumps(BODY).encode(), sent)
            assert answer.status == 200
        served.stop()
    assert "collector-secret" not in served.log.read_text()
    return answer.headers["x-request-id"]


def test_a_call_is_a_span_and_each_attempt_one_below(
    google: simulator.RunningSimulator, tmp_path: Path, collected: Collected
) -> None:
    control(google, faults=[{"kind": "internal", "times": 1}])
    request = call(google, tmp_path, collected.url, f"00-{TRACE}-{SPAN}-01")
    whole, *attempts = sorted(collected.named("generate_content gemini-2.5-flash"), key=lambda span: span.kind)
    told = attributes(whole.attributes)
    usage = {name: told.pop(name) for name in list(told) if name.startswith("gen_ai.usage.")}
    assert {name: told[name] for name in told if name != "gen_ai.response.time_to_first_chunk"} == {
        "http.request.method": "POST",
        "http.response.status_code": 200,
        "url.path": "/v1/chat/completions",
        "client.address": "127.0.0.1",
        "gemini_balance.request.id": request,
        "gemini_balance.dialect": "openai",
        "gemini_balance.token": "…oken",
        "gemini_balance.waited": 0.0,
        "gen_ai.operation.name": "generate_content",
        "gen_ai.provider.name": "gcp.gemini",
        "gen_ai.request.model": "gemini-2.5-flash",
        "gen_ai.request.stream": False,
        "gen_ai.response.model": "gemini-2.5-flash",
        "gen_ai.response.finish_reasons": ["STOP"],
    }
    assert usage["gen_ai.usage.input_tokens"] > 0
    assert (whole.trace_id.hex(), whole.parent_span_id.hex(), whole.kind) == (TRACE, SPAN, whole.SPAN_KIND_SERVER)
    assert {(one.trace_id.hex(), one.parent_span_id, one.kind) for one in attempts} == {
        (TRACE, whole.span_id, whole.SPAN_KIND_CLIENT)
    }
    errors = [attributes(one.attributes).get("error.type", "") for one in attempts]
    assert errors == ["upstream_broken", ""]
    assert all(attributes(one.attributes)["gemini_balance.key.id"].startswith("key-") for one in attempts)
    first, second = attempts
    assert whole.start_time_unix_nano <= first.start_time_unix_nano < first.end_time_unix_nano
    assert (
        first.end_time_unix_nano <= second.start_time_unix_nano < second.end_time_unix_nano <= whole.end_time_unix_nano
    )
    assert (collected.resource["service.name"], collected.paths) == ("gemini-balance", {"/v1/traces"})
    assert collected.headers["x-api-key"] == "collector-secret"


def test_a_call_without_a_trace_begins_one(
    google: simulator.RunningSimulator, tmp_path: Path, collected: Collected
) -> None:
    call(google, tmp_path, collected.url, "", "nonsense", f"00-{'0' * 32}-{SPAN}-01")
    begun = [span for span in collected.spans if span.kind == span.SPAN_KIND_SERVER]
    assert [span.parent_span_id for span in begun] == [b"", b"", b""]
    assert len({span.trace_id.hex() for span in begun} - {TRACE, "0" * 32}) == 3


def test_a_collector_that_is_away_costs_no_call(google: simulator.RunningSimulator, tmp_path: Path) -> None:
    assert call(google, tmp_path, "http://127.0.0.1:1", "")


def test_nothing_of_it_is_loaded_where_no_traces_are_asked_for() -> None:
    code = (
        "import sys; from gemini_balance.app import build; from gemini_balance.settings import load;"
        "build(*load({})); print([name for name in sys.modules if name.startswith('opentelemetry')])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "[]\n"
