"""What the real gateway keeps of the calls that it served, and what another start finds of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gemini_balance.gateway.calls import CallFilter
from gemini_balance.storage.engine import async_engine, journal_of, url_of
from gemini_balance.storage.journal.journal import StoredCalls
from tests.e2e.processes import TOKEN, gateway

if TYPE_CHECKING:
    from pathlib import Path

    from gemini_balance.gateway.calls import KeptCall
    from gemini_balance.simulator import RunningSimulator

pytestmark = pytest.mark.anyio


async def calls_in(folder: Path) -> list[KeptCall]:
    """The oldest first."""
    engine = async_engine(journal_of(url_of("", folder / "data")))
    found = await StoredCalls(engine).search(CallFilter(), 10)
    await engine.dispose()
    return found.calls[::-1]


async def test_calls_are_in_the_journal_once_the_gateway_has_ended(google: RunningSimulator, tmp_path: Path) -> None:
    with gateway(google, tmp_path) as served:
        answered = served.chat("Hello")
        refused = served.request("POST", "/hf/v1/chat/completions", b"{}", {"Authorization": f"Bearer {TOKEN}"})
        served.stop()
    good, bad = await calls_in(tmp_path)
    assert (good.id, bad.id) == (answered.headers["x-request-id"], refused.headers["x-request-id"])
    assert (good.status, good.ending, good.usage.total > 0, good.token != "") == (200, "whole", True, True)
    assert (bad.status, bad.error is not None and bad.error.message) == (400, refused.json["error"]["message"])


async def test_a_gateway_that_is_killed_loses_at_most_what_it_had_not_flushed(
    google: RunningSimulator, tmp_path: Path
) -> None:
    with gateway(google, tmp_path) as served:
        first = served.chat("Hello").headers["x-request-id"]
        while not any(call.id == first for call in await calls_in(tmp_path)):
            pass
        served.process.kill()
        served.process.wait(10)
    with gateway(google, tmp_path) as again:
        second = again.chat("Hello again").headers["x-request-id"]
        again.stop()
    assert [call.id for call in await calls_in(tmp_path)] == [first, second]
