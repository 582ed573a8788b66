"""Many failures are counted slice by slice, and it is told how far back that went."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gemini_balance.gateway.calls import FailureCount
from gemini_balance.storage.database import Database
from gemini_balance.storage.journal import failing
from tests.contract.calls import NOON, failed
from tests.contract.databases import SECRET_KEY

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(("budget", "counted", "back_to"), [(60.0, 7, NOON), (0.0, 0, NOON + 9)])
async def test_slices_leave_none_out_and_count_none_twice(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, budget: float, counted: int, back_to: float
) -> None:
    monkeypatch.setattr(failing, "SLICE", 2)
    monkeypatch.setattr(failing, "BUDGET_SECONDS", budget)
    database = Database(database_url, tmp_path / "data", SECRET_KEY)
    records = [failed(NOON + at) for at in range(7)]
    await database.journal.sink.write(records)
    told = await database.journal.log.failures(NOON, NOON + 9)
    await database.close()
    assert (sum(one.calls for one in told.counts), told.back_to) == (counted, back_to)
    if counted:
        latest = FailureCount("upstream_error", "unreachable", "m", "key-a", 1, records[6].id)
        assert max(told.counts, key=lambda one: one.latest)._replace(calls=1) == latest
