"""All keys looked at once."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest

from gemini_balance.core.keys import Entry, Reading
from gemini_balance.gateway.key_survey import AT_ONCE, survey, walk
from gemini_balance.gateway.key_views import ALL, KeyFilter, KeyState, only
from tests.unit.gateway.ring_stage import WHO, RingStage, entry, id_of

pytestmark = pytest.mark.anyio


async def test_there_is_a_count_of_everything_and_those_that_fit() -> None:
    stage = await RingStage().loaded()
    await stage.add(entry("A", tags=frozenset({"blue"}), project="amber"), entry("B", models=frozenset({"m"})))
    await stage.add(entry("C", tags=frozenset({"blue", "red"})))
    await stage.ring.disable(only(id_of("C")), WHO)
    seen = await survey(stage.ring, KeyFilter(tag="blue", state=KeyState.READY))
    assert seen.total == 3
    assert seen.states == Counter({KeyState.READY: 1, KeyState.DISABLED: 1})
    assert seen.projects == Counter({"": 2, "amber": 1})
    assert seen.tags == Counter({"blue": 2, "red": 1, "": 1})
    assert (seen.models, seen.reasons) == (Counter({"m": 1}), Counter({"operator": 1}))
    assert seen.found == [id_of("A")]


async def test_those_that_fit_are_sorted_and_stay_by_age_where_they_are_alike() -> None:
    stage = await RingStage().loaded()
    await stage.add(entry("A", label="b"), entry("B", label="a"), entry("C", label="b"))
    up = await survey(stage.ring, ALL, lambda view: view.label)
    down = await survey(stage.ring, ALL, lambda view: view.label, down=True)
    assert up.found == [id_of("B"), id_of("A"), id_of("C")]
    assert down.found == [id_of("A"), id_of("C"), id_of("B")]
    assert (await survey(stage.ring, ALL)).found == [id_of("A"), id_of("B"), id_of("C")]


async def test_a_key_may_serve_a_model_that_it_names_or_any() -> None:
    stage = await RingStage().loaded()
    await stage.add(entry("A", models=frozenset({"m"})), entry("B", models=frozenset({"n"})), entry("C"))
    assert [view.id for view in stage.ring.views(KeyFilter(model="m"))] == [id_of("A"), id_of("C")]


async def test_others_have_their_turn_while_many_keys_are_looked_at() -> None:
    stage = await RingStage().loaded()
    many = tuple(Entry(key=f"AIzaSy{n + 123456}0123456789-_0123456789abcdef") for n in range(2 * AT_ONCE))
    await stage.ring.bring_in(Reading(many), WHO)
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    task = asyncio.create_task(others())
    seen = await survey(stage.ring, ALL)
    task.cancel()
    assert (seen.total, turns >= 2) == (2 * AT_ONCE, True)


async def test_keys_that_are_added_during_the_walk_do_not_disturb_it() -> None:
    stage = await RingStage().loaded()
    many = tuple(Entry(key=f"AIzaSy{n + 123456}0123456789-_0123456789abcdef") for n in range(AT_ONCE + 1))
    await stage.ring.bring_in(Reading(many), WHO)
    seen = 0
    async for _ in walk(stage.ring):
        seen += 1
        if seen == AT_ONCE:
            await stage.add(entry("A"))
    assert seen == AT_ONCE + 1
