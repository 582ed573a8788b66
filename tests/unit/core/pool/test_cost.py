"""What a pick costs and what a key weighs."""

from __future__ import annotations

import tracemalloc
from time import perf_counter
from typing import TYPE_CHECKING

import pytest

from gemini_balance.core.pool import KeyPool, NotYet
from gemini_balance.core.pool.windows import Limits
from tests.unit.core.pool.scene import (
    GOOD,
    HURRIED,
    LEAVES,
    MIDNIGHT,
    MODEL,
    NOW,
    ask,
    call,
    day,
    key,
    lent,
    minute,
    pool_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from gemini_balance.core.outcome import Outcome

FULL, SMALL = 100_000, 300  # keys
PICKS = 2_000
MICROSECONDS = 20.0
BYTES = 400.0


def big_pool(keys: int) -> KeyPool:
    return pool_of(*(key(f"k{number}") for number in range(keys)))


def all_come_to(pool: KeyPool, outcome: Outcome, now: float = NOW) -> None:
    for _ in range(len(pool.keys)):
        pool.settle(now, lent(pool, now, HURRIED), outcome)


def microseconds(work: Callable[[], object], times: int = PICKS) -> float:
    """The best of five rounds: what else the machine does only makes it longer."""
    rounds = []
    for _ in range(5):
        began = perf_counter()
        for _ in range(times):
            work()
        rounds.append((perf_counter() - began) / times * 1e6)
    return min(rounds)


RESTS = pytest.mark.parametrize("outcome", [minute(60), day()], ids=["for a minute", "until midnight"])


@RESTS
def test_where_all_keys_rest_the_first_moment_is_named(outcome: Outcome) -> None:
    pool = big_pool(SMALL)
    all_come_to(pool, outcome)
    assert isinstance(ask(pool), NotYet)


@pytest.mark.prove
@RESTS
def test_a_pick_is_quick_where_all_keys_rest(outcome: Outcome) -> None:
    pool = big_pool(FULL)
    all_come_to(pool, outcome)
    now = NOW if outcome.retry_after else NOW + LEAVES
    pool.lane(MODEL).advance(now)
    took = microseconds(lambda: pool.acquire(now, call()))
    print(f"{took:.1f} µs a pick, all {FULL:,} keys resting")
    assert took <= MICROSECONDS


@pytest.mark.prove
def test_a_pick_is_quick_where_all_keys_have_room() -> None:
    pool = big_pool(FULL)
    all_come_to(pool, GOOD)
    took = microseconds(lambda: ask(pool), 1_000)
    print(f"{took:.1f} µs a pick and its settling, all {FULL:,} keys ready")
    assert took <= 3 * MICROSECONDS


def bytes_a_key(few: int, many: int) -> float:
    """What each key beyond the first few adds to an unused pool."""
    sizes = []
    for keys in (few, many):
        specs = [key(f"k{number}") for number in range(keys)]
        tracemalloc.start()
        pool = KeyPool(specs, told_limits={MODEL: {"*": Limits(rpm=1)}})
        pool.acquire(NOW, call())
        sizes.append(tracemalloc.get_traced_memory()[0])
        tracemalloc.stop()
        del pool
    return (sizes[1] - sizes[0]) / (many - few)


def test_what_a_key_adds_can_be_measured() -> None:
    assert bytes_a_key(SMALL, 2 * SMALL) > 0


@pytest.mark.prove
def test_a_key_weighs_little() -> None:
    weight = bytes_a_key(10_000, FULL)
    print(f"{weight:.0f} bytes a key beyond 10,000")
    assert weight <= BYTES


def after_their_day(keys: int) -> tuple[int, int, int, int]:
    """Ledgers, shares, requests and rests left in the lane of a pool of which every key was used and refused."""
    pool = big_pool(keys)
    all_come_to(pool, GOOD)
    all_come_to(pool, minute(30), NOW + 1)
    lane = pool.lane(MODEL)
    lane.advance(NOW + 1 + LEAVES)
    lane.advance(MIDNIGHT)
    return len(lane.ledgers), len(lane.shares), len(lane.spent), len(lane.wakes)


def test_windows_that_have_emptied_leave_nothing_behind_after_their_day() -> None:
    assert after_their_day(SMALL) == (0, 0, 0, 0)


@pytest.mark.prove
def test_windows_that_have_emptied_leave_nothing_behind_at_full_size() -> None:
    assert after_their_day(FULL) == (0, 0, 0, 0)


def test_turns_are_still_taken_after_the_windows_have_emptied() -> None:
    pool = big_pool(3)
    all_come_to(pool, GOOD)
    pool.lane(MODEL).advance(MIDNIGHT)
    assert {ask(pool, MIDNIGHT) for _ in range(3)} == {"k0", "k1", "k2"}
