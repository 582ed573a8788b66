"""A model without capacity is asked more slowly, and by one attempt at a time while it refuses nearly everything."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING

import pytest

from gemini_balance.core.pool import NotYet
from gemini_balance.core.pool.breaker import FEWEST, SECONDS, Breaker
from gemini_balance.core.pool.windows import Limits
from tests.unit.core.pool.scene import (
    GONE,
    GOOD,
    LEAVES,
    NOW,
    OVERLOADED,
    ask,
    call,
    ends,
    lent,
    minute,
    pool_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gemini_balance.core.pool import KeyPool

SOON = 0.1  # seconds that a refusal takes


@dataclass
class Model:
    """A model and its breaker."""

    breaker: Breaker = field(default_factory=Breaker)
    dice: float = 0.5
    pace: float = 10.0
    _numbers: Iterator[int] = field(default_factory=count)

    def sends(self, now: float) -> int:
        number = next(self._numbers)
        self.breaker.sending(now, number)
        return number

    def refuses(self, now: float, times: int = 1, after: float = SOON) -> None:
        for number in [self.sends(now) for _ in range(times)]:
            self.breaker.refused(now + after, number, now, self.pace, self.dice)

    def answers(self, now: float, times: int = 1) -> None:
        for number in [self.sends(now) for _ in range(times)]:
            self.breaker.passed(now + SOON, number)

    def waits(self, now: float) -> float:
        return round(self.breaker.opens_at(now) - now, 6)


def dead(dice: float = 0.5) -> Model:
    """It has refused everything up to now."""
    model = Model(dice=dice)
    model.refuses(NOW - SOON, FEWEST)
    return model


def test_one_refusal_may_be_chance() -> None:
    model = Model()
    model.refuses(NOW)
    assert model.waits(NOW + SOON) == 0


def test_several_refusals_slow_the_model_down_to_half_as_much_again_as_its_last_minute() -> None:
    model = Model(pace=10)
    model.refuses(NOW - SOON, 2)
    assert model.waits(NOW - SOON) == pytest.approx(1 / 15, abs=1e-5)


def test_two_attempts_a_second_are_always_allowed() -> None:
    model = Model(pace=0.1)
    model.refuses(NOW - SOON, 2)
    assert model.waits(NOW - SOON) == 0.5


def test_the_pace_is_that_of_before_however_long_it_lasts() -> None:
    model = Model(pace=10)
    for n in range(10):
        model.refuses(NOW + n, 2)
        model.answers(NOW + n, 2)
        model.pace = 3
    assert model.waits(NOW + 9) == pytest.approx(1 / 15, abs=1e-5)


def test_some_seconds_without_a_refusal_end_it() -> None:
    model = Model()
    model.refuses(NOW - SOON, 2)
    model.sends(NOW + SECONDS)
    assert model.waits(NOW + SECONDS) == 0


def test_refusals_far_apart_are_not_counted_together() -> None:
    model = Model()
    for n in range(20):
        model.refuses(NOW + n * 5)
    assert model.waits(NOW + 95) == 0


def test_refusals_only_pause_the_model() -> None:
    assert dead().waits(NOW) == 0.5


def test_refusals_among_as_many_answers_pause_nothing() -> None:
    model = Model()
    for n in range(20):
        model.refuses(NOW + n / 10)
        model.answers(NOW + n / 10)
        assert not model.breaker.refuses(NOW + n / 10 + SOON)


def test_refusals_that_come_before_the_answers_to_the_same_burst_pause_nothing() -> None:
    model = Model()
    burst = [model.sends(NOW) for _ in range(20)]
    for number in burst[::3]:
        model.breaker.refused(NOW + SOON, number, NOW, 10, 0.5)
    assert not model.breaker.refuses(NOW + SOON)
    assert not model.breaker.refuses(NOW + 1)  # who is out for so long was let through


def test_where_refusals_take_long_more_time_passes_until_no_news_is_good_news() -> None:
    model = Model()
    model.refuses(NOW - 4, FEWEST, after=4)
    model.sends(NOW + 1)
    assert [model.waits(NOW + 2), model.waits(NOW + 7)] == [5, 0]


def test_after_the_pause_one_attempt_finds_out_while_the_others_wait() -> None:
    model = dead()
    assert model.waits(NOW + 1) == 0
    model.sends(NOW + 1)
    assert model.waits(NOW + 1) > 0


def test_each_failed_probe_doubles_the_pause_up_to_two_seconds() -> None:
    model, now, pauses = dead(), NOW, []
    for _ in range(5):
        pauses.append(model.waits(now))
        now += pauses[-1]
        model.refuses(now, after=0)
    assert pauses == [0.5, 1, 2, 2, 2]


def test_a_model_may_stay_dead_for_hours() -> None:
    model = dead()
    for n in range(5_000):
        model.refuses(NOW + 3 * n)
    assert model.waits(NOW + 15_000 - 3 + SOON) == 2


def test_the_dice_spread_the_pause() -> None:
    assert [dead(dice).waits(NOW) for dice in (0.0, 1.0)] == [0.375, 0.625]


def test_two_good_probes_end_it_and_the_old_pace_is_kept_for_a_while() -> None:
    model = dead()
    model.answers(NOW + 1)
    assert model.breaker.refuses(NOW + 1.1)
    model.answers(NOW + 1.1)
    assert not model.breaker.refuses(NOW + 1.2)
    assert 0 < model.waits(NOW + 1.1) < SOON


def test_a_probe_that_is_refused_after_all_pauses_it_anew() -> None:
    model = dead()
    probe = model.sends(NOW + 1)
    assert model.waits(NOW + 2) == 0
    model.breaker.refused(NOW + 2, probe, NOW + 1, 10, 0.5)
    assert model.waits(NOW + 2) == 1


def test_an_answer_to_an_attempt_from_before_the_refusals_tells_of_better_times() -> None:
    model = Model()
    early = [model.sends(NOW - 1) for _ in range(2)]
    model.refuses(NOW - SOON, FEWEST)
    for number in early:
        model.breaker.passed(NOW, number)
    assert model.waits(NOW) == 0.5


def test_a_probe_that_tells_nothing_lets_another_one_out() -> None:
    model = dead()
    probe = model.sends(NOW + 1)
    model.breaker.undecided(probe)
    assert model.waits(NOW + 1) == 0


def test_an_overloaded_model_does_not_burn_every_key() -> None:
    pool = dead_for(pool_of(*"abcdefgh"))
    assert [ask(pool), ask(pool, wanted=call("other"))] == [NotYet(NOW + 0.5, sure=False, overloaded=True), "a"]


def test_the_first_bytes_of_two_answers_wake_the_model_for_all() -> None:
    pool = dead_for(pool_of(*"abcdefgh"))
    for _ in range(2):
        probe = lent(pool, NOW + 1)
        assert isinstance(ask(pool, NOW + 1), NotYet)
        pool.began(NOW + 1, probe)
    assert isinstance(ask(pool, NOW + 2), str)


def test_a_probe_whose_client_hangs_up_lets_another_one_out() -> None:
    pool = dead_for(pool_of(*"abcdefgh"))
    pool.settle(NOW + 1, lent(pool, NOW + 1), GONE)
    assert isinstance(ask(pool, NOW + 1), str)


def test_while_all_is_refused_who_has_learnt_it_goes_to_the_end_of_the_line() -> None:
    pool = dead_for(pool_of(*"abcdefgh"))
    waiting = [pool.enqueue(NOW, call()), pool.enqueue(NOW, call(again=True))]
    assert isinstance(ask(pool, NOW + 1, call(again=True)), NotYet)
    assert [ticket for ticket, _ in pool.grant(NOW + 1).leases] == waiting[:1]


def test_who_waits_is_served_one_by_one_while_some_are_refused() -> None:
    pool = pool_of(*"abcdefgh")
    for _ in range(2):
        ends(pool, OVERLOADED)
    for _ in range(3):
        pool.enqueue(NOW, call())
    granted = pool.grant(NOW + 0.5)
    assert (len(granted.leases), granted.at) == (1, NOW + 1)


def test_an_overloaded_model_is_worth_waiting_for_unless_its_quota_is_spent_as_well() -> None:
    pool = pool_of("a", told=Limits(rpm=10))
    ends(pool, GOOD, NOW - 9)
    last = lent(pool, NOW - 9)
    dead_for(pool)
    assert ask(pool) == NotYet(NOW + 0.5, sure=False, overloaded=True)
    pool.settle(NOW, last, minute(50))
    assert ask(pool) == NotYet(NOW + 50, sure=False)


def test_who_stands_behind_others_until_an_overload_ends_is_told_its_own_turn_but_a_minute_at_most() -> None:
    pool = pool_of("a", told=Limits(rpm=3 + FEWEST))
    assert [ask(pool, NOW - 9) for _ in range(3)] == ["a"] * 3
    dead_for(pool)
    told = []
    for joining in (0, FEWEST, 3):
        for _ in range(joining):
            pool.enqueue(NOW, call())
        told.append(ask(pool))
    turns = [0.0, NOW - 9 + LEAVES, NOW + 60]
    assert told == [NotYet(NOW + 0.5, sure=False, overloaded=True, back=turn) for turn in turns]


def test_methods_without_a_model_are_not_held_back_by_each_others_refusals() -> None:
    pool = pool_of("a")
    for _ in range(20):
        ends(pool, OVERLOADED, wanted=call(""))
    assert ask(pool, wanted=call("")) == "a"


def dead_for(pool: KeyPool) -> KeyPool:
    """The model has refused everything up to now."""
    for lease in [lent(pool) for _ in range(FEWEST)]:
        pool.settle(NOW, lease, OVERLOADED)
    return pool
