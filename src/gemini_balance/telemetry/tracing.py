"""Traces for OpenTelemetry: spans made of the journal's records once the calls have ended, with explicit times.

Names are those of the semantic conventions for generative AI. The library is loaded only where traces are asked for.
"""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator

    from opentelemetry.context import Context
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Span

    from gemini_balance.gateway.record import AttemptRecord, RequestRecord

Attributes: TypeAlias = dict[str, Any]  # strings, numbers and lists of strings: OpenTelemetry's own idea of them

MISSING = "OTEL_EXPORTER_OTLP_ENDPOINT is set, but the extra is not installed: pip install 'gemini-balance[otel]'"
GEMINI, VERTEX = "gcp.gemini", "gcp.vertex_ai"
VERTEX_PATH = "/vertex-express/"
GENERATE = "generate_content"
OPERATIONS = {
    "generateContent": GENERATE,
    "streamGenerateContent": GENERATE,
    "bidiGenerateContent": GENERATE,
    "embeddings": "embeddings",
}
GOOD_ENDINGS = frozenset({"whole", "client_gone"})
STREAMS = "streamGenerateContent"
SECOND = 1_000_000_000  # nanoseconds
OWN = "gemini_balance."
_PARENT = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})")


class Traces:
    """Implements `RecordSink`. Spans wait in the library's own queue and are sent from its own thread."""

    def __init__(self, provider: TracerProvider) -> None:
        self._provider = provider
        self._tracer = provider.get_tracer("gemini_balance")

    async def write(self, records: list[RequestRecord]) -> None:
        for record in records:
            self._tell(record)

    async def close(self) -> None:
        """What waits is sent first."""
        await asyncio.to_thread(self._provider.shutdown)

    def _tell(self, record: RequestRecord) -> None:
        from opentelemetry.trace import SpanKind, set_span_in_context

        began, name = record.unix, _name(record, record.model_asked)
        parent = _parent(record.traceparent)
        span = self._tracer.start_span(name, parent, SpanKind.SERVER, dict(_call(record)), start_time=_ns(began))
        _judge(span, record.ending if record.status >= 500 or record.ending not in GOOD_ENDINGS else "")
        within = set_span_in_context(span, parent)
        for attempt in record.attempts:
            told, start = dict(_attempt(record, attempt)), began + attempt.began
            name = _name(record, record.model_used)
            one = self._tracer.start_span(name, within, SpanKind.CLIENT, told, start_time=_ns(start))
            _judge(one, "" if attempt.cause == "answered" else attempt.cause)
            one.end(_ns(start + attempt.seconds))
        span.end(_ns(began + record.seconds))


def traces(endpoint: str, headers: str) -> Traces:
    """To an OTLP/HTTP collector; `headers`: `name=value,name=value`. Raises ValueError where the library is missing."""
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import SERVICE_NAME, OTELResourceDetector, Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as error:
        raise ValueError(MISSING) from error
    named = Resource.create({SERVICE_NAME: "gemini-balance"}).merge(OTELResourceDetector().detect())
    provider = TracerProvider(resource=named, shutdown_on_exit=False)
    sent = OTLPSpanExporter(f"{endpoint.rstrip('/')}/v1/traces", headers=dict(_headers(headers)))
    provider.add_span_processor(BatchSpanProcessor(sent))
    return Traces(provider)


def _headers(text: str) -> Iterator[tuple[str, str]]:
    for pair in text.split(","):
        name, equals, value = pair.partition("=")
        if equals:
            yield name.strip().lower(), value.strip()


def _parent(traceparent: str) -> Context | None:
    """The caller's span; None where there is none, or where what it says is none."""
    from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags, set_span_in_context

    found = _PARENT.fullmatch(traceparent)
    if found is None:
        return None
    trace, span, flags = (int(part, 16) for part in found.groups())
    context = SpanContext(trace, span, is_remote=True, trace_flags=TraceFlags(flags))
    return set_span_in_context(NonRecordingSpan(context)) if context.is_valid else None


def _judge(span: Span, error: str) -> None:
    from opentelemetry.trace import StatusCode

    if error:
        span.set_attribute("error.type", error)
        span.set_status(StatusCode.ERROR)


def _name(record: RequestRecord, model: str) -> str:
    """As the conventions have it: operation and model."""
    return f"{_operation(record) or record.method} {model}".strip()


def _operation(record: RequestRecord) -> str:
    return OPERATIONS.get(record.operation, record.operation)


def _call(record: RequestRecord) -> Iterator[tuple[str, Any]]:
    yield "http.request.method", record.method
    yield "http.response.status_code", record.status
    yield "url.path", record.path
    yield "client.address", record.client
    yield f"{OWN}request.id", record.id
    yield f"{OWN}dialect", record.dialect
    yield f"{OWN}token", record.token
    yield f"{OWN}waited", record.waited
    yield from _generative(record)
    if record.model_used:
        yield "gen_ai.response.model", record.model_used
    if record.finish:
        yield "gen_ai.response.finish_reasons", [record.finish]
    if record.first_byte is not None:
        yield "gen_ai.response.time_to_first_chunk", record.first_byte
    if record.usage.total:
        yield "gen_ai.usage.input_tokens", record.usage.prompt + record.usage.tool_use
        yield "gen_ai.usage.output_tokens", record.usage.output + record.usage.thoughts
        yield "gen_ai.usage.cache_read.input_tokens", record.usage.cached
        yield "gen_ai.usage.reasoning.output_tokens", record.usage.thoughts


def _attempt(record: RequestRecord, attempt: AttemptRecord) -> Iterator[tuple[str, Any]]:
    yield "http.response.status_code", attempt.status
    yield f"{OWN}key.id", attempt.key
    yield f"{OWN}key.why", attempt.why
    yield from _generative(record)


def _generative(record: RequestRecord) -> Iterator[tuple[str, Any]]:
    yield "gen_ai.operation.name", _operation(record)
    yield "gen_ai.provider.name", VERTEX if record.path.startswith(VERTEX_PATH) else GEMINI
    yield "gen_ai.request.model", record.model_asked
    yield "gen_ai.request.stream", record.operation == STREAMS


def _ns(seconds: float) -> int:
    return int(seconds * SECOND)
