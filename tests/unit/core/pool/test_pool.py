"""Choosing a key: one rule a test."""

import pytest

from gemini_balance.core.outcome import Cause, Outcome
from gemini_balance.core.pool import Demand, Health, KeyId, KeyPool, KeySpec, Lease, Never, NotYet

MODEL = "gemini-3.8-flash"
GOOD = Outcome(Cause.ANSWERED)
DEAD, SUSPENDED, REFUSED = Outcome(Cause.KEY_DEAD), Outcome(Cause.PROJECT_BLOCKED), Outcome(Cause.KEY_REFUSED)


def pool_of(*specs: KeySpec | str, max_failures: int = 3) -> KeyPool:
    named = [KeySpec(KeyId(spec), f"secret-{spec}") if isinstance(spec, str) else spec for spec in specs]
    return KeyPool(named, max_failures)


def key(name: str, project: str = "", weight: int = 1, models: frozenset[str] = frozenset()) -> KeySpec:
    return KeySpec(KeyId(name), f"secret-{name}", project, weight, models)


def demand(model: str = MODEL, exclude: str = "", pinned: str = "") -> Demand:
    return Demand(model, frozenset(KeyId(name) for name in exclude), KeyId(pinned) if pinned else None)


def ask(pool: KeyPool, now: float = 0.0, wanted: Demand | None = None) -> str | NotYet | Never:
    """The key that is lent (and given back well), or why none is."""
    got = pool.acquire(now, wanted or demand())
    if isinstance(got, Lease):
        pool.settle(now, got, GOOD)
        return got.key.id
    return got


def fail(pool: KeyPool, outcome: Outcome, now: float = 0.0, wanted: Demand | None = None) -> str:
    """Let the next key come to this; which one was it?"""
    got = pool.acquire(now, wanted or demand())
    assert isinstance(got, Lease)
    pool.settle(now, got, outcome)
    return got.key.id


def test_keys_take_turns() -> None:
    pool = pool_of("a", "b", "c")
    assert [ask(pool) for _ in range(6)] == ["a", "b", "c", "a", "b", "c"]


def test_turns_follow_the_weights() -> None:
    pool = pool_of(key("a", weight=3), key("b"), key("c", weight=2))
    turns = [ask(pool) for _ in range(60)]
    assert {name: turns.count(name) for name in "abc"} == {"a": 30, "b": 10, "c": 20}


def test_each_model_has_turns_of_its_own() -> None:
    pool = pool_of("a", "b")
    assert [ask(pool), ask(pool, wanted=demand("other")), ask(pool)] == ["a", "a", "b"]


def test_an_excluded_key_is_passed_over() -> None:
    pool = pool_of("a", "b", "c")
    assert [ask(pool, wanted=demand(exclude="ac")) for _ in range(3)] == ["b", "b", "b"]


def test_when_all_are_excluded_none_will_ever_serve_though_none_is_dead() -> None:
    assert ask(pool_of("a", "b"), wanted=demand(exclude="ab")) == Never(dead=False)


def test_a_key_serves_only_its_own_models() -> None:
    pool = pool_of(key("a", models=frozenset({"other"})), key("b"))
    assert [ask(pool), ask(pool), ask(pool, wanted=demand("other"))] == ["b", "b", "a"]
    assert ask(pool_of(key("a", models=frozenset({"other"})))) == Never(dead=False)


def test_a_call_that_names_no_model_may_use_any_key() -> None:
    assert ask(pool_of(key("a", models=frozenset({"other"}))), wanted=demand("")) == "a"


def test_an_empty_pool_never_serves() -> None:
    assert ask(pool_of()) == Never(dead=True)


def test_a_pinned_key_is_the_only_one_that_will_do() -> None:
    pool = pool_of("a", "b")
    assert [ask(pool, wanted=demand(pinned="b")) for _ in range(2)] == ["b", "b"]
    assert ask(pool, wanted=demand(pinned="z")) == Never(dead=False)
    assert ask(pool, wanted=demand(pinned="b", exclude="b")) == Never(dead=False)
    assert fail(pool, Outcome(Cause.QUOTA_MINUTE, retry_after=30), wanted=demand(pinned="b")) == "b"
    assert ask(pool, 1, demand(pinned="b")) == NotYet(30)
    assert fail(pool, DEAD, 30, demand(pinned="b")) == "b"
    assert ask(pool, 30, demand(pinned="b")) == Never(dead=False)


