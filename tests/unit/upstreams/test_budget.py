"""Bytes that may be held at one time, given out in the order they are asked for."""

import asyncio

import pytest

from gemini_balance.upstreams.budget import Budget

pytestmark = pytest.mark.anyio


async def asked(budget: Budget, amount: int) -> asyncio.Task[None]:
    task = asyncio.create_task(budget.take(amount))
    await asyncio.sleep(0)
    return task


async def settled(*tasks: asyncio.Task[None]) -> list[bool]:
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    return [task.done() for task in tasks]


async def test_what_is_there_is_given_at_once() -> None:
    budget = Budget(10)
    await budget.take(4)
    await budget.take(6)
    assert budget.taken == 10


async def test_a_small_one_does_not_pass_a_large_one_that_waits() -> None:
    budget = Budget(10)
    await budget.take(6)
    large, small = await asked(budget, 8), await asked(budget, 1)
    assert await settled(large, small) == [False, False]
    budget.give(6)
    assert await settled(large, small) == [True, True]
    assert budget.taken == 9


async def test_who_gives_up_waiting_holds_nothing_and_is_in_nobodys_way() -> None:
    budget = Budget(10)
    await budget.take(6)
    large, small = await asked(budget, 8), await asked(budget, 1)
    large.cancel()
    assert await settled(large, small) == [True, True]
    assert budget.taken == 7


async def test_who_gives_up_in_the_moment_of_being_served_gives_back() -> None:
    budget = Budget(10)
    await budget.take(10)
    task = await asked(budget, 8)
    budget.give(10)
    task.cancel()
    assert await settled(task) == [True]
    assert (task.cancelled(), budget.taken) == (True, 0)


async def test_two_who_give_up_one_behind_the_other_are_both_forgotten() -> None:
    budget = Budget(10)
    await budget.take(10)
    tasks = [await asked(budget, 10) for _ in range(3)]
    for task in tasks[:2]:
        task.cancel()
    budget.give(10)
    assert await settled(*tasks) == [True, True, True]
    assert budget.taken == 10


async def test_more_than_there_is_gets_all_there_is() -> None:
    budget = Budget(10)
    await budget.take(100)
    assert budget.taken == 10
    budget.give(100)
    assert budget.taken == 0
