"""Percentiles from bins: how near they are, and that merging loses nothing."""

from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemini_balance.core.histogram import ERROR, LAST, LONGEST, MIDDLES, SHORTEST, Histogram, pack, unit, unpack

DURATIONS = st.lists(st.floats(SHORTEST, LONGEST), min_size=1, max_size=60)
SHARES = (0.0, 0.1, 0.5, 0.9, 0.95, 0.99, 1.0)


def histogram(durations: list[float]) -> Histogram:
    return Histogram(sum(unit(seconds) for seconds in durations))


@given(DURATIONS)
def test_a_percentile_is_never_further_from_the_true_one_than_the_error_says(durations: list[float]) -> None:
    ordered = sorted(durations)
    true = [ordered[max(ceil(share * len(ordered)), 1) - 1] for share in SHARES]
    for told, seconds in zip(histogram(durations).percentiles(SHARES), true, strict=True):
        assert told is not None
        assert abs(told - seconds) <= ERROR * seconds * (1 + 1e-9)


def test_the_error_is_below_six_in_a_hundred() -> None:
    assert ERROR < 0.06


@given(DURATIONS, DURATIONS)
def test_merging_is_the_same_as_having_counted_everything_at_once(some: list[float], others: list[float]) -> None:
    assert histogram(some) + histogram(others) == histogram(others + some)


@given(DURATIONS)
def test_what_was_packed_comes_back_and_nothing_is_lost(durations: list[float]) -> None:
    whole = histogram(durations)
    assert (unpack(pack(whole.lanes)), whole.count) == (whole.lanes, len(durations))


@pytest.mark.parametrize(
    ("seconds", "bin_"),
    [(-1.0, 0), (0.0, 0), (SHORTEST, 0), (SHORTEST * 1.01, 1), (LONGEST, LAST), (LONGEST * 9, LAST)],
)
def test_what_is_out_of_range_has_the_bin_at_the_end(seconds: float, bin_: int) -> None:
    assert list(histogram([seconds]).bins()) == [(bin_, 1)]


def test_every_bin_is_found_by_what_stands_for_it() -> None:
    assert [list(histogram([seconds]).bins()) for seconds in MIDDLES] == [[(at, 1)] for at in range(LAST + 1)]


def test_of_nothing_there_are_no_percentiles() -> None:
    assert (Histogram().percentiles((0.5, 0.9)), pack(0), unpack(b"")) == ([None, None], b"", 0)


def test_a_bin_holds_more_than_a_gateway_can_serve() -> None:
    busy = Histogram(unit(0.5) * 10**12 + unit(2.0))
    assert (busy.count, len(list(busy.bins()))) == (10**12 + 1, 2)
