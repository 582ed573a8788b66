"""What once went wrong in the pool, one case a test."""

from __future__ import annotations

from time import perf_counter

import pytest

from gemini_balance.core.outcome import Cause, Limit, Outcome, Window
from gemini_balance.core.pool import Demand, KeyId, KeyPool, KeySpec, Lease, Never, NotYet
from gemini_balance.core.pool.windows import Limits

M, NOW, MIDNIGHT = "m", 1_000_000.0, 1_065_600.0
GOOD = Outcome(Cause.ANSWERED)
HURRIED = Demand(M, hurried=True)
QUICK = 0.01  # seconds, of a refusal with 20,000 keys


def pool_of(*names: str | KeySpec, told: dict[str, dict[str, Limits]] | None = None) -> KeyPool:
    return KeyPool([KeySpec(KeyId(n), n) if isinstance(n, str) else n for n in names], told_limits=told)


def lent(pool: KeyPool, now: float = NOW, demand: Demand = Demand(M)) -> Lease:  # noqa: B008  (frozen)
    got = pool.acquire(now, demand)
    assert isinstance(got, Lease), got
    return got


def told(pool: KeyPool, now: float, demand: Demand = Demand(M)) -> NotYet:  # noqa: B008  (frozen)
    got = pool.acquire(now, demand)
    assert isinstance(got, NotYet), got
    return got


def test_a_ticket_taken_back_after_its_quota_model_was_learnt_leaves_the_queue_whole() -> None:
    pool = pool_of("a", told={M: {"*": Limits(rpm=2)}})
    first, _ = lent(pool), lent(pool)
    ticket = pool.enqueue(NOW, Demand(M))
    pool.settle(NOW, first, Outcome(Cause.QUOTA_MINUTE, retry_after=30, quota_model="pool-of-m"))
    assert ticket is not None
    pool.withdraw(ticket)
    assert [len(lane.queue) for lane in pool.lanes.values()] == [0] * len(pool.lanes)
    pool.grant(NOW)


def test_a_pinned_look_at_a_cooling_key_does_not_lose_it_for_that_model() -> None:
    pool = pool_of("a")
    pool.settle(NOW, lent(pool, NOW, Demand("other")), Outcome(Cause.KEY_REFUSED))
    assert isinstance(pool.acquire(NOW + 1, Demand(M, pinned=KeyId("a"))), NotYet)
    lent(pool, NOW + 1_000)


def test_nobody_waits_for_another_ones_pin() -> None:
    pool = pool_of("a", "b")
    pool.settle(NOW, lent(pool, NOW, Demand(M, pinned=KeyId("b"))), Outcome(Cause.QUOTA_MINUTE, retry_after=30))
    pool.enqueue(NOW, Demand(M, pinned=KeyId("b"), client="x"))
    assert isinstance(pool.acquire(NOW, Demand(M, client="y")), Lease)


def test_a_pin_on_the_paid_key_does_not_bring_it_among_the_free_ones() -> None:
    pool = pool_of("a", KeySpec(KeyId("paid"), "p", paid=True))
    pool.settle(NOW, lent(pool, NOW, Demand(M, pinned=KeyId("paid"))), GOOD)
    used: set[KeyId] = set()
    for _ in range(6):
        lease = lent(pool)
        used.add(lease.key.id)
        pool.settle(NOW, lease, GOOD)
    assert used == {"a"}


def test_refusals_of_unknown_length_double_also_for_a_key_that_never_answered() -> None:
    pool, now, rests = pool_of("a"), NOW, []
    for _ in range(4):
        pool.settle(now, lent(pool, now), Outcome(Cause.QUOTA_UNKNOWN))
        ledger = next(iter(pool.lanes[M, False].ledgers.values()))
        rests.append(ledger.rest - now)
        now = ledger.rest
    assert rests == [10, 20, 40, 60]


def test_a_day_refusal_right_after_midnight_rests_the_new_day() -> None:
    pool = pool_of("a")
    lease = lent(pool, MIDNIGHT - 5)
    pool.settle(MIDNIGHT + 1, lease, Outcome(Cause.QUOTA_DAY))
    assert told(pool, MIDNIGHT + 2).at > MIDNIGHT + 80_000


def test_invented_models_do_not_grow_the_pool() -> None:
    pool = pool_of("a")
    for n in range(1_500):
        pool.settle(NOW, lent(pool, NOW, Demand(f"m{n}")), Outcome(Cause.MODEL_UNKNOWN))
    assert len(pool.lanes) <= 1_000


def test_a_rest_outlives_regrouping() -> None:
    pool = pool_of("a", "b")
    pool.settle(
        NOW, lent(pool, NOW, Demand("other", exclude=frozenset({KeyId("b")}))), Outcome(Cause.MODEL_NOT_OFFERED)
    )
    now = NOW + 100
    pool.lane("other").advance(now)
    pool.settle(now, lent(pool, now, Demand(M, pinned=KeyId("a"))), GOOD)
    pool.settle(now + 1, lent(pool, now + 1, Demand(M, pinned=KeyId("b"))), GOOD)
    pool.settle(
        now + 20,
        lent(pool, now + 20, Demand(M, pinned=KeyId("b"))),
        Outcome(Cause.QUOTA_MINUTE, retry_after=40, limits=(Limit(Window.RPM, 2),)),
    )
    project = pool.keys[KeyId("a")].project
    assert project is not None
    assert pool.lane("other").ledger(project).rest > now


