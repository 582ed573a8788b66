"""Scalars are read as leniently as Google reads them, and no more."""

from collections.abc import Callable

import pytest

from gemini_balance.simulator import scalars
from gemini_balance.simulator.json_types import Json
from gemini_balance.simulator.scalars import UnfitError

LEVELS = scalars.one_of(("NONE", "LOW", "HIGH"))


@pytest.mark.parametrize(
    ("read", "value", "meant"),
    [
        (scalars.read_int32, 5, 5),
        (scalars.read_int32, 5.0, 5),
        (scalars.read_int32, "5", 5),
        (scalars.read_int64, 2**40, 2**40),
        (scalars.read_float, "0.5", 0.5),
        (scalars.read_float, 1, 1.0),
        (scalars.read_bool, "true", True),
        (scalars.read_bool, False, False),
        (scalars.read_bytes, "-_-_", "+/+/"),
        (scalars.read_bytes, "YQ", "YQ=="),
        (scalars.read_bytes, "", ""),
        (scalars.read_duration, "1.5s", "1.5s"),
        (LEVELS, "low", "LOW"),
        (LEVELS, 2, "HIGH"),
    ],
)
def test_lenient_spellings_mean_the_value(read: Callable[[Json], object], value: Json, meant: object) -> None:
    assert read(value) == meant


@pytest.mark.parametrize(
    ("read", "value"),
    [
        (scalars.read_string, 5),
        (scalars.read_int32, 2**31),
        (scalars.read_int32, 1.5),
        (scalars.read_int32, True),
        (scalars.read_float, "NaN"),
        (scalars.read_float, "warm"),
        (scalars.read_float, {}),
        (scalars.read_bool, 1),
        (scalars.read_bytes, "a"),
        (scalars.read_bytes, "a b="),
        (scalars.read_duration, "1h"),
        (LEVELS, "HUGE"),
        (LEVELS, 3),
    ],
)
def test_anything_else_is_unfit(read: Callable[[Json], object], value: Json) -> None:
    with pytest.raises(UnfitError):
        read(value)
