"""What is set aside for a call until it is known what it needs."""

from __future__ import annotations

from random import Random

from gemini_balance.core.pool.estimates import MOST, Estimates


def learnt(lowest: float, highest: float, calls: int = 5_000) -> Estimates:
    """From calls that need between so many times and so many times their estimate."""
    dice, estimates = Random(1), Estimates()
    for _ in range(calls):
        estimates.learn(10_000, round(10_000 * dice.uniform(lowest, highest)), 7.0)
    return estimates


def test_at_first_an_estimate_is_believed() -> None:
    assert Estimates().enough(1_000) == 1_000


def test_so_much_is_set_aside_that_few_calls_need_more() -> None:
    assert abs(learnt(0.8, 1.2).enough(1_000) - 1_180) <= 40


def test_where_estimates_are_too_high_no_less_than_they_say_is_set_aside() -> None:
    assert learnt(0.3, 0.9).enough(1_000) == 1_000


def test_what_is_set_aside_is_bounded() -> None:
    assert learnt(50, 60).times == MOST


def test_the_part_that_is_given_back_and_when_are_known_in_the_mean() -> None:
    estimates = learnt(0.8, 1.2)
    assert (abs(estimates.spare - 0.15) < 0.05, round(estimates.lasts, 1)) == (True, 7.0)
