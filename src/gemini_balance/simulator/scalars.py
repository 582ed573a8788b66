"""The scalar types of a protobuf request in JSON, and how leniently Google reads each of them.

Lenient as the real parser is: numbers may be strings, enums may be lower case, bytes may be url-safe base64.
"""

import base64
import binascii
import math
import re
from collections.abc import Callable
from dataclasses import dataclass

from gemini_balance.simulator.json_types import Json

_URLSAFE = str.maketrans("-_", "+/")
_DURATION = re.compile(r"-?\d+(\.\d{1,9})?s")
_TRUTH = {"true": True, "false": False}


class UnfitError(ValueError):
    """The value does not fit. The text, when there is one, replaces the value in Google's sentence."""


@dataclass(frozen=True)
class Scalar:
    """A type's name in Google's errors and the reader that turns JSON into it or raises UnfitError."""

    name: str
    read: Callable[[Json], object]


def read_string(value: Json) -> str:
    """Only a JSON string is a string."""
    if not isinstance(value, str):
        raise UnfitError
    return value


def read_bool(value: Json) -> bool:
    """A JSON boolean, or its name as a string."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value in _TRUTH:
        return _TRUTH[value]
    raise UnfitError


def read_float(value: Json) -> float:
    """A number, or a string that spells one."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise UnfitError
    try:
        number = float(value)
    except ValueError:
        raise UnfitError from None
    if not math.isfinite(number):
        raise UnfitError
    return number


def read_int32(value: Json) -> int:
    """A whole number of 32 bits, also as 5.0 or "5"."""
    return _whole(value, bits=32)


def read_int64(value: Json) -> int:
    """A whole number of 64 bits, also as 5.0 or "5"."""
    return _whole(value, bits=64)


def _whole(value: Json, bits: int) -> int:
    number = value if type(value) is int else read_float(value)
    if number != int(number) or not -(2 ** (bits - 1)) <= number < 2 ** (bits - 1):
        raise UnfitError
    return int(number)


def read_bytes(value: Json) -> str:
    """Base64 in either alphabet, padded or not; handed on as standard padded base64."""
    text = read_string(value)
    standard = text.translate(_URLSAFE) if "-" in text or "_" in text else text
    padded = standard + "=" * (-len(standard) % 4)
    try:
        binascii.a2b_base64(padded, strict_mode=True)
    except binascii.Error:
        raise UnfitError(f'Base64 decoding failed for "{text}"') from None
    return padded


def decode_bytes(standard: str) -> bytes:
    """The bytes behind what `read_bytes` handed on."""
    return base64.b64decode(standard)


def read_duration(value: Json) -> str:
    """Seconds with an `s` at the end."""
    text = read_string(value)
    if not _DURATION.fullmatch(text):
        raise UnfitError
    return text


def one_of(names: tuple[str, ...]) -> Callable[[Json], object]:
    """A reader of an enum: its names in any letter case, or their numbers."""
    known = frozenset(names)

    def read(value: Json) -> str:
        if type(value) is int and 0 <= value < len(names):
            return names[value]
        if isinstance(value, str) and (name := value.upper().replace("-", "_")) in known:
            return name
        raise UnfitError

    return read
