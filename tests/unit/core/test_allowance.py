"""What client tokens may use."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemini_balance.core.allowance import DAY, Allowance, Allowances
from gemini_balance.core.errors import DaySpent, MinuteSpent, NotSignedIn

NOW = 1_800_000_000.0  # 08:00 UTC
MIDNIGHT = NOW - NOW % DAY + DAY
PER_MINUTE = Allowance(rpm=2)
PER_DAY = Allowance(tokens_per_day=100)


def test_the_minute_slides() -> None:
    allowances = Allowances()
    for at in (0.0, 30.0):
        allowances.admit(NOW + at, "a", PER_MINUTE)
    with pytest.raises(MinuteSpent, match="2 requests a minute") as refused:
        allowances.admit(NOW + 45.0, "a", PER_MINUTE)
    assert (refused.value.status, refused.value.code, refused.value.retry_after) == (429, "rate_limit_exceeded", 15.0)
    allowances.admit(NOW + 60.0, "a", PER_MINUTE)
    with pytest.raises(MinuteSpent):
        allowances.admit(NOW + 89.9, "a", PER_MINUTE)
    allowances.admit(NOW + 90.0, "a", PER_MINUTE)


def test_what_is_refused_does_not_count_and_neither_does_what_goes_on() -> None:
    allowances = Allowances()
    for _ in range(9):
        allowances.admit(NOW, "a", PER_MINUTE, counts=False)
    for at in (0.0, 1.0):
        allowances.admit(NOW + at, "a", PER_MINUTE)
    for at in range(2, 60):
        with pytest.raises(MinuteSpent):
            allowances.admit(NOW + at, "a", PER_MINUTE)
    allowances.admit(NOW + 60.0, "a", PER_MINUTE)


def test_after_a_limit_was_lowered_the_wait_is_that_of_the_lower_one() -> None:
    allowances = Allowances()
    for at in (0.0, 10.0, 20.0):
        allowances.admit(NOW + at, "a", Allowance(rpm=3))
    with pytest.raises(MinuteSpent) as refused:
        allowances.admit(NOW + 30.0, "a", Allowance(rpm=1))
    assert refused.value.retry_after == 50.0


def test_each_token_has_its_own_minute_and_day() -> None:
    allowances = Allowances()
    allowances.admit(NOW, "a", Allowance(rpm=1))
    allowances.admit(NOW, "b", Allowance(rpm=1))
    allowances.spend(NOW, "a", 100)
    allowances.admit(NOW, "b", PER_DAY)
    assert [allowances.today(NOW, token) for token in "ab"] == [100, 0]


def test_a_call_that_begins_below_the_days_limit_may_end_above_it_and_the_next_waits_for_midnight() -> None:
    allowances = Allowances()
    allowances.spend(NOW, "a", 99)
    allowances.admit(NOW, "a", PER_DAY)
    allowances.spend(NOW + 5.0, "a", 500)
    with pytest.raises(DaySpent, match=r"100 tokens a day, and has used 599") as refused:
        allowances.admit(NOW + 10.0, "a", PER_DAY)
    assert (refused.value.status, refused.value.code, refused.value.should_retry) == (429, "insufficient_quota", False)
    assert NOW + 10.0 + refused.value.retry_after == MIDNIGHT
    allowances.admit(MIDNIGHT, "a", PER_DAY)
    allowances.spend(MIDNIGHT, "a", 7)
    assert allowances.today(MIDNIGHT, "a") == 7


def test_an_expired_token_is_told_when_it_expired() -> None:
    allowances = Allowances()
    allowances.admit(NOW - 0.1, "a", Allowance(expires=NOW))
    with pytest.raises(NotSignedIn, match="expired on 2027-01-15 08:00 UTC"):
        allowances.admit(NOW, "a", Allowance(expires=NOW), counts=False)


def test_the_days_numbers_outlive_the_process_but_not_the_day() -> None:
    first, again, late = Allowances(), Allowances(), Allowances()
    first.spend(NOW, "a", 60)
    first.spend(NOW - DAY, "old", 60)
    first.admit(NOW, "b", PER_MINUTE)
    state = first.snapshot(NOW)
    again.spend(NOW, "a", 5)
    again.restore(NOW, state)
    late.restore(MIDNIGHT, state)
    assert [again.today(NOW, token) for token in ("a", "b", "old")] == [65, 0, 0]
    assert late.today(MIDNIGHT, "a") == 0


def test_tokens_that_are_gone_are_forgotten() -> None:
    allowances = Allowances()
    for token in "ab":
        allowances.spend(NOW, token, 1)
    allowances.keep({"b"})
    assert [allowances.today(NOW, token) for token in "ab"] == [0, 1]


@given(st.integers(1, 5), st.lists(st.floats(0.0, 40.0), min_size=1, max_size=60))
def test_no_minute_ever_holds_more_and_the_wait_that_is_named_is_enough(rpm: int, gaps: list[float]) -> None:
    allowances, now, admitted = Allowances(), NOW, list[float]()
    for gap in gaps:
        now += gap
        wait = refused_for(allowances, now, rpm)
        if wait:
            assert wait <= 60.0
            assert sum(one > now - 60.0 for one in admitted) == rpm
            now += wait + 1e-6
            assert not refused_for(allowances, now, rpm)
        admitted.append(now)
        assert sum(one > now - 60.0 for one in admitted) <= rpm


def refused_for(allowances: Allowances, now: float, rpm: int) -> float:
    """Seconds; 0: admitted."""
    try:
        allowances.admit(now, "a", Allowance(rpm=rpm))
    except MinuteSpent as spent:
        return spent.retry_after
    return 0.0
