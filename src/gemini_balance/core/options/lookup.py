"""The table's rows, by name."""

from __future__ import annotations

from dataclasses import fields
from difflib import get_close_matches
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from gemini_balance.core.options.rows import OptionError, Row
from gemini_balance.core.options.table import Options

if TYPE_CHECKING:
    from collections.abc import Mapping
    from dataclasses import Field

SHOWN = 100  # characters of a name that is none


def _row(one: Field[Any]) -> Row:
    said = {**one.metadata, "env": one.metadata["env"] or one.name.upper()}
    return Row(name=one.name, type=one.type, default=one.default, **said)


ROWS: Mapping[str, Row] = MappingProxyType({one.name: _row(one) for one in fields(Options) if one.metadata})
"""In the order of the table."""


def row_of(name: str) -> Row:
    """By its name here or in the environment. Raises OptionError for what is no option."""
    found = ROWS.get(name.lower()) or next((one for one in ROWS.values() if one.env == name.upper()), None)
    if found is not None:
        return found
    near = get_close_matches(name.upper(), [one.env for one in ROWS.values()], n=1)
    hint = f" Did you mean {near[0]}?" if near else ""
    raise OptionError(f"There is no option {name[:SHOWN]!r}.{hint}", param=name[:SHOWN])
