"""Keys come, change and go while the pool serves."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gemini_balance.core.outcome import Cause, Limit, Outcome, Window
from gemini_balance.core.pool import Demand, Health, Key, KeyId, KeyPool, KeySpec, Never, NotYet
from gemini_balance.core.pool.key import Project, Source, domain_of, keys_of
from gemini_balance.core.pool.windows import Limits
from tests.unit.core.pool.scene import (
    DEAD,
    GONE,
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

A, B, C = KeyId("a"), KeyId("b"), KeyId("c")
ONE = Limits(rpm=1)
PAID = Demand(MODEL, paid=True)


def keys(names: str) -> list[KeySpec]:
    return [key(name) for name in names]


def test_a_key_that_is_added_serves_the_next_call() -> None:
    pool = pool_of("a", told=ONE)
    assert (ask(pool), isinstance(ask(pool), NotYet)) == ("a", True)
    pool.set_keys(NOW, keys("ab"))
    assert (ask(pool), pool.usable()) == ("b", 2)


def test_a_pool_that_began_without_a_key_serves_once_it_has_one() -> None:
    pool = pool_of()
    assert ask(pool) == Never(dead=True)
    pool.set_keys(NOW, keys("a"))
    assert ask(pool) == "a"


def test_who_waits_is_served_by_a_new_key() -> None:
    pool = pool_of("a", told=ONE)
    ask(pool)
    mine = waits(pool, call())
    pool.set_keys(NOW, keys("ab"))
    assert served(pool, NOW) == [mine]


def test_a_key_that_is_removed_serves_no_more_and_what_it_used_is_forgotten() -> None:
    pool = pool_of("a", "b", told=Limits(rpm=5))
    assert asked_until_refused(pool) == 10
    pool.set_keys(NOW, keys("b"))
    assert (list(pool.keys), pool.usable(), ask(pool)) == ([B], 1, NotYet(NOW + LEAVES))
    lane = pool.lane(MODEL)
    lane.advance(NOW + 2 * 86_400)
    assert (len(lane.ledgers), len(lane.shares), len(lane.spent), list(lane.fresh)) == (0, 0, 0, [pool.keys[B]])


def test_a_dead_key_that_is_removed_is_not_counted_any_more() -> None:
    pool = pool_of("a", "b")
    ends(pool, DEAD)
    alive = next(name for name, one in pool.keys.items() if one.health is Health.READY)
    pool.set_keys(NOW, keys(alive))
    assert (pool.usable(), ask(pool)) == (1, alive)


@pytest.mark.parametrize("outcome", [GOOD, GONE, DEAD, minute(30, rpm=3), Outcome(Cause.MODEL_OVERLOADED)])
@pytest.mark.parametrize("project", ["", "p"])
def test_what_is_under_way_with_a_removed_key_ends_without_a_trace(outcome: Outcome, project: str) -> None:
    pool = pool_of(key("a", project), key("b", project))
    leases = [lent(pool), lent(pool)]
    pool.set_keys(NOW, [key("b", project)])
    for lease in leases:
        pool.began(NOW, lease)
        pool.settle(NOW + 1, lease, outcome if lease.key.id == A else GOOD)
        pool.settle(NOW + 1, lease, outcome)
    assert (pool.usable(), [lease.key.in_flight for lease in leases]) == (1, [0, 0])
    later = NOW + 90_000
    assert {ask(pool, later + n) for n in range(9)} == {"b"}
    lane = pool.lane(MODEL)
    lane.advance(later + 2 * 86_400)
    assert (len(lane.ledgers), len(lane.shares), len(lane.spent)) == (0, 0, 0)


def test_what_a_removed_key_used_still_counts_for_its_project() -> None:
    pool = pool_of(key("a", "p"), key("b", "p"), told=Limits(rpm=2))
    assert asked_until_refused(pool) == 2
    pool.set_keys(NOW, [key("b", "p")])
    assert (ask(pool), ask(pool, NOW + LEAVES)) == (NotYet(NOW + LEAVES), "b")


def test_a_key_that_comes_back_begins_anew() -> None:
    pool = pool_of("a", "b")
    ends(pool, DEAD)
    dead = next(name for name, one in pool.keys.items() if one.health is Health.INVALID)
    other = "b" if dead == A else "a"
    pool.set_keys(NOW, keys(other))
    pool.set_keys(NOW, keys("ab"))
    assert (pool.keys[dead].health, pool.usable()) == (Health.READY, 2)


def test_a_ticket_for_a_key_that_was_removed_waits_in_vain_and_harms_nobody() -> None:
    pool = pool_of("a", "b", told=ONE)
    ask(pool, NOW, call(pinned="a"))
    ticket = waits(pool, call(pinned="a"))
    pool.set_keys(NOW, keys("b"))
    assert (served(pool, NOW + LEAVES), pool.acquire(NOW, call(pinned="a"))) == ([], Never())
    pool.withdraw(ticket)
    assert pool.waiting == 0


def test_a_disabled_key_rests_until_it_is_enabled_and_then_is_as_good_as_new() -> None:
    pool = pool_of("a")
    ends(pool, DEAD)
    pool.set_keys(NOW, [key("a", off=True)])
    assert (pool.keys[A].health, pool.usable(), ask(pool)) == (Health.DISABLED, 0, Never(dead=True))
    pool.set_keys(NOW, keys("a"))
    assert (pool.keys[A].health, pool.usable(), ask(pool)) == (Health.READY, 1, "a")


def test_a_key_may_be_off_from_the_start() -> None:
    pool = pool_of(key("a", off=True), "b")
    assert (pool.usable(), {ask(pool) for _ in range(3)}) == (1, {"b"})


def test_a_disabled_key_is_not_revived_by_an_answer_that_was_under_way() -> None:
    pool = pool_of("a")
    lease = lent(pool)
    pool.set_keys(NOW, [key("a", off=True)])
    pool.began(NOW, lease)
    pool.settle(NOW, lease, GOOD)
    assert (pool.keys[A].health, ask(pool)) == (Health.DISABLED, Never(dead=True))


def test_whether_a_key_is_off_is_not_the_states_to_remember() -> None:
    pool = pool_of(key("a", off=True), "b")
    saved = pool.snapshot(NOW)
    again = pool_of("a", key("b", off=True))
    again.restore(NOW, saved)
    assert [one.health for one in again.keys.values()] == [Health.READY, Health.DISABLED]


def test_counts_are_kept_when_a_key_is_changed() -> None:
    pool = pool_of("a", told=Limits(rpm=2))
    ask(pool)
    pool.set_keys(NOW, [replace(key("a", weight=7, tags="x"), label="Anna", proxy="http://proxy.example")])
    assert (ask(pool), ask(pool)) == ("a", NotYet(NOW + LEAVES))
    assert pool.keys[A].spec.label == "Anna"


def test_a_heavier_key_of_a_project_serves_more_at_once() -> None:
    pool = pool_of(key("a", "p"), key("b", "p"), told=Limits(rpm=100))
    pool.set_keys(NOW, [key("a", "p", weight=3), key("b", "p")])
    got = [ask(pool) for _ in range(8)]
    assert (got.count("a"), got.count("b")) == (6, 2)


def test_a_key_serves_the_models_that_it_has_now() -> None:
    pool = pool_of(key("a", models=MODEL), key("b", models="other"))
    assert ({ask(pool) for _ in range(3)}, {ask(pool, wanted=call("other")) for _ in range(3)}) == ({"a"}, {"b"})
    pool.set_keys(NOW, [key("a", models="other"), key("b", models=MODEL)])
    assert ({ask(pool) for _ in range(3)}, {ask(pool, wanted=call("other")) for _ in range(3)}) == ({"b"}, {"a"})


def test_where_no_key_serves_a_model_any_more_none_ever_will() -> None:
    pool = pool_of("a")
    ask(pool)
    pool.set_keys(NOW, [key("a", models="other")])
    assert (ask(pool), ask(pool), ask(pool, NOW + 90_000)) == (Never(), Never(), Never())
    pool.set_keys(NOW, keys("a"))
    assert ask(pool) == "a"


def test_many_keys_for_other_models_are_looked_at_once() -> None:
    pool = pool_of(*(f"k{n}" for n in range(500)))
    pool.set_keys(NOW, [key(f"k{n}", models="other" if n else "") for n in range(500)])
    assert {ask(pool) for _ in range(3)} == {"k0"}
    assert len(pool.lane(MODEL).fresh) == 0


def test_a_key_that_becomes_a_paid_one_serves_only_what_is_for_those() -> None:
    pool = pool_of("a", "b", told=ONE)
    assert (ask(pool), ask(pool)) == ("a", "b")
    pool.set_keys(NOW, [key("a", paid=True), key("b")])
    assert (ask(pool, NOW, PAID), ask(pool, NOW, PAID), ask(pool)) == ("a", NotYet(NOW + LEAVES), NotYet(NOW + LEAVES))


def test_a_dead_key_stays_dead_when_it_becomes_a_paid_one() -> None:
    pool = pool_of("a")
    ends(pool, DEAD)
    pool.set_keys(NOW, [key("a", paid=True)])
    assert (pool.keys[A].health, pool.keys[A].reason, pool.usable()) == (Health.INVALID, Cause.KEY_DEAD, 0)


def test_keys_that_are_told_to_share_a_project_share_what_they_used() -> None:
    pool = pool_of("a", "b", told=Limits(rpm=2))
    assert [ask(pool), ask(pool)] == ["a", "b"]
    pool.set_keys(NOW, [key("a", "p"), key("b", "p")])
    assert ask(pool) == NotYet(NOW + LEAVES)
    assert shares(pool.keys[A]) == "ab"


def test_what_was_held_against_a_secret_is_not_held_against_the_one_in_its_place() -> None:
    pool = pool_of("a", "b")
    ends(pool, DEAD)
    pool.keys[B].failures = 2
    pool.set_keys(NOW, [replace(one, secret=f"another-{one.id}") for one in (pool.keys[A].spec, pool.keys[B].spec)])
    assert [(one.health, one.reason, one.failures) for one in pool.keys.values()] == [(Health.READY, None, 0)] * 2
    assert pool.usable() == 2


def test_a_key_that_is_told_another_project_takes_its_use_along() -> None:
    pool = pool_of(key("a", "p"), key("b", "p"), key("c", "q"), told=Limits(rpm=2))
    assert sorted(str(ask(pool)) for _ in range(4)) == ["a", "b", "c", "c"]
    pool.set_keys(NOW, [key("a", "p"), key("b"), key("c", "q")])
    assert (ask(pool), ask(pool), ask(pool)) in [("a", "b", NotYet(NOW + LEAVES)), ("b", "a", NotYet(NOW + LEAVES))]
    pool.set_keys(NOW, [key("a", "p"), key("b", "q"), key("c", "q")])
    assert (shares(pool.keys[A]), shares(pool.keys[B]), list(pool.projects)) == ("a", "bc", ["p", "q"])


def test_a_project_that_nobody_belongs_to_any_more_is_none() -> None:
    pool = pool_of(key("a", "p"), key("b", "q"))
    pool.set_keys(NOW, [key("a", "q"), key("b", "q")])
    assert (list(pool.projects), shares(pool.keys[A])) == (["q"], "ab")
    pool.set_keys(NOW, [])
    assert (pool.projects, pool.usable(), pool.snapshot(NOW) != b"") == ({}, 0, True)


def test_what_google_named_stays_when_something_else_is_changed() -> None:
    pool = pool_of("a", "b")
    named = Outcome(Cause.QUOTA_MINUTE, retry_after=1.0, consumer="projects/1", limits=(Limit(Window.RPM, 9),))
    for lease in (lent(pool), lent(pool)):
        pool.settle(NOW, lease, named)
    assert shares(pool.keys[A]) == "ab"
    pool.set_keys(NOW, [key("a", weight=2), key("b", tags="x")])
    assert shares(pool.keys[A]) == "ab"


def test_of_an_inferred_pair_one_that_is_left_is_alone() -> None:
    pool = pool_of("a", "b", "c")
    group(pool, "ab")
    pool.set_keys(NOW, keys("bc"))
    assert (pool.keys[B].project, pool.groups(), {ask(pool) for _ in range(4)}) == (None, [], {"b", "c"})


def test_an_inferred_group_that_is_told_its_name_is_one_project() -> None:
    pool = pool_of("a", "b", "c")
    group(pool, "ab")
    pool.confirm("group-a")
    pool.set_keys(NOW, [key("a", "group-a"), key("b", "group-a"), key("c")])
    assert (shares(pool.keys[A]), pool.groups(), list(pool.projects)) == ("ab", [], ["group-a"])


def group(pool: KeyPool, names: str) -> None:
    members = [pool.keys[KeyId(name)] for name in names]
    pool.regroup(NOW, list(members), [Project(f"group-{names[0]}", Source.INFERRED, members)])


def shares(one: Key) -> str:
    return "".join(sorted(other.id for other in keys_of(domain_of(one))))


def test_free_keys_that_turn_out_to_share_a_project_never_serve_what_is_for_paid_ones() -> None:
    pool = pool_of("a", "b", key("c", paid=True), told=ONE)
    assert ask(pool, NOW, PAID) == "c"
    group(pool, "ab")
    assert ask(pool, NOW, PAID) == NotYet(NOW + LEAVES)


def test_what_a_removed_key_used_of_a_project_that_is_dissolved_is_forgotten() -> None:
    pool = pool_of(key("a", "p"), key("b", "p"))
    ask(pool)
    ask(pool)
    pool.set_keys(NOW, keys("b"))
    lane = pool.lane(MODEL)
    lane.advance(NOW + 2 * 86_400)
    assert (len(lane.ledgers), len(lane.shares), len(lane.spent)) == (0, 0, 0)
