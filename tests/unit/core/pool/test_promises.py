"""The moment that a refusal names is when that call would be granted if nobody came after it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gemini_balance.core.pool import KeyPool, Never, NotYet
from gemini_balance.core.pool.windows import Limits
from tests.unit.core.pool.scene import LEAVES, MIDNIGHT, NOW, ask, asked_until_refused, call, ends, minute, pool_of


def test_the_next_room_is_named() -> None:
    pool = pool_of("a", "b", told=Limits(rpm=1))
    assert [ask(pool), ask(pool, NOW + 7), ask(pool, NOW + 8)] == ["a", "b", NotYet(NOW + LEAVES)]


def test_who_waits_before_one_takes_the_first_room() -> None:
    pool = pool_of("a", "b", told=Limits(rpm=1))
    assert [ask(pool), ask(pool, NOW + 7)] == ["a", "b"]
    pool.enqueue(NOW + 8, call())
    assert ask(pool, NOW + 8) == NotYet(NOW + 7 + LEAVES)


def test_of_another_client_only_as_many_are_before_one_as_take_turns() -> None:
    pool = pool_of("a", told=Limits(rpm=3))
    assert [ask(pool, NOW + n) for n in range(3)] == ["a", "a", "a"]
    for _ in range(3):
        pool.enqueue(NOW + 3, call(client="x"))
    assert ask(pool, NOW + 3, call(client="y")) == NotYet(NOW + 1 + LEAVES)


def test_a_call_that_needs_many_tokens_waits_until_enough_have_left() -> None:
    pool = pool_of("a", told=Limits(tpm=1_000))
    for n in range(4):
        ask(pool, NOW + n, call(tokens=250))
    assert [ask(pool, NOW + 4, call(tokens=tokens)) for tokens in (250, 600, 9_000)] == [
        NotYet(NOW + LEAVES),
        NotYet(NOW + 2 + LEAVES),
        NotYet(NOW + 3 + LEAVES),
    ]


def test_a_rest_is_waited_for_where_the_window_would_have_room_before() -> None:
    pool = pool_of("a", told=Limits(rpm=1))
    ends(pool, minute(65))
    assert ask(pool) == NotYet(NOW + 65)


def test_a_spent_day_is_told_midnight() -> None:
    pool = pool_of("a", told=Limits(rpd=1))
    assert [ask(pool), ask(pool)] == ["a", NotYet(MIDNIGHT)]


def test_where_nothing_will_ever_serve_no_moment_is_named() -> None:
    assert ask(pool_of()) == Never(dead=True)


def granted_at(pool: KeyPool, now: float) -> float:
    """When the last one in the queue is granted if nobody comes any more."""
    ticket = pool.enqueue(now, call())
    assert ticket is not None
    while (at := pool.grant(now).at) and not ticket.gone:
        now = at
    return now


@given(
    st.lists(st.floats(0, 50).map(lambda seconds: round(seconds, 2)), max_size=12),
    st.integers(0, 5),
    st.integers(1, 3),
)
def test_with_known_limits_the_moment_named_is_that_of_the_grant(times: list[float], before: int, rpm: int) -> None:
    pool = pool_of("a", "b", told=Limits(rpm=rpm))
    for seconds in sorted(times):
        ask(pool, NOW + seconds)
    now = NOW + 50
    asked_until_refused(pool, now)
    for _ in range(min(before, 2 * rpm - 1)):  # as many as one window holds
        pool.enqueue(now, call())
    named = pool.acquire(now, call())
    assert isinstance(named, NotYet)
    assert abs(named.at - granted_at(pool, now)) < 0.01
