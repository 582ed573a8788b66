"""A key gets another secret: what is known of it stays, what it was is gone."""

from __future__ import annotations

import pytest

from gemini_balance.core.errors import NotFound
from gemini_balance.core.keys import Standing, UnusableKey, read
from gemini_balance.core.outcome import Cause
from gemini_balance.core.pool.key import Health
from gemini_balance.gateway.key_edits import KeyEdit
from gemini_balance.gateway.key_secrets import SecretTaken
from gemini_balance.gateway.key_views import ALL, only
from gemini_balance.gateway.stores import Off
from tests.unit.gateway.ring_stage import SECRETS, WELL, WHO, RingStage, entry, id_of
from tests.unit.gateway.stage import Line, refuses, says

pytestmark = pytest.mark.anyio
A = id_of("A")
DEAD = refuses(400, "API key not valid.")


async def replaced(stage: RingStage, secret: str = SECRETS["B"], key: str = A) -> None:
    job = await stage.verifier.replace(key, secret, WHO)
    assert job.task is not None
    await job.task


async def test_the_id_and_all_that_was_said_of_it_stay_and_calls_go_with_the_new_secret() -> None:
    stage = await RingStage(WELL, Line([says("Hello", "STOP")]), listed="A").loaded()
    await stage.ring.change(only(A), KeyEdit(label="main", notes="renew in March", project="reed"), WHO)
    before = stage.ring.view(A)
    await replaced(stage)
    after = stage.ring.view(A)
    assert (after.id, after.label, after.notes, after.project, after.created) == (
        before.id,
        "main",
        "renew in March",
        "reed",
        before.created,
    )
    await stage.play()
    assert [SECRETS["B"].encode() in one.head for one in stage.transport.asked] == [True, True]
    assert [key.secret for key in await stage.store.all()] == [SECRETS["B"]]


async def test_what_was_held_against_the_old_secret_is_not_held_against_the_new_one() -> None:
    stage = await RingStage(Line([], status=503), listed="A").loaded()
    stage.pool.condemn(0.0, A, Cause.KEY_DEAD)
    stage.pool.keys[A].failures = 3
    await replaced(stage)
    assert (stage.states(), stage.pool.keys[A].failures, stage.pool.keys[A].proven) == ({"A": "ready"}, 0, False)


async def test_the_new_secret_is_checked_at_once() -> None:
    stage = await RingStage(DEAD, listed="A").loaded()
    await replaced(stage)
    assert stage.states() == {"A": "invalid key_dead"}


async def test_who_did_it_is_noted_without_a_secret() -> None:
    stage = await RingStage(WELL, listed="A").loaded()
    await replaced(stage)
    change = (await stage.history())[1]
    assert (change.who, change.target, change.action) == (WHO, A, "replace")
    assert (change.before, change.after) == ('{"shown":"…efXY"}', '{"shown":"…efXY"}')


@pytest.mark.parametrize(("secret", "own"), [(SECRETS["B"], False), (SECRETS["A"], True)], ids=["another's", "its own"])
async def test_a_secret_that_is_there_already_is_refused_and_nothing_changes(secret: str, own: bool) -> None:
    stage = await RingStage(listed="AB").loaded()
    with pytest.raises(SecretTaken) as refused:
        await stage.verifier.replace(A, secret, WHO)
    assert (refused.value.own, refused.value.holder) == (own, A if own else id_of("B"))
    assert (stage.verifier.jobs(), len(await stage.history())) == ([], 1)
    assert secret not in str(refused.value)


@pytest.mark.parametrize("secret", ["", "two words", "AIza…1234", "YOUR_API_KEY", "short"])
async def test_what_is_no_key_is_refused_in_words(secret: str) -> None:
    stage = await RingStage(listed="A").loaded()
    with pytest.raises(UnusableKey) as refused:
        await stage.verifier.replace(A, secret, WHO)
    assert (refused.value.param, len(str(refused.value)) > 20) == ("secret", True)


async def test_a_key_that_is_not_there_gets_no_secret() -> None:
    stage = await RingStage(listed="A").loaded()
    await stage.ring.delete(ALL, WHO)
    with pytest.raises(NotFound):
        await stage.verifier.replace(A, SECRETS["B"], WHO)


async def test_the_new_secret_is_known_wherever_it_is_read_again() -> None:
    stage = await RingStage(WELL, listed="A").loaded()
    await replaced(stage)
    (item,) = stage.ring.preview(read(SECRETS["B"])).items
    assert (item.standing, item.key) == (Standing.KEPT, A)
    await stage.add(entry("B"))
    assert stage.states() == {"A": "ready"}


@pytest.mark.parametrize("listed", ["A", "B", "AB"], ids=["the old one", "the new one", "both"])
async def test_an_environment_that_lists_either_secret_means_the_same_key(listed: str) -> None:
    stage = await RingStage(WELL, listed="A").loaded()
    await replaced(stage)
    stage = await RingStage(listed=listed, before=stage).loaded()
    assert (stage.states(), [key.secret for key in await stage.store.all()]) == ({"A": "ready"}, [SECRETS["B"]])


async def test_the_old_secret_can_come_back_to_its_key() -> None:
    stage = await RingStage(WELL, WELL, listed="A").loaded()
    await replaced(stage)
    await replaced(stage, SECRETS["A"])
    assert [(key.id, key.secret) for key in await stage.store.all() if key.off is Off.NO] == [(A, SECRETS["A"])]


async def test_secrets_that_went_are_not_brought_back_by_the_environment() -> None:
    stage = await RingStage(WELL, WELL, listed="A").loaded()
    await replaced(stage)
    await replaced(stage, SECRETS["C"])
    stage = await RingStage(listed="ABC", before=stage).loaded()
    assert stage.states() == {"A": "ready"}
    await stage.ring.delete(ALL, WHO)
    stage = await RingStage(listed="ABC", before=stage).loaded()
    assert (stage.states(), [key.secret for key in await stage.store.all() if key.secret]) == ({}, [])


async def test_a_check_that_began_with_the_old_secret_says_nothing_of_the_new_one() -> None:
    stage = await RingStage(DEAD, WELL, listed="A").loaded()
    job = stage.verifier.start(ALL, WHO)
    await stage.ring.replace(A, SECRETS["B"], WHO)
    assert job.task is not None
    await job.task
    assert stage.states() == {"A": "ready"}


async def test_one_that_is_off_stays_off() -> None:
    stage = await RingStage(WELL, listed="A").loaded()
    await stage.ring.disable(ALL, WHO)
    await replaced(stage)
    assert (stage.states(), stage.pool.keys[A].health) == ({"A": "disabled operator"}, Health.DISABLED)
