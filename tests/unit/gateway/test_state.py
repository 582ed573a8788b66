"""What the pool learnt survives a restart."""

import logging

import pytest

from gemini_balance.core.outcome import Cause, Outcome
from gemini_balance.core.pool import Demand, KeyId, Lease, NotYet
from gemini_balance.gateway.state import StateKeeper
from tests.unit.gateway.stage import MODEL, Stage

pytestmark = pytest.mark.anyio


class InMemory:
    """Implements `StateStore`."""

    def __init__(self, state: bytes | None = None) -> None:
        self.state = state

    async def load(self) -> bytes | None:
        return self.state

    async def save(self, state: bytes) -> None:
        self.state = state


class Broken:
    """Implements `StateStore`, badly."""

    async def load(self) -> bytes | None:
        raise OSError("no disk")

    async def save(self, state: bytes) -> None:
        raise OSError("no disk")


async def test_a_rest_is_remembered() -> None:
    before, after, store = Stage(keys="a"), Stage(keys="a"), InMemory()
    lease = before.pool.acquire(before.clock.now(), Demand(MODEL))
    assert isinstance(lease, Lease)
    before.pool.settle(before.clock.now(), lease, Outcome(Cause.QUOTA_DAY, 429))
    await StateKeeper(before.pool, before.clock, store).save()
    await StateKeeper(after.pool, after.clock, store).restore()
    assert isinstance(after.pool.acquire(after.clock.now(), Demand(MODEL)), NotYet)


async def test_nothing_saved_is_a_fresh_start() -> None:
    stage = Stage(keys="a")
    await StateKeeper(stage.pool, stage.clock, InMemory()).restore()
    assert isinstance(stage.pool.acquire(stage.clock.now(), Demand(MODEL)), Lease)


async def test_a_store_that_fails_costs_no_call(caplog: pytest.LogCaptureFixture) -> None:
    stage = Stage(keys="a")
    for store in (Broken(), InMemory(b"nonsense")):
        keeper = StateKeeper(stage.pool, stage.clock, store)
        with caplog.at_level(logging.CRITICAL):
            await keeper.restore()
            await keeper.save()
    assert stage.pool.usable() == 1
    assert KeyId("a") in stage.pool.keys
