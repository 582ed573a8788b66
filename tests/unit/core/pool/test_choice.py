"""Which key is chosen: one rule a test."""

from __future__ import annotations

import pytest

from gemini_balance.core.pool import KeyId, KeyPool, KeySpec, Never, NotYet
from gemini_balance.core.pool.lane import EVERYONE
from gemini_balance.core.pool.windows import Limits
from tests.unit.core.pool.scene import DEAD, GOOD, LEAVES, MODEL, NOW, ask, call, ends, key, lent, minute, pool_of


def test_keys_take_turns() -> None:
    pool = pool_of("a", "b", "c")
    assert [ask(pool) for _ in range(6)] == ["a", "b", "c", "a", "b", "c"]


def test_turns_follow_the_weights() -> None:
    pool = pool_of(key("a", weight=3), key("b"), key("c", weight=2))
    turns = [ask(pool) for _ in range(60)]
    assert {name: turns.count(name) for name in "abc"} == {"a": 30, "b": 10, "c": 20}


def test_turns_within_a_project_follow_the_weights() -> None:
    pool = pool_of(key("a", "p", weight=3), key("b", "p"))
    assert [ask(pool) for _ in range(8)] == ["a", "a", "a", "b"] * 2


def test_each_model_has_turns_of_its_own() -> None:
    pool = pool_of("a", "b")
    assert [ask(pool), ask(pool, wanted=call("other")), ask(pool)] == ["a", "a", "b"]


def test_a_project_has_one_share_however_many_keys_it_has() -> None:
    pool = pool_of(key("a", "p"), key("b", "p"), key("c", "q"), told=Limits(rpm=6))
    turns = [ask(pool) for _ in range(9)]
    assert (turns.count("c"), turns.count("a") + turns.count("b")) == (3, 6)


def test_a_big_call_goes_where_there_is_room_for_its_tokens() -> None:
    pool = pool_of("a", "b", told=Limits(rpm=100, tpm=1_000))
    assert ask(pool, wanted=call(tokens=900)) == "a"
    assert [ask(pool, wanted=call(tokens=10)) for _ in range(3)] == ["b", "b", "b"]
    assert ask(pool, wanted=call(tokens=980)) == NotYet(NOW + LEAVES)
    assert ask(pool, wanted=call(tokens=950)) == "b"


def test_a_project_whose_day_is_limited_is_spared_while_another_has_room() -> None:
    told = {MODEL: {EVERYONE: Limits(rpm=10), "b": Limits(rpm=10, rpd=10)}}
    pool = KeyPool([key("a"), key("b")], told_limits=told)
    first = "".join(str(ask(pool, NOW + n)) for n in range(12))
    then = "".join(str(ask(pool, NOW + 2 * LEAVES + n)) for n in range(10))
    assert (first, then) == ("ababaabaabaa", "aaaabaabaa")


def test_an_excluded_key_is_passed_over() -> None:
    pool = pool_of("a", "b", "c")
    assert [ask(pool, wanted=call(exclude="ac")) for _ in range(3)] == ["b", "b", "b"]


def test_when_all_are_excluded_one_that_failed_by_chance_may_serve() -> None:
    assert ask(pool_of("a", "b"), wanted=call(exclude="ab")) == "a"


def test_an_excluded_key_of_a_project_leaves_the_others_of_it() -> None:
    pool = pool_of(key("a", "p"), key("b", "p"))
    assert [ask(pool, wanted=call(exclude="a")) for _ in range(3)] == ["b", "b", "b"]


def test_a_key_serves_only_its_own_models() -> None:
    pool = pool_of(key("a", models="other"), key("b"))
    assert [ask(pool), ask(pool), ask(pool, wanted=call("other"))] == ["b", "b", "a"]


def test_a_model_that_no_key_is_for_is_never_served_though_no_key_is_dead() -> None:
    assert ask(pool_of(key("a", models="other"))) == Never(dead=False)


def test_a_call_that_names_no_model_may_use_any_key() -> None:
    assert ask(pool_of(key("a", models="other")), wanted=call("")) == "a"


def test_an_empty_pool_never_serves() -> None:
    assert ask(pool_of()) == Never(dead=True)


def test_a_pinned_key_is_the_only_one_that_will_do() -> None:
    pool = pool_of("a", "b")
    assert [ask(pool, wanted=call(pinned="b")) for _ in range(2)] == ["b", "b"]


def test_a_pin_on_a_key_that_is_not_known_is_in_vain() -> None:
    assert ask(pool_of("a", "b"), wanted=call(pinned="z")) == Never(dead=False)


def test_a_pinned_call_is_tried_again_with_its_key() -> None:
    assert ask(pool_of("a", "b"), wanted=call(pinned="b", exclude="b")) == "b"


def test_a_pin_on_a_dead_key_is_in_vain() -> None:
    pool = pool_of("a", "b")
    ends(pool, DEAD, wanted=call(pinned="b"))
    assert ask(pool, wanted=call(pinned="b")) == Never(dead=False)


def test_a_pin_on_a_resting_key_is_told_its_moment() -> None:
    pool = pool_of("a", "b")
    ends(pool, minute(30), wanted=call(pinned="b"))
    assert ask(pool, NOW + 1, call(pinned="b")) == NotYet(NOW + 30)
    assert ask(pool, NOW + 30, call(pinned="b")) == "b"


def test_a_paid_key_serves_only_what_is_for_paid_keys() -> None:
    pool = pool_of("a", key("p", paid=True))
    paid = type(call())(call().model, paid=True)
    assert [ask(pool), ask(pool), ask(pool, wanted=paid), ask(pool, wanted=paid)] == ["a", "a", "p", "p"]


def test_without_a_paid_key_the_others_serve_paid_models() -> None:
    assert ask(pool_of("a"), wanted=type(call())(call().model, paid=True)) == "a"


def test_a_lease_says_how_its_key_was_chosen() -> None:
    pool = pool_of("a", "b")
    assert (lent(pool).why, lent(pool, wanted=call(pinned="a")).why) == ("most room", "pinned")


def test_a_lease_is_settled_once() -> None:
    pool = pool_of("a")
    lease = lent(pool)
    pool.settle(NOW, lease, GOOD)
    pool.settle(NOW, lease, DEAD)
    assert (ask(pool), pool.keys[KeyId("a")].in_flight) == ("a", 0)


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


def test_where_tokens_are_scarce_a_call_goes_where_it_just_fits() -> None:
    pool = pool_of("a", "b", told=Limits(tpm=1_000))
    assert [ask(pool, wanted=call(tokens=tokens)) for tokens in (600, 800)] == ["a", "b"]
    assert [ask(pool, wanted=call(tokens=tokens)) for tokens in (150, 400)] == ["b", "a"]


def test_where_tokens_are_plenty_the_least_busy_project_serves() -> None:
    pool = pool_of("a", "b", told=Limits(tpm=1_000))
    assert [ask(pool, wanted=call(tokens=tokens)) for tokens in (100, 200, 10)] == ["a", "b", "a"]
