"""A JSON request body, or a sentence that names the field that is wrong in it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeVar

import msgspec

from gemini_balance.core.errors import BadRequest

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
_AT = re.compile(r" - at `\$\.?(.+)`$")
_MISSING = re.compile(r"missing required field `(\w+)`")


def read(decode: Callable[[bytes], T], body: bytes, kind: str) -> T:
    """What `decode` makes of the body. `kind` says what was expected, with its article. Raises BadRequest."""
    try:
        return decode(body)
    except msgspec.ValidationError as error:
        raise _bad_field(str(error), kind) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadRequest(f"The request body is not valid JSON: {error}") from error


def _bad_field(problem: str, kind: str) -> BadRequest:
    found = _AT.search(problem)
    missing = _MISSING.search(problem)
    param = found[1] if found else missing[1] if missing else None
    return BadRequest(f"The request body is not {kind}: {problem}", param=param)
