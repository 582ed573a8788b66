"""A model without capacity is asked by one attempt at a time until it lives again."""

from __future__ import annotations

from math import inf

from gemini_balance.core.pool import NotYet
from gemini_balance.core.pool.breaker import FEWEST, Breaker
from tests.unit.core.pool.scene import GOOD, NOW, OVERLOADED, ask, call, ends, lent, pool_of


def fails(breaker: Breaker, now: float, times: int = 1, sent: float = 0.0) -> None:
    for _ in range(times):
        breaker.sending(sent or now)
        breaker.ended(now, sent or now, overloaded=True, dice=0.5)


def open_breaker() -> Breaker:
    breaker = Breaker()
    fails(breaker, NOW, FEWEST)
    return breaker


def test_a_few_failures_may_be_chance() -> None:
    breaker = Breaker()
    fails(breaker, NOW, FEWEST - 1)
    assert breaker.opens_at(NOW) == NOW


def test_many_failures_in_a_row_pause_the_model() -> None:
    assert open_breaker().opens_at(NOW) == NOW + 0.5


def test_failures_among_as_many_answers_pause_nothing() -> None:
    breaker = Breaker()
    for _ in range(20):
        fails(breaker, NOW)
        breaker.sending(NOW)
        breaker.ended(NOW, NOW, overloaded=False, dice=0.5)
    assert breaker.opens_at(NOW) == NOW


def test_failures_far_apart_are_not_counted_together() -> None:
    breaker = Breaker()
    for n in range(20):
        fails(breaker, NOW + n * 11)
    assert breaker.opens_at(NOW + 220) == NOW + 220


def test_after_the_pause_one_attempt_finds_out_while_the_others_wait() -> None:
    breaker = open_breaker()
    assert breaker.opens_at(NOW + 1) == NOW + 1
    breaker.sending(NOW + 1)
    assert breaker.opens_at(NOW + 1) == inf


def test_each_failed_probe_doubles_the_pause_up_to_the_longest() -> None:
    breaker, now, pauses = open_breaker(), NOW, []
    for _ in range(6):
        pauses.append(breaker.opens_at(now) - now)
        now = breaker.opens_at(now)
        fails(breaker, now)
    assert pauses == [0.5, 1, 2, 4, 8, 8]


def test_a_good_probe_ends_it() -> None:
    breaker = open_breaker()
    breaker.sending(NOW + 1)
    breaker.ended(NOW + 2, NOW + 1, overloaded=False, dice=0.5)
    assert breaker.opens_at(NOW + 2) == NOW + 2


def test_an_answer_to_an_attempt_from_before_the_failures_tells_of_better_times() -> None:
    breaker = open_breaker()
    breaker.ended(NOW + 0.1, NOW - 30, overloaded=False, dice=0.5)
    assert breaker.opens_at(NOW + 0.1) == NOW + 0.5


def test_a_probe_that_tells_nothing_lets_another_one_out() -> None:
    breaker = open_breaker()
    breaker.sending(NOW + 1)
    breaker.undecided(NOW + 1)
    assert breaker.opens_at(NOW + 1) == NOW + 1


def test_the_dice_spread_the_pause() -> None:
    pauses = []
    for dice in (0.0, 1.0):
        breaker = Breaker()
        for _ in range(FEWEST):
            breaker.sending(NOW)
            breaker.ended(NOW, NOW, overloaded=True, dice=dice)
        pauses.append(breaker.opens_at(NOW) - NOW)
    assert pauses == [0.375, 0.625]


def test_an_overloaded_model_does_not_burn_every_key() -> None:
    pool = pool_of(*"abcdefgh")
    for _ in range(FEWEST):
        ends(pool, OVERLOADED)
    assert [ask(pool), ask(pool, wanted=call("other"))] == [NotYet(NOW + 0.5, sure=False), "a"]


def test_the_first_bytes_of_an_answer_wake_the_model_for_all() -> None:
    pool = pool_of(*"abcdefgh")
    for _ in range(FEWEST):
        ends(pool, OVERLOADED)
    probe = lent(pool, NOW + 1)
    assert ask(pool, NOW + 1) == NotYet(NOW + 3, sure=False)
    pool.began(NOW + 1, probe)
    assert isinstance(ask(pool, NOW + 1), str)
    pool.settle(NOW + 9, probe, GOOD)
