"""How several replicas divide what is scarce."""

from __future__ import annotations

from itertools import pairwise
from math import inf
from typing import TYPE_CHECKING

import pytest

from gemini_balance.core.pool import Demand, KeyId, Lease
from gemini_balance.core.pool.turns import GONE, HANDOVER, LOOK, ROUND, Present, Turns
from tests.unit.core.pool.replicas_scene import BEAT, beat, granted, group, one_waits, owners, replicas
from tests.unit.core.pool.scene import LEAVES, MODEL, NOW, ask, call, lent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gemini_balance.core.pool.facts import Fact


def test_while_all_know_the_same_nobody_and_everybody_in_turn_owns_a_project() -> None:
    pools = replicas(4, "a", rpm=2)
    one_waits(pools)
    ask(pools[0])
    ask(pools[0])
    seen = set()
    for step in range(int(ROUND / BEAT) + 8):
        now = NOW + step * BEAT
        beat(pools, now)
        mine = owners(pools, now)
        assert len(mine) <= 1
        seen |= set(mine)
    assert seen == {0, 1, 2, 3}


@pytest.mark.parametrize("late", [0.0, 0.2, HANDOVER])
def test_when_others_begin_to_wait_nobody_takes_over_before_its_predecessor_is_known(late: float) -> None:
    """Each hears the others this much later than itself."""
    pools = replicas(3, *"abcdefgh", rpm=2)
    on_the_way: list[tuple[float, int, Sequence[Fact]]] = []
    for step in range(200):
        now = NOW + step * BEAT / 5
        for number, pool in enumerate(pools):
            if step % 35 == 11 * number:
                pool.enqueue(now, call(), until=inf)
            if step % 5 == number:
                on_the_way.append((now + late, number, pool.tell(now)))
        for _, number, facts in [one for one in on_the_way if one[0] <= now]:
            for pool in (other for n, other in enumerate(pools) if n != number):
                pool.hear(now, facts)
        on_the_way = [one for one in on_the_way if one[0] > now]
        if (now % LOOK) > late + BEAT:  # what was told before the last look has arrived
            assert all(len(owners(pools, now, name)) <= 1 for name in "abcdefgh")


def test_between_two_owners_there_is_time_to_learn_what_the_first_did() -> None:
    pools = replicas(3, "a")
    one_waits(pools)
    mine = []
    for step in range(int(2 * ROUND * 20)):
        now = NOW + step / 20
        if step % 5 == 0:
            beat(pools, now)
        mine += [(now, owner) for owner in owners(pools, now)]
    changes = [at - before for (before, one), (at, other) in pairwise(mine) if one != other]
    assert len(changes) >= 3
    assert min(changes) >= HANDOVER


def test_what_nobody_has_touched_is_there_for_all_at_once() -> None:
    pools = replicas(4, "a", rpm=5)
    one_waits(pools * 2)
    beat(pools)
    assert sorted(granted(pools, NOW + LOOK + HANDOVER - 0.01))[:4] == [0, 1, 2, 3]


def test_tokens_are_divided_when_half_of_them_are_spent() -> None:
    pools = replicas(4, "a", tpm=1_000)
    for pool in pools:
        lent(pool, wanted=call(tokens=150))
    beat(pools)
    assert sum(isinstance(pool.acquire(NOW, call(tokens=300)), Lease) for pool in pools) == 1


def test_a_project_that_is_anothers_is_looked_at_again_once_however_often_it_changes() -> None:
    pools = replicas(4, "a", rpm=4)
    lent(pools[0])
    for _ in range(50):
        for pool in pools:
            pool.lane(MODEL).place(NOW, pool.lane(MODEL).of(pool.keys[KeyId("a")]))
    assert [len(pool.lane(MODEL).wakes) <= 1 for pool in pools] == [True] * 4


def test_a_group_in_doubt_is_put_to_the_test_by_one() -> None:
    pools = replicas(2, "a", "b", rpm=1)
    for name, pool in zip("ab", pools, strict=True):
        group(pool, "a", "b")
        lent(pool, wanted=call(pinned=name))
    one_waits(pools)
    tests = []
    for step in range(16):
        beat(pools, NOW + step * BEAT)
        tests += granted(pools, NOW + step * BEAT)
    assert len(tests) == 1


