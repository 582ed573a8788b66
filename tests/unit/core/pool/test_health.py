"""What a failure means for its key and its project."""

from __future__ import annotations

import pytest

from gemini_balance.core.outcome import Cause, Outcome
from gemini_balance.core.pool import KeyId, KeyPool, Lease, Never, NotYet
from tests.unit.core.pool.scene import (
    DEAD,
    GONE,
    GOOD,
    MODEL,
    NOW,
    REFUSED,
    ask,
    call,
    day,
    ends,
    key,
    lent,
    minute,
    pool_of,
)

A, B = KeyId("a"), KeyId("b")
BLOCKED = Outcome(Cause.PROJECT_BLOCKED)
NO_FAULT_OF_THE_KEY = [
    *(Cause.BAD_REQUEST, Cause.MODEL_UNKNOWN, Cause.UPSTREAM_BROKEN, Cause.UPSTREAM_SLOW, Cause.EMPTY, Cause.CUT),
    *(Cause.EGRESS_REFUSED, Cause.OUR_MISTAKE, Cause.WRONG_KEY_FOR_RESOURCE, Cause.CLIENT_GONE, Cause.DEADLINE),
]


def living(pool: KeyPool) -> str:
    retired = {key.id for key in pool.retired()}
    return "".join(name for name in pool.keys if name not in retired)


def test_a_dead_key_serves_no_more() -> None:
    pool = pool_of("a", "b")
    assert ends(pool, DEAD) == "a"
    assert [ask(pool, NOW + 1e9) for _ in range(3)] == ["b", "b", "b"]


def test_when_the_last_key_dies_the_pool_is_dead() -> None:
    pool = pool_of("a")
    ends(pool, DEAD)
    assert (ask(pool, NOW + 1e9), pool.usable()) == (Never(dead=True), 0)


@pytest.mark.parametrize("cause", [Cause.PROJECT_BLOCKED, Cause.PROJECT_UNPAID])
def test_a_suspended_project_takes_its_keys_with_it(cause: Cause) -> None:
    pool = pool_of(key("a", "p"), key("b", "p"), key("c", "q"))
    ends(pool, Outcome(cause))
    assert (living(pool), pool.usable()) == ("c", 1)


def test_a_suspended_project_of_which_nothing_is_known_takes_only_the_key_that_was_refused() -> None:
    pool = pool_of("a", "b", "c")
    ends(pool, BLOCKED)
    assert living(pool) == "bc"


def test_a_suspended_project_that_is_only_inferred_takes_only_the_key_that_was_refused() -> None:
    pool = pool_of("a", "b", "c")
    ask(pool, NOW, call(pinned="a"))
    ask(pool, NOW + 10, call(pinned="b"))
    ends(pool, minute(40, rpm=2), NOW + 20, call(pinned="b"))
    assert pool.keys[A].project is pool.keys[B].project is not None
    ends(pool, BLOCKED, NOW + 62, call(pinned="a"))
    assert living(pool) == "bc"


def test_a_project_that_google_names_takes_its_keys_with_it() -> None:
    pool = pool_of("a", "b", "c")
    for name in "ab":
        ends(pool, Outcome(Cause.QUOTA_MINUTE, retry_after=1, consumer="projects/1"), wanted=call(pinned=name))
    ends(pool, Outcome(Cause.PROJECT_BLOCKED, consumer="projects/1"), NOW + 9, call(pinned="a"))
    assert living(pool) == "c"


def test_an_unexplained_refusal_rests_a_key_longer_each_time_and_retires_it_at_last() -> None:
    pool = pool_of("a", max_failures=3)
    ends(pool, REFUSED)
    rested = pool.keys[A].until
    ends(pool, REFUSED, NOW + 10)
    assert (rested, pool.keys[A].until, ask(pool, NOW + 29)) == (NOW + 10, NOW + 30, NotYet(NOW + 30))
    ends(pool, REFUSED, NOW + 30)
    assert ask(pool, NOW + 1e6) == Never(dead=True)


def test_without_a_limit_of_failures_no_key_is_retired_for_them() -> None:
    pool = pool_of("a", max_failures=0)
    for day_number in range(4):
        ends(pool, REFUSED, NOW + day_number * 86_400)
    assert (ask(pool, NOW + 5 * 86_400), pool.usable()) == ("a", 1)


def test_failures_that_another_key_did_well_retire_a_key_at_the_limit() -> None:
    pool = pool_of("a", "b", max_failures=2)
    pool.helped(NOW, [A])
    assert (living(pool), pool.keys[A].failures) == ("ab", 1)
    pool.helped(NOW, [A])
    assert living(pool) == "b"


def test_a_success_forgets_the_failures() -> None:
    pool = pool_of("a", max_failures=2)
    ends(pool, REFUSED)
    assert ask(pool, NOW + 10) == "a"
    ends(pool, REFUSED, NOW + 10)
    assert (living(pool), pool.keys[A].failures) == ("a", 1)


