"""Metrics, and what operators are told."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any

from gemini_balance.core.alert_kinds import Kind
from gemini_balance.gateway.alerts import AlertFailed
from tests.e2e.options.cases import case, chat
from tests.e2e.processes import KEYS
from tests.e2e.web_server import serving

if TYPE_CHECKING:
    from tests.e2e.options.running import Running

DEAD = "AIzaSim-amber-1-dead"
HOUR = 3600.0
NOBODY = "http://127.0.0.1:9/hook"
HERE = '["127.0.0.1"]'


class Hook(BaseHTTPRequestHandler):
    """Remembers what was posted last."""

    seen: tuple[Any, dict[str, str]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        type(self).seen = json.loads(body), {name.lower(): value for name, value in self.headers.items()}
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  (as the base class calls it)
        pass


@case("metrics_open", True, before=401, after=200)
def measured(gateway: Running) -> object:
    return gateway.request("GET", "/metrics", headers={}).status


def tried(gateway: Running) -> str:
    """Why a test of the webhook failed."""
    try:
        gateway.do(gateway.app.watched.alerts.test())
    except AlertFailed as failed:
        return failed.message
    return ""


@case("alert_webhook_url", NOBODY, before="No webhook", after="The webhook", ALLOWED_WEBHOOK_HOSTS=HERE)
def delivered(gateway: Running) -> object:
    """Is there none, or one that does not take it?"""
    return " ".join(tried(gateway).split()[:2])


@case("allowed_webhook_hosts", ["127.0.0.1"], before=True, after=False, ALERT_WEBHOOK_URL=NOBODY)
def private(gateway: Running) -> object:
    return "public internet" in tried(gateway)


def posted(gateway: Running) -> tuple[Any, dict[str, str]]:
    """Body and headers of what a webhook gets."""
    with serving(Hook) as address:
        gateway.set("alert_webhook_url", f"http://{address}/")
        assert tried(gateway) == ""
    return Hook.seen


@case("alert_format", "slack", before=False, after=True, ALLOWED_WEBHOOK_HOSTS=HERE)
def formed(gateway: Running) -> object:
    return list(posted(gateway)[0]) == ["text"]


@case("alert_secret", "a secret of both", before=False, after=True, ALLOWED_WEBHOOK_HOSTS=HERE)
def signed(gateway: Running) -> object:
    return "x-gemini-balance-signature" in posted(gateway)[1]


def told(gateway: Running, seconds: float) -> set[Kind]:
    """What is told, so much later, that was not told before and is not over."""
    told_now(gateway)
    gateway.clock.ahead += seconds
    return told_now(gateway)


def told_now(gateway: Running) -> set[Kind]:
    alerts = gateway.app.watched.alerts
    before = len(alerts.recent())
    gateway.do(alerts.look())
    return {one.alert.kind for one in alerts.recent()[: len(alerts.recent()) - before] if one.alert.holds}


def revive(gateway: Running) -> None:
    pool = gateway.app.door.gateway.pool
    for key in list(pool.keys):
        gateway.loop.call_soon_threadsafe(pool.reset, gateway.clock.now(), key)


@case("alert_kinds", ["pool_dead"], before=True, after=False, API_KEYS=DEAD)
def of_a_dead_key(gateway: Running) -> object:
    revive(gateway)
    told(gateway, 400)
    chat(gateway)
    return Kind.KEY_DEAD in told_now(gateway)


@case("alert_low_percent", 80, before=False, after=True, API_KEYS=f"{DEAD},{KEYS[1]},{KEYS[2]}")
def of_a_pool_that_is_low(gateway: Running) -> object:
    """Two of three keys are left."""
    while gateway.app.door.gateway.pool.usable() == 3:
        assert chat(gateway).status == 200
    return Kind.POOL_LOW in told(gateway, 40)


@case("alert_repeat_hours", 1, before=False, after=True, API_KEYS=DEAD)
def once_more(gateway: Running) -> object:
    chat(gateway)
    return Kind.POOL_DEAD in told(gateway, 2 * HOUR)