def test_another_attempt_that_ends_does_not_let_a_second_probe_out() -> None:
    pool = pool_of(*"abcdefgh")
    out = [lent(pool) for _ in range(7)]
    for lease in out[:6]:
        pool.settle(NOW + 1, lease, Outcome(Cause.MODEL_OVERLOADED))
    lent(pool, NOW + 5)  # the probe
    pool.settle(NOW + 5, out[6], Outcome(Cause.CLIENT_GONE))
    assert isinstance(pool.acquire(NOW + 5, Demand(M)), NotYet)


@pytest.mark.prove
def test_a_refusal_is_quick_where_no_project_may_use_the_model() -> None:
    pool = pool_of(*(f"k{n}" for n in range(20_000)))
    for _ in range(20_000):
        pool.settle(NOW, lent(pool, NOW, HURRIED), Outcome(Cause.QUOTA_NONE))
    began = perf_counter()
    assert isinstance(pool.acquire(NOW + 1, Demand(M)), Never)
    assert perf_counter() - began < QUICK, perf_counter() - began


def test_a_key_serves_its_model_though_another_model_of_the_same_quota_was_asked_first() -> None:
    pool = pool_of(
        KeySpec(KeyId("a"), "a", models=frozenset({"m1"})), KeySpec(KeyId("b"), "b", models=frozenset({"m2"}))
    )
    pool.quota_models.update({"m1": "q", "m2": "q"})
    lent(pool, NOW, Demand("m1"))
    lent(pool, NOW, Demand("m2"))


def test_google_names_the_project_and_a_suspended_one_takes_its_keys() -> None:
    pool = pool_of("a", "b")
    for n in "ab":
        pool.settle(
            NOW,
            lent(pool, NOW, Demand(M, pinned=KeyId(n))),
            Outcome(Cause.QUOTA_MINUTE, retry_after=1, consumer="projects/1"),
        )
    pool.settle(
        NOW + 9,
        lent(pool, NOW + 9, Demand(M, pinned=KeyId("a"))),
        Outcome(Cause.PROJECT_BLOCKED, consumer="projects/1"),
    )
    assert pool.usable() == 0


def test_a_day_of_tokens_has_an_end() -> None:
    pool = pool_of("a")
    pool.settle(NOW, lent(pool), Outcome(Cause.QUOTA_DAY, limits=(Limit(Window.TPD, 100),)))
    lease = lent(pool, MIDNIGHT + 1, Demand(M, tokens=100))
    pool.settle(MIDNIGHT + 1, lease, GOOD)
    assert told(pool, MIDNIGHT + 100, Demand(M, tokens=5)).sure


def test_the_moment_named_is_true_where_more_wait_than_one_window_holds() -> None:
    pool = pool_of("a", told={M: {"*": Limits(rpm=1)}})
    pool.settle(NOW, lent(pool), GOOD)
    pool.enqueue(NOW + 1, Demand(M))
    assert told(pool, NOW + 1).at >= NOW + 121


@pytest.mark.prove
def test_a_refusal_is_quick_right_after_all_keys_met_their_days_end() -> None:
    pool = pool_of(*(f"k{n}" for n in range(20_000)))
    for _ in range(20_000):
        pool.settle(NOW, lent(pool, NOW, HURRIED), Outcome(Cause.QUOTA_DAY))
    began = perf_counter()
    assert isinstance(pool.acquire(NOW + 1, Demand(M)), NotYet)
    assert perf_counter() - began < QUICK, perf_counter() - began


def test_a_call_that_comes_while_a_new_keys_first_attempts_run_is_not_told_a_minute() -> None:
    pool = pool_of("a")
    for _ in range(3):
        lent(pool)
    assert told(pool, NOW).at <= NOW + 5  # an attempt in flight decides, within seconds


def test_a_call_for_which_one_key_of_a_project_rests_is_served_after_that_rest() -> None:
    other = KeySpec(KeyId("other"), "other", "p", models=frozenset({"another"}))
    pool = pool_of(other, KeySpec(KeyId("ours"), "ours", "p"))
    lease = lent(pool, demand=Demand("another", exclude=frozenset({KeyId("other")})))
    pool.settle(NOW, lease, Outcome(Cause.KEY_REFUSED))
    pool.enqueue(NOW, Demand(M))
    at = pool.grant(NOW).at
    assert [lease.key.id for _, lease in pool.grant(at).leases] == ["ours"]


def test_who_waits_for_a_key_whose_rest_is_over_is_served_when_its_last_attempt_ends() -> None:
    pool = pool_of("a")
    long, refused = lent(pool), lent(pool)
    pool.settle(NOW, refused, Outcome(Cause.KEY_REFUSED))
    pool.began(NOW, long)
    pool.enqueue(NOW + 10, Demand("another"))
    assert pool.grant(NOW + 10).leases == []
    pool.settle(NOW + 11, long, GOOD)
    assert [lease.key.id for _, lease in pool.grant(NOW + 11).leases] == ["a"]