def test_one_that_waits_gets_what_others_leave_unused() -> None:
    pools = replicas(4, *(f"k{n}" for n in range(20)), rpm=1)
    one_waits(pools[:1] * 20)
    beat(pools)
    for step in range(int((2 * LOOK + HANDOVER) / BEAT) + 1):
        beat(pools, NOW + step * BEAT)
        granted(pools, NOW + step * BEAT)
    assert pools[0].waiting == 0


def test_what_belonged_to_a_dead_replica_is_soon_others() -> None:
    pools = replicas(4, *(f"k{n}" for n in range(20)), rpm=1)
    one_waits(pools * 6)
    beat(pools)
    living = pools[:3]
    step = 0
    while any(pool.waiting for pool in living) and step * BEAT < GONE + 2 * LOOK + HANDOVER:
        step += 1
        beat(living, NOW + step * BEAT)
        granted(living, NOW + step * BEAT)
    assert sum(pool.waiting for pool in living) == 0


def test_a_lone_survivor_needs_nobodys_word() -> None:
    pools = replicas(2, *(f"k{n}" for n in range(10)), rpm=1)
    beat(pools)
    survivor = pools[0]
    one_waits([survivor] * 10)
    at = NOW
    while survivor.waiting and at <= NOW + GONE + ROUND:
        granted([survivor], at)
        at = survivor.grant(at).at
    assert survivor.waiting == 0


def test_nothing_starves_and_nothing_is_spent_twice_where_one_project_serves_all() -> None:
    pools = replicas(4, "a", rpm=15)
    one_waits(pools * 40)
    sent: list[tuple[float, int]] = []
    for step in range(int(6 * LEAVES / BEAT)):
        now = NOW + step * BEAT
        beat(pools, now)
        sent += [(now, number) for number in granted(pools[: 1 + step // 8], now)]
        assert sum(at > now - 60 for at, _ in sent) <= 15
    assert len(sent) >= 6 * 14
    assert min(sum(number == one for _, number in sent) for one in range(4)) >= 15


def test_where_nobody_waits_a_call_that_is_bound_to_its_key_need_not_wait_for_a_turn() -> None:
    pools = replicas(4, "a", "b", rpm=2)
    beat(pools)
    leases = [pool.acquire(NOW, call(pinned="a")) for pool in pools[:1] + pools[:1]]
    beat(pools)
    assert all(isinstance(lease, Lease) for lease in leases)
    assert [isinstance(pool.acquire(NOW, call(pinned="b")), Lease) for pool in pools[:2]] == [True, True]


def test_while_there_is_room_for_all_nobody_waits_for_a_turn() -> None:
    pools = replicas(4, "a", rpm=100)
    for step in range(20):
        beat(pools, NOW + step * BEAT)
        assert [ask(pool, NOW + step * BEAT) for pool in pools] == ["a"] * 4


def test_whoever_is_silent_for_some_seconds_takes_no_part() -> None:
    turns = Turns("north", ("north", "south", "east"))
    assert turns.alive(NOW) == ("north", "south", "east")
    turns.hear(NOW + 1, Present("south", NOW + 1))
    assert turns.alive(NOW + GONE + 0.5) == ("north", "south")
    assert turns.alive(NOW + GONE + 1.5) == ("north",)


def test_an_older_word_about_who_waits_changes_nothing() -> None:
    turns = Turns("north", ("north", "south"))
    turns.hear(NOW, Present("south", NOW, (MODEL,)))
    turns.hear(NOW, Present("south", NOW - 1))
    assert turns.waits("south", MODEL, NOW)


def test_a_replica_whose_clock_was_set_back_is_heard() -> None:
    turns = Turns("north", ("north", "south"))
    turns.hear(NOW, Present("south", NOW, (MODEL,)))
    turns.hear(NOW, Present("south", NOW - 3_600))
    assert not turns.waits("south", MODEL, NOW)


def test_each_replica_begins_with_other_projects() -> None:
    pools = replicas(4, *(f"k{n}" for n in range(8)))
    assert {ask(pool, wanted=Demand(MODEL)) for pool in pools} == {"k0", "k2", "k4", "k6"}
