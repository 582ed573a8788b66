"""Limits of a day: who goes ahead to find them, and what is believed of those who have not met theirs."""

from __future__ import annotations

from collections import Counter

import pytest

from gemini_balance.core.pool import KeyId, KeyPool, NotYet
from gemini_balance.core.pool.key import Project, Source
from gemini_balance.core.pool.tiers import FURTHEST, Tiers
from gemini_balance.core.pool.windows import Ledger, Limits
from tests.unit.core.pool.scene import GOOD, MODEL, NOW, ask, call, day, ends, key, lent, minute

NAMES = ("a", "b", "c", "d", "e")
PROJECT = Project("p", Source.TOLD)
EVEN = dict.fromkeys(NAMES, 8)


def projects(names: str, **rpm: int) -> KeyPool:
    """One key in each; of some is told how many requests a minute they get."""
    told = {f"p-{name}": Limits(rpm=limit) for name, limit in rpm.items()}
    return KeyPool([key(name, f"p-{name}") for name in names], told_limits={MODEL: told})


def even(**limits: int) -> KeyPool:
    """Five projects with these limits each."""
    told = {MODEL: {"*": Limits(**limits)}}
    return KeyPool([key(name, f"p-{name}") for name in NAMES], told_limits=told)


def asked(pool: KeyPool, times: int) -> dict[str, int]:
    """Who was asked how often."""
    return dict(sorted(Counter(str(ask(pool)) for _ in range(times)).items()))


def met_its_day(pool: KeyPool, name: str, answered: int) -> None:
    """So many of its calls are answered, and the next one is refused for today."""
    for _ in range(answered):
        ask(pool, wanted=call(pinned=name))
    ends(pool, day(answered), wanted=call(pinned=name))


def test_one_project_in_five_goes_ahead_while_no_day_is_known() -> None:
    assert asked(even(rpm=100), 40) == {"a": 5, "b": 5, "c": 5, "d": 5, "e": 20}


@pytest.mark.parametrize("limits", [{"rpd": 1_000}, {"tpm": 100_000}], ids=["a known day", "limits of tokens"])
def test_nobody_goes_ahead_where_there_is_nothing_to_find_or_another_measure(limits: dict[str, int]) -> None:
    assert asked(even(rpm=100, **limits), 40) == EVEN


def test_no_key_goes_ahead_whose_project_nobody_told() -> None:
    pool = KeyPool([key(name) for name in NAMES], told_limits={MODEL: {"*": Limits(rpm=100)}})
    assert asked(pool, 40) == EVEN


def test_whoever_went_further_than_free_tiers_do_has_gone_far_enough() -> None:
    pool = even(rpm=100)
    asked(pool, 5)
    ledger = pool.lane(MODEL).of(pool.keys[KeyId("e")])
    ledger.count_today(ledger.shares[0], FURTHEST, 0)
    assert asked(pool, 35) == dict.fromkeys(NAMES, 7)


def test_what_one_names_is_believed_of_those_with_as_many_a_minute_and_they_are_spared() -> None:
    pool = projects("abc", a=10, b=10, c=10_000)
    met_its_day(pool, "a", 4)
    for name in "bbc":
        ask(pool, wanted=call(pinned=name))
    assert [ask(pool) for _ in range(5)] == ["c"] * 5


def test_beyond_what_is_believed_of_its_day_a_project_goes_one_call_at_a_time() -> None:
    pool = projects("ab", a=10, b=10)
    met_its_day(pool, "a", 4)
    met = [ask(pool, wanted=call(pinned="b")) for _ in range(4)]
    fifth = lent(pool, wanted=call(pinned="b"))
    held = pool.acquire(NOW, call())
    pool.settle(NOW, fifth, GOOD)
    assert (met, isinstance(held, NotYet), [ask(pool), ask(pool)]) == (["b"] * 4, True, ["b", "b"])


def test_of_whom_not_even_the_minute_is_known_it_is_found_out_one_project_after_the_other() -> None:
    pool = projects("abcde", a=30)
    met_its_day(pool, "a", 20)
    ends(pool, minute(rpm=40), wanted=call(pinned="b"))
    for name in "cde":
        ask(pool, wanted=call(pinned=name))
    first = {ask(pool) for _ in range(5)}
    ends(pool, minute(rpm=6))
    second = {ask(pool) for _ in range(5)}
    assert (len(first), len(second), first & second) == (1, 1, set())


def test_where_one_call_more_a_minute_would_tell_nothing_calls_are_spread_evenly() -> None:
    pool = projects("abcde")
    met_its_day(pool, "a", 4)
    for name, rpm in (("d", 8), ("e", 9)):
        ends(pool, minute(rpm=rpm), wanted=call(pinned=name))
    assert sorted(str(ask(pool)) for _ in range(6)) == ["b", "b", "b", "c", "c", "c"]


BELIEVED = Tiers(days={10: 40, 15: 60})


@pytest.mark.parametrize(
    ("ledger", "day"),
    [
        (Ledger(PROJECT, Limits(rpm=10)), 40),
        (Ledger(PROJECT, Limits(rpm=11)), None),
        (Ledger(PROJECT, Limits(rpm=10, rpd=7)), None),
        (Ledger(PROJECT), 60),
        (Ledger(PROJECT, peak=11), 60),
        (Ledger(PROJECT, peak=16), None),
        (Ledger(PROJECT, Limits(rpm=10), outlived=41), None),
    ],
    ids=[
        "of its own tier",
        "of a tier that has named none",
        "its own is known",
        "the largest, where its tier is not known",
        "of those tiers that get as many a minute",
        "it got more a minute than any of them",
        "it got more on a day",
    ],
)
def test_a_day_is_believed(ledger: Ledger, day: int | None) -> None:
    assert BELIEVED.day(ledger) == day


def test_what_others_get_in_a_minute_is_first_exceeded_by_one_call_alone() -> None:
    pool = projects("abc")
    for name, most in (("a", 3), ("c", 5)):
        for _ in range(most):
            ask(pool, wanted=call(pinned=name))
        ends(pool, minute(rpm=most), wanted=call(pinned=name))
    for _ in range(3):
        ask(pool, wanted=call(pinned="b"))
    fourth = lent(pool, wanted=call(pinned="b"))
    held = pool.acquire(NOW, call())
    pool.settle(NOW, fourth, GOOD)
    assert (isinstance(held, NotYet), ask(pool)) == (True, "b")


def test_what_is_believed_outlives_a_restart() -> None:
    pool = projects("ab", a=10, b=10)
    met_its_day(pool, "a", 4)
    after = projects("ab", a=10, b=10)
    after.restore(NOW, pool.snapshot(NOW))
    lane = after.lane(MODEL)
    assert lane.tiers.day(lane.of(after.keys[KeyId("b")])) == 4
