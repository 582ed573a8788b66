"""Keys are checked side by side, and what is found counts."""

from __future__ import annotations

import asyncio

import pytest

from gemini_balance.core.outcome import Cause
from gemini_balance.gateway.key_views import ALL, KeyFilter, only
from gemini_balance.gateway.ports import TransportFailed
from tests.unit.gateway.ring_stage import WELL, WHO, RingStage, id_of
from tests.unit.gateway.stage import Line, refuses

pytestmark = pytest.mark.anyio
DEAD = refuses(400, "API key not valid.")
BROKEN = refuses(503, "Overloaded.")
UNREACHABLE = Line([TransportFailed(Cause.UNREACHABLE, "refused")], status=0)


async def checked(stage: RingStage, where: KeyFilter = ALL) -> dict[str, list[str]]:
    job = stage.verifier.start(where, WHO)
    assert job.task is not None
    await job.task
    assert (job.done, job.ended) == (job.total, stage.clock.time)
    return {why: [str(key) for key in keys] for why, keys in job.results.items()}


async def test_a_dead_key_is_invalid_from_then_on_and_one_that_is_well_serves() -> None:
    stage = await RingStage(DEAD, listed="A").loaded()
    assert await checked(stage) == {"key_dead": [id_of("A")]}
    assert stage.states() == {"A": "invalid key_dead"}


async def test_one_that_is_well_again_serves_again() -> None:
    stage = await RingStage(WELL, listed="A").loaded()
    stage.pool.condemn(0.0, id_of("A"), Cause.KEY_DEAD)
    assert await checked(stage) == {"well": [id_of("A")]}
    assert stage.states() == {"A": "ready"}


@pytest.mark.parametrize("line", [BROKEN, UNREACHABLE], ids=["overloaded", "unreachable"])
async def test_what_fails_on_the_way_says_nothing_of_the_key(line: Line) -> None:
    stage = await RingStage(line, listed="A").loaded()
    (why,) = await checked(stage)
    assert (why != "well", stage.states()) == (True, {"A": "ready"})


async def test_a_key_that_is_off_is_checked_and_stays_off() -> None:
    stage = await RingStage(WELL, listed="A").loaded()
    await stage.ring.disable(ALL, WHO)
    assert await checked(stage) == {"well": [id_of("A")]}
    assert stage.states() == {"A": "disabled operator"}


async def test_only_those_that_are_asked_for_are_checked() -> None:
    stage = await RingStage(WELL, listed="ABC").loaded()
    assert await checked(stage, only(id_of("B"))) == {"well": [id_of("B")]}
    assert len(stage.transport.asked) == 1


async def test_many_are_checked_and_the_last_job_comes_first() -> None:
    stage = await RingStage(*[WELL] * 8, listed="ABCDE").loaded()
    first = stage.verifier.start(ALL, WHO)
    second = stage.verifier.start(only(id_of("A")), WHO)
    assert first.task is not None
    assert second.task is not None
    await asyncio.gather(first.task, second.task)
    assert ([job.id for job in stage.verifier.jobs()], first.done) == ([second.id, first.id], 5)


async def test_a_cancelled_job_ends_and_what_it_found_counts() -> None:
    stage = await RingStage(*[WELL] * 5, listed="ABCDE").loaded()
    job = stage.verifier.start(ALL, WHO)
    stage.verifier.cancel(job.id)
    await stage.verifier.close()
    assert (job.cancelled, job.ended) == (True, stage.clock.time)


async def test_what_was_found_is_told_to_other_processes() -> None:
    stage = await RingStage(DEAD, listed="A").loaded()
    await checked(stage)
    change = (await stage.history())[-1]
    assert (change.action, change.after) == ("check", f'{{"well":[],"dead":{{"{id_of("A")}":"key_dead"}},"apart":[]}}')
