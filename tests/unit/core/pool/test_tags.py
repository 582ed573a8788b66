"""Calls that name tags are served by keys with one of them, and stand in nobody else's way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gemini_balance.core.pool import KeyId, Never, NotYet
from gemini_balance.core.pool.demand import MARGIN
from gemini_balance.core.pool.windows import Limits
from tests.unit.core.pool.scene import (
    DEAD,
    GOOD,
    LEAVES,
    MODEL,
    NOW,
    ask,
    asked_until_refused,
    call,
    ends,
    key,
    lent,
    minute,
    pool_of,
    served,
    waits,
)

if TYPE_CHECKING:
    from gemini_balance.core.pool import KeyPool

ONE, TWO = Limits(rpm=1), Limits(rpm=2)
NIGHT = call(tags="night")


def team(told: Limits = TWO) -> KeyPool:
    """Two keys for the night, two for the day, one for both, one for anybody."""
    named = [key(name, tags="night") for name in "ab"] + [key(name, tags="day") for name in "cd"]
    return pool_of(*named, key("e", tags="day night"), "f", told=told)


def test_only_keys_with_the_tag_serve() -> None:
    pool = team()
    assert sorted(str(ask(pool, NOW, NIGHT)) for _ in range(6)) == ["a", "a", "b", "b", "e", "e"]
    assert ask(pool, NOW, NIGHT) == NotYet(NOW + LEAVES)


def test_one_of_several_tags_is_enough() -> None:
    pool = team(ONE)
    assert {ask(pool, NOW, call(tags="night day")) for _ in range(5)} == set("abcde")
    assert isinstance(ask(pool, NOW, call(tags="night day")), NotYet)


def test_who_names_none_is_served_by_any() -> None:
    assert asked_until_refused(team(ONE)) == 6


def test_where_no_key_has_the_tag_none_ever_will() -> None:
    assert ask(team(), NOW, call(tags="noon")) == Never()


def test_where_all_keys_with_the_tag_are_dead_none_ever_will() -> None:
    pool = pool_of(key("a", tags="night"), "b")
    ends(pool, DEAD, wanted=NIGHT)
    assert (ask(pool, NOW, NIGHT), ask(pool)) == (Never(), "b")


def test_where_the_keys_with_the_tag_do_not_serve_the_model_none_ever_will() -> None:
    pool = pool_of(key("a", tags="night", models="other"), "b")
    assert (ask(pool, NOW, NIGHT), ask(pool)) == (Never(), "b")


def test_a_pinned_key_without_the_tag_is_refused() -> None:
    pool = team()
    assert ask(pool, NOW, call(pinned="c", tags="night")) == Never()
    assert ask(pool, NOW, call(pinned="a", tags="night")) == "a"


def test_a_conversation_leaves_a_key_that_lost_the_tag_of_its_caller() -> None:
    pool = pool_of(key("a", tags="night"), key("b", tags="night"), told=Limits(rpm=9))
    first = lent(pool, NOW, call(tags="night"))
    other = next(name for name in "ab" if name != first.key.id)
    pool.settle(NOW, first, GOOD)
    pool.set_keys(NOW, [key(str(first.key.id)), key(other, tags="night")])
    assert [ask(pool, NOW, NIGHT) for _ in range(3)] == [other] * 3


def test_the_moment_told_is_that_of_the_keys_with_the_tag() -> None:
    pool = team(ONE)
    for number, tag in enumerate(["day", "day", "day", "night", "night"]):
        assert isinstance(ask(pool, NOW + number, call(tags=tag)), str)
    ask(pool, NOW + 5)
    refused = pool.acquire(NOW + 6, NIGHT)
    assert isinstance(refused, NotYet)
    first_at_night = min(at for name, at in sent(pool).items() if name in "abe")
    assert refused == NotYet(first_at_night + LEAVES)
    assert refused.told == first_at_night + LEAVES + MARGIN


def sent(pool: KeyPool) -> dict[str, float]:
    return {bucket.share.key.id: bucket.sent for _, _, bucket in pool.lane(MODEL).spent}


def test_the_moment_told_counts_those_who_wait_for_the_same_keys() -> None:
    pool = pool_of(key("a", tags="night"), key("b"), told=ONE)
    assert (ask(pool, NOW, NIGHT), ask(pool, NOW + 9)) == ("a", "b")
    waits(pool, call(client="x", tags="night"), NOW + 10)
    assert pool.acquire(NOW + 10, call(client="y", tags="night")) == NotYet(NOW + 2 * LEAVES)


def test_who_waits_for_a_tag_stands_in_the_way_of_no_other_key() -> None:
    pool = pool_of(key("a", tags="night"), "b", told=ONE)
    assert ask(pool, NOW, NIGHT) == "a"
    waits(pool, call(client="x", tags="night"), NOW + 1)
    assert ask(pool, NOW + 1) == "b"


def test_a_key_that_somebody_waits_for_by_its_tag_is_left_to_him() -> None:
    pool = pool_of(key("a", tags="night"), "b", told=ONE)
    assert (ask(pool, NOW, NIGHT), ask(pool, NOW + 1)) == ("a", "b")
    mine = waits(pool, call(client="x", tags="night"), NOW + 2)
    assert isinstance(pool.acquire(NOW + LEAVES, call()), NotYet)
    assert served(pool, NOW + LEAVES) == [mine]


def test_who_waits_for_any_key_stands_before_who_comes_for_a_tag() -> None:
    pool = pool_of(key("a", tags="night"), told=ONE)
    ask(pool)
    first = waits(pool, call(client="x"), NOW + 1)
    assert isinstance(pool.acquire(NOW + LEAVES, NIGHT), NotYet)
    assert served(pool, NOW + LEAVES) == [first]


def test_lines_with_tags_and_without_take_turns() -> None:
    pool = pool_of(key("a", tags="night"), told=ONE)
    ask(pool)
    tickets = [waits(pool, call(client="x"), NOW + 1), waits(pool, call(client="y", tags="night"), NOW + 1)]
    tickets += [waits(pool, call(client="x"), NOW + 2), waits(pool, call(client="y", tags="night"), NOW + 2)]
    got = [served(pool, NOW + LEAVES * n) for n in range(1, 5)]
    assert got == [[ticket] for ticket in tickets]


def test_a_large_call_with_a_tag_gets_the_room_it_needs_though_others_have_none() -> None:
    told = Limits(rpm=9, tpm=1_000)
    pool = pool_of(key("a", tags="night"), "b", told=told)
    assert [ask(pool, NOW, call(tokens=600, tags="night")), ask(pool, NOW, call(tokens=900))] == ["a", "b"]
    large, small = (waits(pool, call(client=c, tokens=t, tags="night"), NOW + 1) for c, t in (("x", 900), ("x", 300)))
    assert served(pool, NOW + 2) == [small]
    assert served(pool, NOW + LEAVES + 2) == [large]


def test_a_batch_with_a_tag_goes_where_it_fits() -> None:
    pool = pool_of(key("a", tags="night"), key("b", tags="night"), "c", told=Limits(rpm=4))
    assert {ask(pool, NOW, NIGHT), ask(pool, NOW, call(tags="night", units=3))} == {"a", "b"}
    assert ask(pool, NOW, call(tags="night", units=3)) in ("a", "b")


@pytest.mark.parametrize("project", ["", "p"], ids=["each its own", "one project"])
def test_keys_with_a_tag_in_a_project_with_others_are_found(project: str) -> None:
    pool = pool_of(*(key(name, project) for name in "abc"), key("d", project, tags="night"), told=TWO)
    assert [ask(pool, NOW, NIGHT) for _ in range(2)] == ["d", "d"]
    assert isinstance(ask(pool, NOW, NIGHT), NotYet)
    assert isinstance(ask(pool), NotYet) == bool(project)


def test_a_tag_is_found_again_after_the_windows_have_emptied() -> None:
    pool = team(ONE)
    asked_until_refused(pool, NOW)
    later = NOW + 90_000
    assert {ask(pool, later, NIGHT) for _ in range(3)} == set("abe")
    assert {ask(pool, later) for _ in range(3)} == set("cdf")


def test_a_rest_of_a_key_with_the_tag_is_waited_for() -> None:
    pool = pool_of(key("a", tags="night"), "b")
    ends(pool, minute(30), wanted=NIGHT)
    assert ask(pool, NOW, NIGHT) == NotYet(NOW + 30)


def test_what_is_skipped_is_told_of_keys_with_the_tag_only() -> None:
    pool = pool_of(*(key(f"k{n}") for n in range(100)), key("a", tags="night"))
    ends(pool, DEAD, wanted=NIGHT)
    assert [(one.key, one.why) for one in pool.skipped(NOW, NIGHT)] == [(KeyId("a"), "key_dead")]
