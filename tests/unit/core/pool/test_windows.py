"""What a project may use of a model, learnt or told, and how long it rests when that is spent."""

from __future__ import annotations

import pytest

from gemini_balance.core.outcome import Cause, Outcome, Usage
from gemini_balance.core.pool import KeyPool, Never, NotYet
from gemini_balance.core.pool.windows import Limits
from tests.unit.core.pool.scene import (
    GONE,
    GOOD,
    LEAVES,
    MIDNIGHT,
    MODEL,
    NOW,
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


@pytest.mark.parametrize(
    ("outcome", "seconds"),
    [
        (minute(18), 18),
        (minute(0.01), 0.5),
        (minute(3_000), 65),
        (minute(), 20),
        (Outcome(Cause.QUOTA_UNKNOWN, retry_after=40), 40),
        (Outcome(Cause.QUOTA_UNKNOWN), 10),
    ],
    ids=["told", "too short", "too long", "untold", "unknown, told", "unknown, untold"],
)
def test_a_spent_window_rests_for_its_own_time(outcome: Outcome, seconds: float) -> None:
    pool = pool_of("a")
    ends(pool, outcome)
    assert [ask(pool), ask(pool, NOW + seconds)] == [NotYet(NOW + seconds), "a"]


def test_refusals_of_unknown_length_in_a_row_rest_longer_each_time() -> None:
    pool = pool_of("a")
    rests = []
    for lease in [lent(pool), lent(pool), lent(pool)]:
        pool.settle(NOW, lease, Outcome(Cause.QUOTA_UNKNOWN))
        rests.append(lease.bucket.share.ledger.rest - NOW)
    assert rests == [10, 20, 40]


def test_a_spent_day_rests_until_midnight_in_los_angeles() -> None:
    pool = pool_of("a")
    ends(pool, Outcome(Cause.QUOTA_DAY, retry_after=4))
    assert [ask(pool), ask(pool, MIDNIGHT - 1), ask(pool, MIDNIGHT)] == [NotYet(MIDNIGHT), NotYet(MIDNIGHT), "a"]


@pytest.mark.parametrize("cause", [Cause.QUOTA_NONE, Cause.MODEL_NOT_OFFERED, Cause.PAID_ONLY])
def test_waiting_for_a_model_that_no_project_may_use_is_in_vain_but_a_day_later_it_is_tried_again(cause: Cause) -> None:
    pool = pool_of("a", "b")
    assert {ends(pool, Outcome(cause)), ends(pool, Outcome(cause))} == {"a", "b"}
    assert ask(pool) == Never(cause=cause)
    assert ask(pool, NOW + 86_400) in ("a", "b")


def test_where_another_project_only_rests_its_moment_is_named() -> None:
    pool = pool_of("a", "b")
    ends(pool, Outcome(Cause.MODEL_NOT_OFFERED))
    ends(pool, minute(30))
    assert ask(pool) == NotYet(NOW + 30)


def test_a_spent_window_is_one_models_and_one_projects() -> None:
    pool = pool_of(key("a", "p"), key("b", "p"), key("c", "q"))
    assert ends(pool, day()) == "a"
    assert [ask(pool, NOW + 1) for _ in range(3)] == ["c", "c", "c"]
    assert {ask(pool, NOW + 1, call("other")) for _ in range(4)} == {"a", "b", "c"}


def test_a_rest_is_only_ever_extended() -> None:
    pool = pool_of("a")
    first, second, third = lent(pool), lent(pool), lent(pool)
    pool.settle(NOW, first, day())
    pool.settle(NOW + 1, second, minute(5))
    pool.settle(NOW + 2, third, GOOD)
    assert ask(pool, NOW + 100) == NotYet(MIDNIGHT)


def test_requests_a_minute_are_kept_as_told() -> None:
    pool = pool_of("a", told=Limits(rpm=3))
    assert asked_until_refused(pool) == 3
    assert ask(pool, NOW + 60) == NotYet(NOW + LEAVES)
    assert asked_until_refused(pool, NOW + LEAVES) == 3


def test_the_minute_slides() -> None:
    pool = pool_of("a", told=Limits(rpm=2))
    assert [ask(pool), ask(pool, NOW + 40), ask(pool, NOW + LEAVES)] == ["a", "a", "a"]
    assert ask(pool, NOW + LEAVES) == NotYet(NOW + 40 + LEAVES)


def test_a_busy_second_leaves_the_window_together_and_never_too_early() -> None:
    pool = pool_of("a", told=Limits(rpm=100))
    sent = [NOW + n / 200 for n in range(100)]
    assert [ask(pool, at) for at in sent] == ["a"] * 100
    assert [asked_until_refused(pool, NOW + seconds) for seconds in (LEAVES - 0.1, 63)] == [0, 100]


def test_tokens_a_minute_are_kept_as_told() -> None:
    pool = pool_of("a", told=Limits(tpm=1_000))
    assert asked_until_refused(pool, wanted=call(tokens=300)) == 3


def test_a_call_larger_than_the_whole_window_is_for_google_to_judge_when_the_window_is_empty() -> None:
    pool = pool_of("a", told=Limits(tpm=1_000))
    assert ask(pool, wanted=call(tokens=5_000)) == "a"
    assert ask(pool, NOW + 1, call(tokens=5_000)) == NotYet(NOW + LEAVES)


def test_usage_corrects_the_estimate_of_the_tokens() -> None:
    pool = pool_of("a", told=Limits(tpm=1_000))
    ends(pool, Outcome(Cause.ANSWERED, usage=Usage(prompt=700, tool_use=200)), wanted=call(tokens=100))
    assert [ask(pool, wanted=call(tokens=200)), ask(pool, wanted=call(tokens=90))] == [NotYet(NOW + LEAVES), "a"]


def test_requests_a_day_are_kept_as_told_until_midnight() -> None:
    pool = pool_of("a", told=Limits(rpd=2))
    assert asked_until_refused(pool) == 2
    assert ask(pool, NOW + 3_600) == NotYet(MIDNIGHT)
    assert asked_until_refused(pool, MIDNIGHT) == 2


@pytest.mark.parametrize("refusal", [minute(30, rpm=3), minute(30, tpm=300), day(3)], ids=["minute", "tokens", "day"])
def test_limits_are_learnt_from_a_refusal_and_kept_from_then_on(refusal: Outcome) -> None:
    pool = pool_of("a")
    ask(pool)
    ends(pool, refusal, NOW + 1)
    assert asked_until_refused(pool, MIDNIGHT, call(tokens=100)) == 3


def test_a_limit_learnt_of_one_model_is_not_anothers() -> None:
    pool = pool_of("a")
    ends(pool, minute(30, rpm=3))
    assert asked_until_refused(pool, NOW, call("other")) == 200


def test_what_the_operator_says_goes_before_what_was_learnt() -> None:
    pool = pool_of("a", told=Limits(rpm=5))
    ask(pool)
    ends(pool, minute(30, rpm=2), NOW + 1)
    assert asked_until_refused(pool, MIDNIGHT) == 5


def test_what_the_operator_does_not_say_is_still_learnt() -> None:
    assert Limits(rpm=2, rpd=9).under(Limits(rpm=5, tpm=7)) == Limits(rpm=5, tpm=7, rpd=9)


def test_of_a_project_refused_below_its_limit_the_share_that_it_got_is_believed() -> None:
    pool = pool_of("a")
    assert [ask(pool), ask(pool)] == ["a", "a"]
    ends(pool, minute(1, rpm=10))
    assert ask(pool, NOW + 30) == NotYet(NOW + LEAVES)


def test_a_believed_share_grows_by_and_by() -> None:
    pool = pool_of("a")
    assert [ask(pool), ask(pool)] == ["a", "a"]
    ends(pool, minute(1, rpm=10))
    assert [asked_until_refused(pool, NOW + minutes * 62) for minutes in (1, 2, 3)] == [3, 4, 5]


def test_what_google_refused_is_given_back() -> None:
    pool = pool_of("a", told=Limits(rpm=2))
    ends(pool, Outcome(Cause.UPSTREAM_BROKEN))
    ends(pool, Outcome(Cause.UNREACHABLE))
    assert asked_until_refused(pool) == 2


def test_what_google_may_have_served_stays_counted() -> None:
    pool = pool_of("a", told=Limits(rpm=2))
    ends(pool, GONE)
    ends(pool, Outcome(Cause.UPSTREAM_SLOW))
    assert asked_until_refused(pool) == 0


def test_models_that_google_counts_together_share_a_window() -> None:
    pool = pool_of("a", told=None)
    ends(pool, Outcome(Cause.QUOTA_DAY, quota_model="flash"))
    ends(pool, Outcome(Cause.QUOTA_DAY, quota_model="flash"), wanted=call("other"))
    assert pool.quota_models == {MODEL: "flash", "other": "flash"}
    assert [ask(pool), ask(pool, wanted=call("other"))] == [NotYet(MIDNIGHT), NotYet(MIDNIGHT)]


def test_a_window_that_has_emptied_costs_nothing_after_its_day() -> None:
    pool = pool_of("a", "b")
    ends(pool, GOOD)
    ends(pool, minute(30))
    lane = pool.lane(MODEL)
    lane.advance(MIDNIGHT)
    assert (lane.ledgers, lane.shares, lane.spent) == ({}, {}, [])


def test_where_others_limit_is_known_more_than_it_is_tried_one_call_at_a_time() -> None:
    pool = fifteen_answered()
    assert [lent(pool).key.id, ask(pool)] == ["b", NotYet(NOW + 1, sure=False)]


def test_a_good_answer_to_that_call_lets_a_quarter_more_follow() -> None:
    pool = fifteen_answered()
    pool.began(NOW, lent(pool))
    assert [lent(pool).key.id for _ in range(5)] == ["b"] * 5
    assert ask(pool) == NotYet(NOW + 1, sure=False)


def test_a_failure_of_that_call_lets_another_one_find_out() -> None:
    pool = fifteen_answered()
    ends(pool, Outcome(Cause.UPSTREAM_BROKEN))
    assert ask(pool) == "b"


def test_a_refusal_of_that_call_tells_the_limit() -> None:
    pool = fifteen_answered()
    ends(pool, minute(20, rpm=15))
    assert asked_until_refused(pool, NOW + LEAVES) == 30


def fifteen_answered() -> KeyPool:
    """By `b`, of which nothing else is known; `a` was refused and named its limit."""
    pool = pool_of("a", "b")
    assert [ask(pool, wanted=call(pinned="b")) for _ in range(15)] == ["b"] * 15
    ends(pool, minute(50, rpm=15), wanted=call(pinned="a"))
    return pool
