"""A quota window is exact to the moment."""

import pytest

from bench.balance.clock import DAY_ENDS
from bench.balance.windows import Full, Kind, Meter, Quota, Shape, Window, leaves

SMALL = Quota(rpm=2, tpm=1_000, rpd=4)


def counted(quota: Quota, *requests: tuple[float, int], shape: Shape = Shape.SLIDING) -> Meter:
    meter = Meter(quota, shape)
    for at, tokens in requests:
        assert meter.full(at, tokens) is None
        meter.count(at, tokens)
    return meter


@pytest.mark.parametrize(("now", "until"), [(0.0, 60.0), (59.9, 119.9)])
def test_a_sliding_minute_is_the_last_sixty_seconds(now: float, until: float) -> None:
    assert leaves(Shape.SLIDING, now) == until


@pytest.mark.parametrize(("now", "until"), [(0.0, 60.0), (59.9, 60.0), (60.0, 120.0)])
def test_a_fixed_minute_ends_on_the_minute(now: float, until: float) -> None:
    assert leaves(Shape.FIXED, now) == until


def test_a_request_leaves_exactly_after_a_minute() -> None:
    meter = counted(SMALL, (0.0, 10), (20.0, 10))
    assert meter.full(59.999, 10) == Full(60.0, (Kind.RPM,))
    assert meter.full(60.0, 10) is None


def test_room_for_tokens_comes_when_enough_of_them_have_left() -> None:
    meter = counted(Quota(tpm=1_000), (0.0, 300), (10.0, 300), (20.0, 300))
    assert meter.full(30.0, 100) is None
    assert meter.full(30.0, 101) == Full(60.0, (Kind.TPM,))
    assert meter.full(30.0, 700) == Full(70.0, (Kind.TPM,))


def test_both_windows_are_named_with_the_moment_at_which_both_have_room() -> None:
    meter = counted(SMALL, (0.0, 100), (30.0, 900))
    assert meter.full(40.0, 500) == Full(90.0, (Kind.RPM, Kind.TPM))


def test_what_is_bigger_than_the_window_never_fits() -> None:
    assert Window(1_000).opens(5.0, 1_001) == float("inf")


def test_a_spent_day_says_nothing_of_the_minute() -> None:
    meter = counted(SMALL, (0.0, 1), (0.0, 1), (60.0, 1), (60.0, 1))
    assert meter.full(61.0, 1) == Full(DAY_ENDS, (Kind.RPD,))


def test_a_day_can_be_spent_from_the_beginning() -> None:
    meter = Meter(SMALL, Shape.SLIDING)
    meter.spend_the_day()
    assert meter.full(0.0, 1) == Full(DAY_ENDS, (Kind.RPD,))


def test_no_limit_is_never_full() -> None:
    meter = counted(Quota(), *((0.0, 1_000_000) for _ in range(100)))
    assert meter.full(0.0, 1_000_000) is None
