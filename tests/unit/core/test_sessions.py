"""Sessions of operators."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from gemini_balance.core.sessions import HOUR, IDLE, LONGEST, Session, begun, renewed, signed, verified

KEY, OTHER = b"k" * 32, b"o" * 32
NOW = 1_000_000.0
SESSION = begun("operator", 3, NOW, "an id")
VALUE = signed(SESSION, KEY)


def test_a_session_is_read_from_its_value_until_it_ends() -> None:
    assert Session("operator", 3, NOW, NOW + IDLE, "an id") == SESSION
    assert [verified(VALUE, KEY, NOW + after) for after in (0, IDLE - 1, IDLE, -1)] == [SESSION, SESSION, None, None]


@pytest.mark.parametrize(
    "value",
    [
        "",
        ".",
        "operator",
        VALUE.partition(".")[0],
        f"{VALUE.partition('.')[0]}.",
        f".{VALUE.partition('.')[2]}",
        f"{VALUE}A",
        f"{VALUE}=",
        f"{VALUE}\n",
        f"\n{VALUE}",
        "\ud800.\ud800",
        f"A{VALUE}",
        VALUE.swapcase(),
        signed(SESSION, OTHER),
        signed(replace(SESSION, epoch=4), OTHER),
        f"{signed(replace(SESSION, epoch=4), KEY).partition('.')[0]}.{VALUE.partition('.')[2]}",
        "é.é",
        "\x00" * 4000,
    ],
)
def test_nobody_else_makes_one(value: str) -> None:
    assert verified(value, KEY, NOW) is None


def test_one_that_is_seen_lasts_longer_but_not_for_ever() -> None:
    assert renewed(SESSION, NOW + HOUR - 1) is None
    assert renewed(SESSION, NOW + HOUR) == replace(SESSION, expires=NOW + HOUR + IDLE)
    late = replace(SESSION, expires=NOW + LONGEST - 2 * HOUR)
    assert renewed(late, NOW + LONGEST - 3 * HOUR) == replace(SESSION, expires=NOW + LONGEST)
    assert renewed(replace(SESSION, expires=NOW + LONGEST), NOW + LONGEST - 1) is None


@given(st.one_of(st.text(), st.binary().map(lambda data: data.decode("latin-1"))))
def test_whatever_a_browser_sends_is_no_session_and_no_failure(value: str) -> None:
    assert verified(value, KEY, NOW) is None
    assert verified(f"{VALUE}{value}", KEY, NOW) is None or not value
