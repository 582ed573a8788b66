"""Waiting for a key: whose turn it is the pool decides, that nothing is lost is shown here."""

import asyncio

import pytest

from gemini_balance.core.outcome import CLIENT_GONE, Cause, Outcome
from gemini_balance.core.pool import Demand, KeyId, KeyPool, KeySpec, Lease
from gemini_balance.core.pool.windows import Limits
from gemini_balance.gateway.waiting import WaitingRoom
from tests.unit.garbage import uncollected
from tests.unit.gateway.stage import Hands, Running

pytestmark = pytest.mark.anyio

DEMAND = Demand("m")
LATER = 65.0


class Hall:
    """A room before a pool of one key that serves one call a minute, and has just served it."""

    def __init__(self, clock: Hands | None = None) -> None:
        self.clock = clock or Hands()
        self.pool = KeyPool([KeySpec(KeyId("a"), "secret")], told_limits={"m": {"*": Limits(rpm=1)}})
        self.room = WaitingRoom(self.pool, self.clock)
        self.first = self.acquire()

    def acquire(self) -> Lease:
        lease = self.pool.acquire(self.clock.now(), DEMAND)
        assert isinstance(lease, Lease)
        return lease

    def settle(self, lease: Lease, outcome: Outcome = CLIENT_GONE) -> None:
        self.pool.settle(self.clock.now(), lease, outcome)
        self.room.look()

    async def waiter(self, patience: float = 600.0) -> "asyncio.Task[Lease | None]":
        task = asyncio.create_task(self.room.wait(DEMAND, self.clock.now() + patience))
        await asyncio.sleep(0)
        return task

    @property
    def left_behind(self) -> tuple[int, int, int]:
        """Tickets, futures and attempts."""
        return self.pool.waiting, len(self.room._turns), self.pool.keys[KeyId("a")].in_flight


async def gone(task: "asyncio.Task[Lease | None]") -> None:
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_call_gets_the_lease_that_becomes_free() -> None:
    hall = Hall()
    task = await hall.waiter()
    hall.settle(hall.first)
    await asyncio.sleep(0)
    assert not task.done()
    hall.clock.time += LATER
    hall.room.look()
    lease = await task
    assert lease is not None
    hall.settle(lease)
    assert hall.left_behind == (0, 0, 0)


async def test_nobody_need_come_by_for_a_lease_to_be_handed_out() -> None:
    hall = Hall(Running())
    hall.settle(hall.first, Outcome(Cause.QUOTA_MINUTE, 429, retry_after=0.5))
    lease = await hall.room.wait(DEMAND, hall.clock.now() + 5)
    assert lease is not None
    hall.settle(lease)
    assert hall.left_behind == (0, 0, 0)


async def test_who_waits_for_a_key_that_is_removed_is_told_so_at_once() -> None:
    hall = Hall()
    pinned = Demand("m", pinned=KeyId("a"))
    tasks = [asyncio.create_task(hall.room.wait(wanted, hall.clock.now() + 600)) for wanted in (pinned, DEMAND)]
    await asyncio.sleep(0)
    hall.pool.set_keys(hall.clock.now(), [])
    hall.room.look()
    async with asyncio.timeout(5):
        assert await asyncio.gather(*tasks) == [None, None]
    assert (hall.pool.waiting, hall.room._turns) == (0, {})


async def test_patience_ends() -> None:
    hall = Hall()
    assert await (await hall.waiter(patience=0.02)) is None
    assert hall.left_behind == (0, 0, 1)


async def test_a_full_queue_is_not_waited_in(monkeypatch: pytest.MonkeyPatch) -> None:
    hall = Hall()
    monkeypatch.setattr(hall.pool, "enqueue", lambda *_: None)
    assert await hall.room.wait(DEMAND, hall.clock.now() + 600) is None


async def test_who_leaves_gives_its_place_back() -> None:
    hall = Hall()
    tasks = [await hall.waiter() for _ in range(3)]
    tasks[0].cancel()
    await gone(tasks[0])
    assert hall.left_behind == (2, 2, 1)
    hall.settle(hall.first)
    hall.clock.time += LATER
    hall.room.look()
    assert await tasks[1] is not None
    tasks[2].cancel()
    await gone(tasks[2])


async def test_who_leaves_lets_the_next_one_in() -> None:
    hall = Hall()
    first, second = await hall.waiter(), await hall.waiter()
    hall.pool.settle(hall.clock.now(), hall.first, CLIENT_GONE)
    hall.clock.time += LATER
    first.cancel()
    assert await asyncio.wait_for(second, 1) is not None
    await gone(first)


async def test_who_leaves_in_the_moment_it_is_served_gives_the_lease_back() -> None:
    hall = Hall()
    task = await hall.waiter()
    hall.settle(hall.first)
    hall.clock.time += LATER
    hall.room.look()
    task.cancel()
    await gone(task)
    assert hall.left_behind == (0, 0, 0)


async def test_who_is_served_in_the_moment_it_leaves_gives_the_lease_back() -> None:
    hall = Hall()
    task = await hall.waiter()
    hall.settle(hall.first)
    hall.clock.time += LATER
    task.cancel()
    hall.room.look()
    await gone(task)
    assert hall.left_behind == (0, 0, 0)


async def test_waiting_leaves_no_circles() -> None:
    hall = Hall()
    for patience in (0.001, 600.0):
        await asyncio.gather(await hall.waiter(0.001))
        with uncollected() as count:
            for _ in range(20):
                task = await hall.waiter(patience)
                if patience > 1:
                    task.cancel()
                await asyncio.wait([task])
                del task
            found = count()
        assert found == 0
