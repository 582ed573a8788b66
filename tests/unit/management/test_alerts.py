"""/alerts."""

import pytest

from gemini_balance.core.outcome import Cause
from tests.unit.management.stage import managed

pytestmark = pytest.mark.anyio


async def test_what_was_told_is_listed() -> None:
    gateway = managed()
    await gateway.begin()
    pool, clock = gateway.app.door.gateway.pool, gateway.app.door.clock
    assert (await gateway.ask("GET", "/alerts")).json == {"items": []}
    await gateway.app.watched.alerts.look()
    for name in list(pool.keys):
        pool.condemn(clock.now(), name, Cause.KEY_DEAD)
    await gateway.app.watched.alerts.look()
    items = (await gateway.ask("GET", "/alerts")).json["items"]
    assert "pool_dead" in [item["kind"] for item in items]
    assert set(items[0]) == {"at", "kind", "subject", "message", "holds", "delivery"}


async def test_a_test_without_a_webhook_says_what_to_set() -> None:
    answer = await managed().ask("POST", "/alerts/test")
    assert answer.error == (400, "alert_not_delivered", "alert_webhook_url")
