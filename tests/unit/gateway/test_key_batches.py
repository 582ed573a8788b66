"""What was done to many keys at once can be taken back."""

from __future__ import annotations

import pytest

from gemini_balance.core.errors import NotFound
from gemini_balance.core.keys import UnusableKey
from gemini_balance.gateway.key_batches import REMEMBERED, Batch, KeyBatches
from gemini_balance.gateway.key_edits import KeyEdit
from gemini_balance.gateway.key_views import ALL, only
from tests.unit.gateway.ring_stage import WHO, RingStage, entry, id_of

pytestmark = pytest.mark.anyio
BLUE = KeyEdit(add_tags=frozenset({"blue"}))


async def staged() -> tuple[RingStage, KeyBatches]:
    stage = await RingStage(listed="ABC").loaded()
    return stage, KeyBatches(stage.ring)


async def test_what_was_switched_off_is_on_again_and_what_was_off_before_stays_so() -> None:
    stage, batches = await staged()
    await stage.ring.disable(only(id_of("A")), WHO)
    done = await batches.disable(ALL, WHO)
    assert (done.count, set(stage.states().values())) == (2, {"disabled operator"})
    assert await batches.undo(done.id, WHO) == 2
    assert stage.states() == {"A": "disabled operator", "B": "ready", "C": "ready"}
    back = await batches.enable(ALL, WHO)
    assert (back.count, await batches.undo(back.id, WHO), stage.states()["A"]) == (1, 1, "disabled operator")


async def test_an_undo_takes_back_that_field_alone() -> None:
    stage, batches = await staged()
    done = await batches.change(only(id_of("A")), BLUE, ("tags",), WHO)
    await stage.ring.change(only(id_of("A")), KeyEdit(label="later"), WHO)
    await batches.undo(done.id, WHO)
    view = stage.ring.view(id_of("A"))
    assert (view.tags, view.label) == ([], "later")
    assert [change.action for change in await stage.history()][-3:] == ["set", "set", "undo"]


async def test_whoever_was_deleted_meanwhile_stays_so() -> None:
    stage, batches = await staged()
    done = await batches.disable(ALL, WHO)
    await stage.ring.delete(only(id_of("B")), WHO)
    assert await batches.undo(done.id, WHO) == 2
    assert stage.states() == {"A": "ready", "C": "ready"}


async def test_where_nothing_changed_there_is_nothing_to_undo_and_an_undo_is_done_once() -> None:
    _stage, batches = await staged()
    assert await batches.enable(ALL, WHO) == Batch("", 0)
    done = await batches.disable(ALL, WHO)
    await batches.undo(done.id, WHO)
    with pytest.raises(NotFound):
        await batches.undo(done.id, WHO)


async def test_only_the_last_changes_are_remembered() -> None:
    _stage, batches = await staged()
    first = await batches.disable(ALL, WHO)
    for n in range(REMEMBERED):
        await batches.change(ALL, KeyEdit(project=f"p{n}"), ("project",), WHO)
    with pytest.raises(NotFound):
        await batches.undo(first.id, WHO)


async def test_a_change_that_can_t_be_is_none() -> None:
    stage, batches = await staged()
    await stage.add(entry("D"))
    with pytest.raises(UnusableKey):
        await batches.change(ALL, KeyEdit(project="x" * 501), ("project",), WHO)
    assert {view.project for view in stage.ring.views()} == {""}
