"""Whatever holds a number of the options is told when it changes."""

from __future__ import annotations

import pytest

from gemini_balance.app import App, build
from gemini_balance.core.attempts import RetryPolicy
from gemini_balance.core.options import Json, Options
from gemini_balance.core.options.kinds import HeaderLine
from gemini_balance.settings import load

pytestmark = pytest.mark.anyio
CHANGES: dict[str, Json] = {
    "time_out": 7,
    "max_retries": 9,
    "patience": 11,
    "max_failures": 13,
    "custom_headers": {"X-Team": "blue"},
}


@pytest.fixture
async def app() -> App:
    app = build(*load({"ACCESS_LOG": "false", "API_KEYS": "AIzaA", "VERTEX_API_KEYS": "AQ.B"}))
    await app.options.set(CHANGES, "operator")
    return app


async def test_both_gateways_retry_and_wait_as_the_options_say(app: App) -> None:
    for gateway in (app.door.gateway, app.door.vertex, app.live.gateway):
        assert (gateway.policy, gateway.patience, gateway.pool.max_failures) == (RetryPolicy(9), 11.0, 13)


async def test_all_three_ways_to_google_wait_as_long_as_the_options_say(app: App) -> None:
    ways = app.door.gateway.transport, app.door.vertex.transport, app.door.carrier.transport, app.live.transport
    assert [getattr(way, "time_out", None) for way in ways] == [7.0] * 4


async def test_both_services_are_sent_the_operators_headers(app: App) -> None:
    services = *app.door.gateway.upstreams.values(), *app.door.vertex.upstreams.values()
    assert [getattr(one, "custom_headers", None) for one in services] == [(HeaderLine("X-Team", "blue"),)] * 2


async def test_both_doors_have_the_same_snapshot(app: App) -> None:
    assert app.door.options is app.live.options is app.options.current
    assert app.door.options == Options(
        time_out=7.0,
        max_retries=9,
        patience=11.0,
        max_failures=13,
        custom_headers=(HeaderLine("X-Team", "blue"),),
    )
