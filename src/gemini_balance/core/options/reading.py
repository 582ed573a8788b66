"""Values of options from text and from JSON, and back to JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import msgspec

from gemini_balance.core.options.kinds import kind_of
from gemini_balance.core.options.lookup import ROWS, row_of
from gemini_balance.core.options.rows import OptionError
from gemini_balance.core.options.table import Options

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gemini_balance.core.options.kinds import Json
    from gemini_balance.core.options.rows import Row

SHOWN = 200  # characters of a value that can't be taken
FULL_STOP = "."


def options_from(values: Mapping[str, str]) -> Options:
    """Environment names to text, to a snapshot; names that are no option are ignored. Raises OptionError."""
    given = {row.name: _from_text(row, values[row.env]) for row in ROWS.values() if row.env in values}
    changed: dict[str, Any] = given  # each of the type that its row says
    return Options(**changed, given=frozenset(given))


def from_text(name: str, text: str) -> object:
    """The value that stands for as it does in the environment. Raises OptionError."""
    return _from_text(row_of(name), text)


def from_json(name: str, value: Json) -> object:
    """The value of that option. Raises OptionError, also for a name that is none."""
    row = row_of(name)
    kind = kind_of(row.type)
    try:
        taken = kind.from_json(value)
    except ValueError as error:  # msgspec's ValidationError is one, too
        raise _refused(row, _written(value), kind.expected) from error
    return _checked(row, taken)


def to_json(name: str, value: object) -> Json:
    """What `from_json` makes the value of again. Raises OptionError for a name that is none."""
    return cast("Json", kind_of(row_of(name).type).given(value))


def _written(value: Json) -> str:
    try:
        return msgspec.json.encode(value).decode()
    except ValueError:
        return ascii(value)


def _from_text(row: Row, text: str) -> object:
    kind = kind_of(row.type)
    try:
        taken = kind.from_text(text.strip())
    except ValueError as error:
        raise _refused(row, repr(text.strip()), kind.expected) from error
    return _checked(row, taken)


def _checked(row: Row, value: object) -> object:
    if isinstance(value, int | float) and row.low is not None and row.high is not None:
        if not row.low <= value <= row.high:
            said = f"{row.env} must be between {row.low} and {row.high}, not {value}."
            raise OptionError(said, param=row.name)
    elif row.check is not None:
        try:
            row.check(value)
        except ValueError as error:
            raise OptionError(f"{row.env}: {str(error).rstrip(FULL_STOP)}.", param=row.name) from error
    return value


def _refused(row: Row, shown: str, expected: str) -> OptionError:
    if row.secret:
        return OptionError(f"{row.env}: what is given is not {expected}.", param=row.name)
    cut = shown if len(shown) <= SHOWN else f"{shown[:SHOWN]}…"
    return OptionError(f"{row.env}: {cut} is not {expected}.", param=row.name)
