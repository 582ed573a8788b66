"""Conversations stay where their beginning is cached, as long as that costs nothing."""

from __future__ import annotations

from msgspec.structs import replace

from gemini_balance.core.pool import Demand, Key, KeyPool
from gemini_balance.core.pool.affinity import Affinity
from gemini_balance.core.pool.windows import Limits
from tests.unit.core.pool.scene import DEAD, NOW, ask, call, day, ends, key, lent, pool_of


def conversation(prefix: int, exclude: str = "") -> Demand:
    return replace(call(exclude=exclude), prefix=prefix)


def begun(pool: KeyPool) -> KeyPool:
    """Conversation 7 began with `a`."""
    assert ask(pool, wanted=conversation(7)) == "a"
    return pool


def test_a_conversation_stays_with_the_key_that_saw_its_beginning() -> None:
    pool = begun(pool_of("a", "b", "c"))
    assert [ask(pool, wanted=conversation(7)) for _ in range(4)] == ["a", "a", "a", "a"]


def test_each_conversation_has_a_key_of_its_own() -> None:
    pool = begun(pool_of("a", "b", "c"))
    assert [ask(pool, wanted=conversation(prefix)) for prefix in (8, 9, 7, 8, 9)] == ["b", "c", "a", "b", "c"]


def test_calls_without_a_beginning_worth_it_take_turns() -> None:
    pool = begun(pool_of("a", "b", "c"))
    assert [ask(pool) for _ in range(3)] == ["b", "c", "a"]


def test_it_says_why_the_key_was_chosen() -> None:
    assert lent(begun(pool_of("a", "b")), wanted=conversation(7)).why == "conversation"


def test_a_conversation_leaves_a_key_that_is_busier_than_half() -> None:
    pool = begun(pool_of("a", "b", told=Limits(rpm=4)))
    assert [ask(pool, wanted=conversation(7)) for _ in range(3)] == ["a", "a", "b"]


def test_a_conversation_leaves_a_key_that_rests() -> None:
    pool = begun(pool_of("a", "b"))
    assert ends(pool, day(), wanted=conversation(7)) == "a"
    assert [ask(pool, wanted=conversation(7)) for _ in range(2)] == ["b", "b"]


def test_a_conversation_leaves_a_dead_key() -> None:
    pool = begun(pool_of("a", "b"))
    assert ends(pool, DEAD, wanted=conversation(7)) == "a"
    assert ask(pool, NOW + 1, conversation(7)) == "b"


def test_a_conversation_leaves_a_key_that_failed_for_this_call() -> None:
    pool = begun(pool_of("a", "b"))
    assert ask(pool, wanted=conversation(7, exclude="a")) == "b"


def test_the_least_recently_used_are_forgotten() -> None:
    affinity, one = Affinity(most=2), Key(key("a"))
    for prefix in (1, 2, 1, 3):
        affinity.note(prefix, one)
    assert [affinity.find(prefix) for prefix in (1, 2, 3)] == [one, None, one]
