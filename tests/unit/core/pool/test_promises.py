"""The moment that a refusal names is when that call would be granted if nobody came after it."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemini_balance.core.pool import Demand, KeyPool, Never, NotYet, Ticket
from gemini_balance.core.pool.demand import MARGIN
from gemini_balance.core.pool.estimates import Estimates
from gemini_balance.core.pool.keeping import STARVING
from gemini_balance.core.pool.windows import Limits
from tests.unit.core.pool.scene import (
    LEAVES,
    MIDNIGHT,
    MODEL,
    NOW,
    ask,
    asked_until_refused,
    call,
    ends,
    lent,
    minute,
    pool_of,
    served,
)


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


def test_a_small_call_does_not_wait_for_a_big_one_for_which_there_is_no_room() -> None:
    pool = pool_of("a", told=Limits(tpm=1_000))
    ask(pool, NOW, call(tokens=300))
    ask(pool, NOW + 7, call(tokens=600))
    pool.enqueue(NOW + 8, call(tokens=900))
    assert [ask(pool, NOW + 8, call(tokens=tokens)) for tokens in (100, 300, 900)] == [
        NotYet(NOW + 8),
        NotYet(NOW + LEAVES),
        NotYet(NOW + 7 + 2 * LEAVES),
    ]


def test_whose_patience_ends_before_lets_the_next_of_its_line_have_the_turn() -> None:
    pool = pool_of("a", told=Limits(rpm=2))
    assert [ask(pool), ask(pool, NOW + 1)] == ["a", "a"]
    pool.enqueue(NOW + 2, call(client="x"), NOW + 30)
    pool.enqueue(NOW + 2, call(client="x"), NOW + 90)
    assert ask(pool, NOW + 2, call(client="y")) == NotYet(NOW + 1 + LEAVES)


def test_a_project_that_collects_room_for_somebody_is_not_promised_to_others() -> None:
    pool = pool_of("a", told=Limits(tpm=1_000))
    ask(pool, NOW, call(tokens=300))
    ask(pool, NOW + 7, call(tokens=600))
    pool.enqueue(NOW + 8, call(tokens=400, client="x"))
    pool.enqueue(NOW + 8, call(tokens=1, client="y"))
    pool.grant(NOW + 9 + STARVING)
    kept = pool.lane(MODEL).kept
    assert (len(kept), ask(pool, NOW + 30, call(tokens=50, client="y"))) == (1, NotYet(NOW + 7 + LEAVES))


def test_whose_attempt_failed_stands_first_but_is_told_when_it_would_be_served_coming_anew() -> None:
    pool = pool_of("a", "b", told=Limits(rpm=1))
    assert [ask(pool), ask(pool, NOW + 7)] == ["a", "b"]
    pool.enqueue(NOW + 8, call())
    got = pool.acquire(NOW + 8, call(again=True))
    assert isinstance(got, NotYet)
    assert (got.at, got.told) == (NOW + LEAVES, NOW + 7 + LEAVES + MARGIN)


def test_attempts_in_flight_are_expected_to_give_back_what_estimates_are_off() -> None:
    pool = pool_of("a", told=Limits(tpm=1_000))
    pool.lane(MODEL).estimates = Estimates(times=1.25, usual=1.0, lasts=4.0)
    lent(pool, NOW, call(tokens=600))
    assert ask(pool, NOW, call(tokens=300)) == NotYet(NOW + 2)


def test_while_an_attempt_decides_who_stands_behind_others_is_told_its_own_turn_but_a_minute_at_most() -> None:
    pool = pool_of("a", "b")
    assert [ask(pool, wanted=call(pinned="b")) for _ in range(15)] == ["b"] * 15
    ends(pool, minute(50, rpm=15), wanted=call(pinned="a"))
    assert [lent(pool).key.id, ask(pool)] == ["b", NotYet(NOW + 1, sure=False)]
    pool.enqueue(NOW, call())
    assert ask(pool) == NotYet(NOW + 1, sure=False, back=NOW + 60)


def test_under_overload_one_forecast_serves_all_who_come_within_a_moment() -> None:
    pool = pool_of("a", told=Limits(rpm=60))
    for n in range(60):
        ask(pool, NOW + n / 10)
    for _ in range(30):
        pool.enqueue(NOW + 6, call())
    first = pool.acquire(NOW + 7, call())
    made = pool.lane(MODEL).forecasts[frozenset()]
    for _ in range(3):
        pool.enqueue(NOW + 7, call())
    fourth = pool.acquire(NOW + 7.01, call())
    assert (first, fourth) == (NotYet(NOW + 3.0 + LEAVES), NotYet(NOW + 3.3 + LEAVES))
    assert pool.lane(MODEL).forecasts[frozenset()] is made


def test_a_rest_is_waited_for_where_the_window_would_have_room_before() -> None:
    pool = pool_of("a", told=Limits(rpm=1))
    ends(pool, minute(65))
    assert ask(pool) == NotYet(NOW + 65)


def test_a_spent_day_is_told_midnight() -> None:
    pool = pool_of("a", told=Limits(rpd=1))
    assert [ask(pool), ask(pool)] == ["a", NotYet(MIDNIGHT)]


def test_where_nothing_will_ever_serve_no_moment_is_named() -> None:
    assert ask(pool_of()) == Never(dead=True)


def granted_at(pool: KeyPool, now: float, wanted: Demand, waiting: list[Ticket]) -> float:
    """When this call is granted if nobody comes any more, and who has no more patience leaves."""
    ticket = pool.enqueue(now, wanted)
    assert ticket is not None
    while (at := pool.grant(now).at) and not ticket.gone:
        now = at
        for one in waiting:
            if one.until < now:
                pool.withdraw(one)
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
    assert abs(named.at - granted_at(pool, now, call(), [])) < 0.01


@given(
    st.lists(st.floats(0, 50).map(lambda seconds: round(seconds, 2)), max_size=12),
    st.lists(st.tuples(st.sampled_from("xyz"), st.sampled_from((20, 40, 90, 1e9))), max_size=12),
    st.sampled_from("xyz"),
)
def test_it_is_also_where_clients_take_turns_and_lose_patience(
    times: list[float], before: list[tuple[str, float]], client: str
) -> None:
    pool = pool_of("a", "b", told=Limits(rpm=2))
    for seconds in sorted(times):
        ask(pool, NOW + seconds)
    now = NOW + 50
    asked_until_refused(pool, now)
    waiting = [pool.enqueue(now, call(client=who), now + patience) for who, patience in before]
    named = pool.acquire(now, call(client=client))
    assert isinstance(named, NotYet)
    true = granted_at(pool, now, call(client=client), [ticket for ticket in waiting if ticket is not None])
    assert abs(named.at - true) < 0.01


def size_of(dice: Random) -> int:
    """Tokens: now and then nearly as many as a whole window holds."""
    return int(20 * 2 ** (5.4 * dice.random()))


def crowd(dice: Random) -> tuple[KeyPool, float, list[Ticket]]:
    """Ten projects whose tokens are nearly all used, and callers of patience that wait with large and small calls."""
    pool, now = pool_of(*(f"k{number}" for number in range(10)), told=Limits(tpm=1_000, rpm=20)), NOW
    for _ in range(60):
        now += 1.5 * dice.random()
        ask(pool, now, call(tokens=int(20 * 2 ** (5 * dice.random()))))
    several = range(dice.randint(1, 15))
    asked = [pool.enqueue(now, call(tokens=size_of(dice), client=dice.choice("xyz")), now + 20) for _ in several]
    served(pool, now)
    return pool, now, [ticket for ticket in asked if ticket is not None and not ticket.gone]


@pytest.mark.parametrize("seed", range(40))
def test_where_few_wait_the_moment_is_exact_though_small_calls_pass_large_ones(seed: int) -> None:
    dice = Random(seed)
    pool, now, others = crowd(dice)
    wanted = call(tokens=size_of(dice), client=dice.choice("xyz"))
    asked_until_refused(pool, now, wanted)
    told = ask(pool, now, wanted)
    assert isinstance(told, NotYet)
    assert told.at == pytest.approx(granted_at(pool, now, wanted, others), abs=0.01)