@pytest.mark.parametrize(
    ("outcome", "seconds"),
    [
        (Outcome(Cause.QUOTA_MINUTE, retry_after=18), 18),
        (Outcome(Cause.QUOTA_MINUTE, retry_after=0.01), 1),
        (Outcome(Cause.QUOTA_MINUTE, retry_after=3_000), 65),
        (Outcome(Cause.QUOTA_MINUTE), 60),
        (Outcome(Cause.QUOTA_UNKNOWN, retry_after=40), 40),
        (Outcome(Cause.QUOTA_UNKNOWN), 20),
        (Outcome(Cause.QUOTA_DAY, retry_after=4), 3_600),
    ],
    ids=lambda value: f"{value.cause}-{value.retry_after}" if isinstance(value, Outcome) else None,
)
def test_a_spent_window_rests_for_its_own_time(outcome: Outcome, seconds: float) -> None:
    pool = pool_of("a")
    fail(pool, outcome, now=100)
    assert ask(pool, 100) == NotYet(100 + seconds)
    assert ask(pool, 100 + seconds) == "a"


@pytest.mark.parametrize("cause", [Cause.QUOTA_NONE, Cause.MODEL_NOT_OFFERED])
def test_waiting_for_a_model_that_no_project_may_use_is_in_vain_but_a_day_later_it_is_tried_again(cause: Cause) -> None:
    pool = pool_of("a", "b")
    assert {fail(pool, Outcome(cause), now=100), fail(pool, Outcome(cause), now=100)} == {"a", "b"}
    assert ask(pool, 100) == Never(cause=cause)
    assert ask(pool, 100 + 86_400) in ("a", "b")


def test_where_another_project_only_rests_its_moment_is_named() -> None:
    pool = pool_of("a", "b")
    fail(pool, Outcome(Cause.MODEL_NOT_OFFERED), now=100)
    fail(pool, Outcome(Cause.QUOTA_MINUTE, retry_after=30), now=100)
    assert ask(pool, 100) == NotYet(130)


def test_a_spent_window_is_one_models_and_one_projects() -> None:
    pool = pool_of(key("a", "p"), key("b", "p"), key("c", "q"))
    assert fail(pool, Outcome(Cause.QUOTA_DAY)) == "a"
    assert [ask(pool, 1) for _ in range(3)] == ["c", "c", "c"]
    assert [ask(pool, 1, demand("other")) for _ in range(3)] == ["a", "b", "c"]


def test_a_rest_is_only_ever_extended() -> None:
    pool = pool_of("a")
    first, second = (pool.acquire(0, demand()) for _ in range(2))
    assert isinstance(first, Lease)
    assert isinstance(second, Lease)
    pool.settle(0, first, Outcome(Cause.QUOTA_DAY))
    pool.settle(1, second, Outcome(Cause.QUOTA_MINUTE, retry_after=5))
    assert ask(pool, 100) == NotYet(3_600)


def test_a_dead_key_serves_no_more() -> None:
    pool = pool_of("a", "b")
    assert fail(pool, DEAD) == "a"
    assert [ask(pool, 1e9) for _ in range(3)] == ["b", "b", "b"]
    assert fail(pool, DEAD, 1e9) == "b"
    assert (ask(pool, 2e9), pool.usable()) == (Never(dead=True), 0)


@pytest.mark.parametrize(
    ("projects", "left"), [(("p", "p", "q"), "c"), (("", "", ""), "bc")], ids=["told", "each its own"]
)
def test_a_suspended_project_takes_its_keys_with_it(projects: tuple[str, ...], left: str) -> None:
    pool = pool_of(*(key(name, project) for name, project in zip("abc", projects, strict=True)))
    assert fail(pool, SUSPENDED) == "a"
    assert {key.id for key in pool.keys.values() if key.health is Health.READY} == set(left)


def test_an_unexplained_refusal_rests_a_key_longer_each_time_and_retires_it_at_last() -> None:
    pool = pool_of("a", max_failures=3)
    fail(pool, REFUSED)
    assert ask(pool, 9.9) == NotYet(10)
    fail(pool, REFUSED, 10)
    assert ask(pool, 29.9) == NotYet(30)
    fail(pool, REFUSED, 30)
    assert ask(pool, 1e9) == Never(dead=True)


