"""What watches the gateway: metrics, traces, alerts. None of it is on the way of a call."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING

from gemini_balance.api.clients import client_of
from gemini_balance.api.metrics import Readers, metrics_route
from gemini_balance.core.call import GEMINI_API, VERTEX_EXPRESS
from gemini_balance.gateway.alerts import Alerts
from gemini_balance.gateway.readings import Exhaustion, Gauges, nothing
from gemini_balance.telemetry.logs import AccessLog
from gemini_balance.telemetry.metrics import Sources
from gemini_balance.telemetry.tracing import traces
from gemini_balance.upstreams.webhook import Webhooks

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.routing import Route

    from gemini_balance.app.doors import Doors
    from gemini_balance.app.ground import Ground
    from gemini_balance.core.options import Options
    from gemini_balance.core.redaction import Redactor
    from gemini_balance.gateway.accounts import Operators
    from gemini_balance.gateway.forecasts import Forecasts
    from gemini_balance.gateway.ports import RecordSink
    from gemini_balance.settings import Settings
    from gemini_balance.telemetry.metrics import Metrics
    from gemini_balance.telemetry.tracing import Traces


@dataclass(frozen=True, slots=True)
class Watched:
    """What an operator looks at."""

    alerts: Alerts
    page: Route


def traces_of(settings: Settings) -> Traces | None:
    """Raises ValueError where they are asked for and can't be made."""
    endpoint = settings.otel_exporter_otlp_endpoint
    return traces(endpoint, settings.otel_exporter_otlp_headers) if endpoint else None


def sinks_of(settings: Settings, metrics: Metrics, spans: Traces | None) -> list[RecordSink]:
    """What is told of every call."""
    asked: tuple[RecordSink | None, ...] = (AccessLog(sys.stderr) if settings.access_log else None, metrics, spans)
    return [sink for sink in asked if sink is not None]


def watched(ground: Ground, doors: Doors, metrics: Metrics, operators: Operators, forecasts: Forecasts) -> Watched:
    """Reads the two doors, and the pools behind them."""
    door, live, kept, clock = doors.calls, doors.live, ground.kept, ground.clock
    gauges = Gauges(
        {GEMINI_API: door.gateway, VERTEX_EXPRESS: door.vertex},
        door.journal,
        clock,
        lambda: len(door.running) + len(live.running),
        nothing if kept.changes is None else kept.changes.latest,
        Exhaustion(forecasts, clock).expected,
    )
    alerts = Alerts(gauges, Webhooks(clock), clock, lambda: door.options, kept.changes)
    metrics.sources = Sources(version("gemini-balance"), gauges.read, alerts.holding)
    readers = Readers(
        ground.settings.metrics_token,
        operators.bearer,
        lambda request: client_of(request.scope, dict(request.scope["headers"]), door.trusted),
        lambda: door.options.metrics_open,
    )
    return Watched(alerts, metrics_route(metrics.exposition, readers))


def secrets_of(redactor: Redactor) -> Callable[[Options], None]:
    """To be called with each snapshot of the options: some of them open doors, too."""

    def learn(options: Options) -> None:
        headers = (header.value for header in options.custom_headers)
        redactor.learn(filter(None, (options.alert_webhook_url, options.alert_secret, *headers)))

    return learn
