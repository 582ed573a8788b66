"""Waits of whoever guesses passwords."""

import pytest

from gemini_balance.core.throttle import (
    FORGOTTEN_AFTER,
    FREE,
    FREE_TOGETHER,
    KNOWN,
    LONGEST,
    LONGEST_TOGETHER,
    Throttle,
    place_of,
)


def errs(throttle: Throttle, now: float, address: str, times: int) -> None:
    for _ in range(times):
        throttle.begin(now, address)


def test_the_first_mistakes_cost_nothing_and_each_further_one_doubles_the_wait() -> None:
    throttle, now, waits = Throttle(), 0.0, []
    for _ in range(FREE + 12):
        throttle.begin(now, "a")
        waits.append(throttle.wait(now, "a"))
        now += waits[-1]
    assert waits == [0.0] * FREE + [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, LONGEST, LONGEST]


def test_one_addresss_mistakes_are_not_anothers() -> None:
    throttle = Throttle()
    errs(throttle, 0.0, "a", FREE + 3)
    assert (throttle.wait(1.0, "a"), throttle.wait(1.0, "b")) == (3.0, 0.0)


def test_a_right_one_ends_the_wait_and_mistakes_are_forgotten_after_a_day() -> None:
    throttle = Throttle()
    errs(throttle, 0.0, "a", FREE + 1)
    throttle.begin(1.0, "a")
    throttle.right("a")
    errs(throttle, 1.0, "a", FREE)
    assert throttle.wait(1.0, "a") == 0.0
    throttle.begin(1.0 + FORGOTTEN_AFTER, "a")
    assert throttle.wait(1.0 + FORGOTTEN_AFTER, "a") == 0.0


def test_many_addresses_wait_together_but_never_one_that_a_right_password_came_from() -> None:
    throttle = Throttle()
    throttle.begin(0.0, "home")
    throttle.right("home")
    for address in range(FREE_TOGETHER + 20):
        throttle.begin(0.0, f"bot {address}")
    assert throttle.wait(0.0, "one more bot") == LONGEST_TOGETHER
    assert throttle.wait(0.0, "home") == 0.0


def test_its_memory_is_bounded() -> None:
    throttle = Throttle(most=3)
    for address in "abcd":
        errs(throttle, 0.0, address, FREE + 1)
    assert [throttle.wait(0.0, address) for address in "abcd"] == [0.0, 1.0, 1.0, 1.0]
    for number in range(2 * KNOWN):
        throttle.right(str(number))
    assert len(throttle._known) == KNOWN


@pytest.mark.parametrize(
    ("client", "place"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("", ""),
        ("a socket", "a socket"),
    ],
)
def test_what_one_household_has_counts_as_one_address(client: str, place: str) -> None:
    assert place_of(client) == place
