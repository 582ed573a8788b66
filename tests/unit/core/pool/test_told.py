"""The operator tells limits while the pool is at work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gemini_balance.core.pool import NotYet
from gemini_balance.core.pool.lane import EVERYONE
from gemini_balance.core.pool.windows import Limits
from tests.unit.core.pool.scene import (
    LEAVES,
    MODEL,
    NOW,
    REFUSED,
    ask,
    asked_until_refused,
    call,
    day,
    ends,
    key,
    lent,
    minute,
    pool_of,
)

if TYPE_CHECKING:
    from gemini_balance.core.pool import KeyPool


def tell(pool: KeyPool, limits: Limits | None, now: float = NOW, project: str = EVERYONE, model: str = MODEL) -> None:
    pool.tell_limits(now, {} if limits is None else {model: {project: limits}})


def test_a_lower_limit_holds_at_once() -> None:
    pool = pool_of("a", told=Limits(rpm=5))
    assert [ask(pool), ask(pool)] == ["a", "a"]
    tell(pool, Limits(rpm=2))
    assert isinstance(ask(pool), NotYet)
    assert ask(pool, NOW + LEAVES) == "a"


def test_a_higher_limit_serves_at_once() -> None:
    pool = pool_of("a", told=Limits(rpm=1))
    assert asked_until_refused(pool) == 1
    tell(pool, Limits(rpm=3))
    assert asked_until_refused(pool) == 2


def test_who_waits_is_served_when_the_limit_is_raised() -> None:
    pool = pool_of("a", told=Limits(rpm=1))
    assert ask(pool) == "a"
    ticket = pool.enqueue(NOW, call())
    assert pool.grant(NOW).leases == []
    tell(pool, Limits(rpm=2))
    assert [granted for granted, _ in pool.grant(NOW).leases] == [ticket]


def test_a_day_that_was_spent_goes_on_with_a_higher_limit() -> None:
    pool = pool_of("a", told=Limits(rpd=1))
    assert [ask(pool), type(ask(pool))] == ["a", NotYet]
    tell(pool, Limits(rpd=2))
    assert [ask(pool), type(ask(pool))] == ["a", NotYet]


def test_a_day_that_google_called_spent_is_not_given_back() -> None:
    pool = pool_of("a", told=Limits(rpm=10))
    assert ends(pool, day()) == "a"
    tell(pool, Limits(rpm=20))
    assert isinstance(ask(pool), NotYet)


def test_a_limit_of_tokens_may_come_while_projects_are_ready() -> None:
    pool = pool_of("a", "b")
    assert sorted(str(ask(pool, wanted=call(tokens=900))) for _ in "ab") == ["a", "b"]
    tell(pool, Limits(tpm=1000))
    assert isinstance(ask(pool, wanted=call(tokens=900)), NotYet)
    assert ask(pool, NOW + LEAVES, call(tokens=900)) in ("a", "b")


def test_a_limit_may_be_told_of_one_project_and_taken_back() -> None:
    pool = pool_of(key("a", "p"), key("b", "q"), told=Limits(rpm=1))
    assert asked_until_refused(pool) == 2
    pool.tell_limits(NOW, {MODEL: {"p": Limits(rpm=3), EVERYONE: Limits(rpm=1)}})
    assert asked_until_refused(pool) == 2
    tell(pool, None)
    assert asked_until_refused(pool) > 0


def test_what_was_learnt_holds_again_when_what_was_told_is_taken_back() -> None:
    pool = pool_of("a", told=Limits(rpm=100))
    ends(pool, minute(rpm=2))
    tell(pool, None, NOW + LEAVES)
    assert asked_until_refused(pool, NOW + 2 * LEAVES) == 2


def test_a_share_that_was_believed_below_the_old_limit_is_believed_no_longer() -> None:
    pool = pool_of("a", told=Limits(rpm=10))
    ask(pool)
    ends(pool, minute(1, rpm=10))
    tell(pool, Limits(rpm=20), NOW + LEAVES)
    assert asked_until_refused(pool, NOW + LEAVES) == 20


def test_limits_of_models_that_nobody_asked_for_yet_count_from_their_first_call() -> None:
    pool = pool_of("a")
    tell(pool, Limits(rpm=1), model="another")
    assert asked_until_refused(pool, wanted=call("another")) == 1


def test_a_limit_is_found_by_the_name_a_model_is_asked_by() -> None:
    pool = pool_of("a")
    pool.counted_as(MODEL, paid=False, quota_model="counted")
    tell(pool, Limits(rpm=1))
    assert asked_until_refused(pool) == 1


def test_how_many_failures_retire_a_key_may_change() -> None:
    pool = pool_of("a", max_failures=5)
    ends(pool, REFUSED)
    pool.max_failures = 2
    pool.settle(NOW + 60, lent(pool, NOW + 60), REFUSED)
    assert pool.usable() == 0