def test_one_attempt_probes_a_rested_key_while_the_others_wait() -> None:
    pool = pool_of("a")
    ends(pool, REFUSED)
    probe = lent(pool, NOW + 10)
    assert isinstance(pool.acquire(NOW + 10, call()), NotYet)
    pool.settle(NOW + 11, probe, GOOD)
    assert ask(pool, NOW + 11) == "a"


def test_a_probe_that_proves_nothing_leaves_the_next_call_to_try() -> None:
    pool = pool_of("a")
    ends(pool, REFUSED)
    ends(pool, GONE, NOW + 10)
    assert ask(pool, NOW + 10) == "a"


def test_a_probe_that_meets_a_spent_quota_speaks_for_its_key() -> None:
    pool = pool_of("a")
    ends(pool, REFUSED)
    ends(pool, day(), NOW + 10)
    assert [ask(pool, NOW + 10, call("other")) for _ in range(4)] == ["a"] * 4


def test_a_late_success_never_cuts_a_rest_short() -> None:
    pool = pool_of("a")
    slow, refused = lent(pool), lent(pool)
    pool.settle(NOW, refused, REFUSED)
    pool.settle(NOW + 1, slow, GOOD)
    assert (pool.keys[A].until, isinstance(ask(pool, NOW + 2), NotYet)) == (NOW + 10, True)


def test_a_late_success_does_not_bring_a_dead_key_back() -> None:
    pool = pool_of("a")
    slow, dead = lent(pool), lent(pool)
    pool.settle(NOW, dead, DEAD)
    pool.began(NOW + 1, slow)
    pool.settle(NOW + 1, slow, GOOD)
    assert ask(pool, NOW + 2) == Never(dead=True)


@pytest.mark.parametrize("cause", NO_FAULT_OF_THE_KEY, ids=str)
def test_no_key_suffers_for_what_is_not_its_fault(cause: Cause) -> None:
    pool = pool_of("a")
    for _ in range(10):
        ends(pool, Outcome(cause))
    assert (ask(pool), pool.keys[A].failures) == ("a", 0)


def leases_at_once(pool: KeyPool, at_most: int = 10) -> int:
    return sum(isinstance(pool.acquire(NOW, call()), Lease) for _ in range(at_most))


def test_a_key_that_has_proven_nothing_yet_makes_at_most_three_attempts_at_once() -> None:
    assert leases_at_once(pool_of("a")) == 3


def test_a_key_whose_answer_has_begun_makes_as_many_as_are_asked_for() -> None:
    pool = pool_of("a")
    pool.began(NOW, lent(pool))
    assert leases_at_once(pool) == 10


def test_the_attempts_of_an_unproven_key_are_counted_over_all_models() -> None:
    pool = pool_of("a")
    for model in ("x", "y", "z"):
        lent(pool, NOW, call(model))
    assert leases_at_once(pool) == 0


def test_an_unproven_key_that_ends_an_attempt_may_make_another_one() -> None:
    pool = pool_of("a")
    first, _, _ = lent(pool), lent(pool), lent(pool)
    assert isinstance(pool.acquire(NOW, call()), NotYet)
    pool.settle(NOW, first, GONE)
    assert leases_at_once(pool) == 1


@pytest.mark.parametrize("outcome", [DEAD, REFUSED], ids=["dead", "resting"])
@pytest.mark.parametrize("pinned", ["", "a"], ids=["any", "pinned"])
def test_a_reset_key_serves_at_once(outcome: Outcome, pinned: str) -> None:
    pool = pool_of("a")
    ends(pool, outcome)
    pool.reset(NOW, A)
    assert (ask(pool, NOW + 0.1, call(pinned=pinned)), pool.usable()) == ("a", 1)


def test_a_reset_key_has_to_prove_itself_again() -> None:
    pool = pool_of("a")
    ask(pool)
    ends(pool, DEAD)
    pool.reset(NOW, A)
    assert leases_at_once(pool) == 3


def test_a_rest_before_a_reset_does_not_lengthen_one_after_it() -> None:
    pool = pool_of("a", max_failures=0)
    for hours in range(3):
        ends(pool, REFUSED, NOW + hours * 3_600)
    pool.reset(NOW + 7_201, A)
    ends(pool, REFUSED, NOW + 7_201)
    assert pool.keys[A].until == NOW + 7_211


def test_health_rests_and_limits_survive_a_restart() -> None:
    before, after = pool_of("a", "b", "c"), pool_of("a", "b", "c")
    assert [ends(before, DEAD), ends(before, minute(30, rpm=2)), ends(before, GOOD)] == ["a", "b", "c"]
    after.restore(NOW + 1, before.snapshot(NOW + 1))
    assert (living(after), after.usable()) == ("bc", 2)
    assert [ask(after, NOW + 1, call(pinned="b")), after.lane(MODEL).usual.rpm] == [NotYet(NOW + 30), 2]
