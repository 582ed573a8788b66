"""Which keys share a project, inferred from refusals that their own use does not explain."""

from __future__ import annotations

from gemini_balance.core.pool import KeyPool, Lease, NotYet
from gemini_balance.core.pool.key import Source
from tests.unit.core.pool.scene import (
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
)


def groups(pool: KeyPool) -> list[tuple[str, str, Source]]:
    projects = dict.fromkeys(key.project for key in pool.keys.values() if key.project is not None)
    return [(project.name, "".join(key.id for key in project.keys), project.source) for project in projects]


def grouped(*names: str) -> KeyPool:
    """`b` is refused with a window of two of which it used one; the oldest request in it was `a`'s."""
    pool = pool_of(*(names or ("a", "b", "c")))
    ask(pool, NOW, call(pinned="a"))
    ask(pool, NOW + 10, call(pinned="b"))
    ends(pool, minute(40, rpm=2), NOW + 20, call(pinned="b"))
    return pool


A_AND_B = [("group-a", "ba", Source.INFERRED)]


def test_a_key_refused_below_its_limit_joins_whoever_sent_the_oldest_request_in_the_window() -> None:
    assert groups(grouped()) == A_AND_B


def test_keys_refused_until_the_same_moment_become_one() -> None:
    pool = pool_of("a", "b", "c")
    for at, lease in enumerate([lent(pool, NOW, call(pinned=name)) for name in "abab"]):
        pool.settle(NOW + at / 8, lease, minute(30 - at / 8, rpm=10))
    assert groups(pool) == A_AND_B


def refused(pool: KeyPool, now: float, lease: Lease, opens: float = NOW + 30, rpm: int = 10) -> None:
    pool.settle(now, lease, minute(opens - now, rpm=rpm))


def test_a_request_on_its_way_while_a_window_is_full_is_no_answer_yet() -> None:
    pool = pool_of("a", "b")
    first = [lent(pool, NOW, call(pinned=name)) for name in "ab"]
    refused(pool, NOW + 0.1, first[0])
    under_way = lent(pool, NOW + 0.15, call(pinned="b"))
    refused(pool, NOW + 0.2, first[1])
    assert groups(pool) == A_AND_B
    refused(pool, NOW + 0.3, under_way)
    assert groups(pool) == A_AND_B


def test_an_answer_while_the_others_window_is_full_tells_that_they_are_apart() -> None:
    pool = pool_of("a", "b")
    first = [lent(pool, NOW, call(pinned=name)) for name in "ab"]
    refused(pool, NOW + 0.1, first[0])
    ask(pool, NOW + 0.15, call(pinned="b"))
    refused(pool, NOW + 5, first[1])
    assert groups(pool) == []


def test_what_may_still_be_refused_does_not_fill_a_window() -> None:
    pool = pool_of("a", "b")
    first, *_ = [[lent(pool, NOW, call(pinned=name)) for name in "ab"] for _ in range(3)]
    for at, lease in enumerate(first, 1):
        refused(pool, NOW + at / 10, lease, rpm=3)
    assert groups(pool) == A_AND_B


def test_keys_refused_until_moments_of_their_own_stay_apart() -> None:
    pool = pool_of("a", "b")
    for n in range(4):
        ends(pool, minute(30 + 3 * n, rpm=10), NOW + 70 * n, call(pinned="ab"[n % 2]))
    assert groups(pool) == []


def test_where_many_windows_open_at_about_the_same_moment_two_that_agree_tell_little() -> None:
    """After a burst all do: those that a request of the same second filled."""
    names = "abcdefghijklmnopqrstuvwxyz"
    pool = pool_of(*names)
    for at, lease in enumerate([lent(pool, NOW, call(pinned=name)) for name in names]):
        refused(pool, NOW + 0.1, lease, NOW + 30 + at / 25)
    assert groups(pool) == []


def test_a_group_counts_the_use_of_its_keys_together_and_rests_together() -> None:
    pool = grouped("a", "b")
    assert ask(pool, NOW + 20) == NotYet(NOW + LEAVES)
    assert asked_until_refused(pool, NOW + 200) == 2


def test_a_refusal_that_the_keys_own_use_explains_groups_nobody() -> None:
    pool = pool_of("a", "b")
    for name in "aab":
        ask(pool, NOW, call(pinned=name))
    ends(pool, minute(60, rpm=2), NOW, call(pinned="a"))
    assert groups(pool) == []


def test_a_refusal_that_names_no_limit_groups_nobody() -> None:
    pool = pool_of("a", "b")
    ask(pool, NOW, call(pinned="a"))
    ends(pool, minute(40), NOW + 20, call(pinned="b"))
    assert groups(pool) == []


def test_keys_whose_projects_are_told_are_never_grouped() -> None:
    pool = pool_of(key("a", "p"), key("b", "q"))
    ask(pool, NOW, call(pinned="a"))
    ask(pool, NOW + 10, call(pinned="b"))
    ends(pool, minute(40, rpm=2), NOW + 20, call(pinned="b"))
    assert groups(pool) == [("p", "a", Source.TOLD), ("q", "b", Source.TOLD)]


def trial_of(pool: KeyPool, now: float) -> Lease:
    """Somebody waits for the spent group, and it is put to the test."""
    assert asked_until_refused(pool, now) == 2
    pool.enqueue(now + 5, call())
    [(_, lease)] = pool.grant(now + 5).leases
    assert lease.trial
    return lease


def test_a_group_that_is_spent_is_put_to_the_test_and_an_answer_splits_it() -> None:
    pool = grouped("a", "b")
    now = NOW + 200
    pool.settle(now + 6, trial_of(pool, now), GOOD)
    assert groups(pool) == []


def test_a_refusal_proves_the_group() -> None:
    pool = grouped("a", "b")
    now = NOW + 200
    pool.settle(now + 5, trial_of(pool, now), minute(55, rpm=2))
    [project] = {key.project for key in pool.keys.values()}
    assert project is not None
    assert (groups(pool), project.proofs) == (A_AND_B, 1)


def test_a_group_is_put_to_the_test_once_a_minute_at_most() -> None:
    pool = grouped("a", "b")
    now = NOW + 200
    trial_of(pool, now)
    pool.enqueue(now + 6, call())
    assert pool.grant(now + 6).leases == []


def test_a_group_is_not_put_to_the_test_before_what_it_sent_is_known_to_count() -> None:
    pool = grouped("a", "b")
    now = NOW + 200
    assert asked_until_refused(pool, now) == 2
    pool.enqueue(now + 0.1, call())
    assert pool.grant(now + 0.1).leases == []


def test_a_group_is_not_put_to_the_test_when_it_has_only_used_what_it_is_believed_to_get() -> None:
    pool = pool_of("a", "b")
    ask(pool, NOW, call(pinned="a"))
    ends(pool, minute(40, rpm=4), NOW + 20, call(pinned="b"))
    now = NOW + 65
    assert (groups(pool), asked_until_refused(pool, now)) == (A_AND_B, 1)
    pool.enqueue(now + 5, call())
    assert pool.grant(now + 5).leases == []


def test_groups_and_their_limits_survive_a_restart() -> None:
    before, after = grouped("a", "b"), pool_of("a", "b")
    after.restore(NOW + 30, before.snapshot(NOW + 30))
    assert (groups(after), after.lane(MODEL).usual.rpm) == (A_AND_B, 2)
    assert asked_until_refused(after, NOW + 200) == 2