def test_without_a_limit_of_failures_no_key_is_retired_for_them() -> None:
    pool = pool_of("a", max_failures=0)
    for now in (0, 1e6, 2e6, 3e6):
        fail(pool, REFUSED, now)
    assert ask(pool, 4e6) == "a"


def test_a_success_forgets_the_failures() -> None:
    pool = pool_of("a", max_failures=2)
    fail(pool, REFUSED)
    assert ask(pool, 10) == "a"
    fail(pool, REFUSED, 10)
    assert (ask(pool, 19), pool.keys[KeyId("a")].failures) == (NotYet(20), 1)


def test_one_attempt_probes_a_rested_key_while_the_others_wait() -> None:
    pool = pool_of("a")
    fail(pool, REFUSED)
    probe = pool.acquire(10, demand())
    assert isinstance(probe, Lease)
    assert isinstance(ask(pool, 10), NotYet)
    pool.settle(11, probe, GOOD)
    assert ask(pool, 11) == "a"


def test_a_probe_that_proves_nothing_leaves_the_next_call_to_try() -> None:
    pool = pool_of("a")
    fail(pool, REFUSED)
    fail(pool, Outcome(Cause.CLIENT_GONE), 10)
    assert ask(pool, 10) == "a"


def test_a_late_success_never_cuts_a_rest_short() -> None:
    pool = pool_of("a")
    slow, refused = (pool.acquire(0, demand()) for _ in range(2))
    assert isinstance(slow, Lease)
    assert isinstance(refused, Lease)
    pool.settle(0, refused, REFUSED)
    pool.settle(1, slow, GOOD)
    assert ask(pool, 2) == NotYet(10)


@pytest.mark.parametrize(
    "cause",
    [
        *(
            Cause.BAD_REQUEST,
            Cause.MODEL_UNKNOWN,
            Cause.UPSTREAM_BROKEN,
            Cause.MODEL_OVERLOADED,
            Cause.EMPTY,
            Cause.CUT,
        ),
        *(Cause.EGRESS_REFUSED, Cause.OUR_MISTAKE, Cause.WRONG_KEY_FOR_RESOURCE, Cause.CLIENT_GONE, Cause.DEADLINE),
    ],
    ids=str,
)
def test_no_key_suffers_for_what_is_not_its_fault(cause: Cause) -> None:
    pool = pool_of("a")
    for _ in range(10):
        fail(pool, Outcome(cause))
    assert (ask(pool), pool.keys[KeyId("a")].failures) == ("a", 0)


def test_a_lease_is_settled_once() -> None:
    pool = pool_of("a")
    lease = pool.acquire(0, demand())
    assert isinstance(lease, Lease)
    pool.settle(0, lease, GOOD)
    pool.settle(0, lease, DEAD)
    assert (ask(pool), pool.keys[KeyId("a")].in_flight) == ("a", 0)


@pytest.mark.parametrize("outcome", [DEAD, REFUSED], ids=["dead", "resting"])
@pytest.mark.parametrize("pinned", ["", "a"], ids=["any", "pinned"])
def test_a_reset_key_serves_at_once(outcome: Outcome, pinned: str) -> None:
    pool = pool_of("a")
    fail(pool, outcome)
    pool.reset(KeyId("a"))
    assert ask(pool, 0.1, demand(pinned=pinned)) == "a"


def test_a_rest_before_a_reset_does_not_lengthen_one_after_it() -> None:
    pool = pool_of("a", max_failures=0)
    for now in (0, 1e6, 2e6):
        fail(pool, REFUSED, now)
    pool.reset(KeyId("a"))
    fail(pool, REFUSED, 2e6)
    assert ask(pool, 2e6) == NotYet(2e6 + 10)


@pytest.mark.parametrize(
    ("secret", "weight", "sentence"),
    [
        ("a b", 1, "key k: a key is printable characters without spaces"),
        ("", 1, "key k: a key is printable characters without spaces"),
        ("a\r\nx: y", 1, "key k: a key is printable characters without spaces"),
        ("ключ", 1, "key k: a key is printable characters without spaces"),
        ("a", 0, "key k: weight must be between 1 and 1000"),
        ("a", 1001, "key k: weight must be between 1 and 1000"),
    ],
)
def test_a_key_that_no_header_can_carry_is_refused(secret: str, weight: int, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        KeySpec(KeyId("k"), secret, weight=weight)


def test_a_key_never_shows_its_secret() -> None:
    assert "secret" not in repr(key("a"))
