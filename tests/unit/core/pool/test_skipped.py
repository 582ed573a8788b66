"""What an operator is told of keys that were passed over."""

from gemini_balance.core.outcome import Cause, Outcome
from gemini_balance.core.pool import KeyPool, Skipped
from gemini_balance.core.pool.key import KeyId
from gemini_balance.core.pool.skipped import MOST
from gemini_balance.core.pool.windows import Limits
from tests.unit.core.pool.scene import DEAD, GOOD, HURRIED, NOW, ask, call, ends, key, minute, pool_of


def told(pool: KeyPool, **wanted: object) -> list[Skipped]:
    return pool.skipped(NOW, call(**wanted))  # type: ignore[arg-type]  # the scene's own words


def one(name: str, why: str, until: float = 0.0) -> list[Skipped]:
    return [Skipped(KeyId(name), why, until)]


def test_a_key_that_may_serve_is_not_among_them() -> None:
    pool = pool_of("a", "b")
    ends(pool, GOOD)
    assert told(pool) == []


def test_a_dead_key_is_told_with_what_it_died_of() -> None:
    pool = pool_of("a")
    ends(pool, DEAD)
    assert told(pool) == one("a", Cause.KEY_DEAD)


def test_a_key_that_the_operator_switched_off_is_told_so() -> None:
    pool = pool_of(key("a", off=True))
    assert told(pool) == one("a", "disabled")


def test_a_spent_quota_is_told_with_the_end_of_its_rest() -> None:
    pool = pool_of("a")
    ends(pool, minute(30))
    assert told(pool) == one("a", Cause.QUOTA_MINUTE, NOW + 30)


def test_a_key_that_rests_for_a_failure_of_its_own_is_told_so() -> None:
    pool = pool_of("a")
    ends(pool, Outcome(Cause.KEY_REFUSED, 403))
    assert told(pool) == one("a", Cause.KEY_REFUSED, NOW + 10)


def test_a_window_of_ours_that_is_full_is_told() -> None:
    pool = pool_of("a", told=Limits(rpm=1))
    ends(pool, GOOD)
    assert told(pool) == one("a", "minute_full")


def test_too_little_token_room_is_told() -> None:
    pool = pool_of("a", told=Limits(tpm=100))
    ask(pool, wanted=call(tokens=60))
    assert [told(pool, tokens=60), told(pool, tokens=30)] == [one("a", "minute_full"), []]


def test_a_key_that_failed_this_call_is_told_as_tried() -> None:
    assert told(pool_of("a", "b"), exclude="a") == one("a", "tried")


def test_keys_of_other_models_do_not_count() -> None:
    pool = pool_of(key("a", models="other"))
    assert told(pool) == []


def test_of_many_only_some_are_told() -> None:
    pool = pool_of(*(f"k{n}" for n in range(100)))
    for _ in range(100):
        ends(pool, DEAD, wanted=HURRIED)
    assert len(told(pool)) == MOST
