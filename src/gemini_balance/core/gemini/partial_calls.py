"""Function calls whose arguments come piece by piece, put together again.

Only Vertex does so today (`streamFunctionCallArguments`): a call with `willContinue`, then calls without a name whose
`partialArgs` name a place by a JSON path and add to the value there, and at last one without `willContinue`.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec

from gemini_balance.core.gemini.schema import FunctionCall, PartialArg
from gemini_balance.core.wire.codec import encode

_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]|\[['\"](.*?)['\"]\]")


class PartialCall:
    """One call on its way; `signature` is the one that its first piece came with."""

    __slots__ = ("_args", "_first", "signature")

    def __init__(self, first: FunctionCall, signature: str | None) -> None:
        self.signature = signature
        self._first = first
        self._args: dict[Any, Any] = {}

    def add(self, piece: FunctionCall) -> None:
        for arg in piece.partial_args or ():
            _put(self._args, _steps(arg.json_path), arg)

    def whole(self) -> FunctionCall:
        args = encode(_lists(self._args)) if self._args else b"{}"
        return FunctionCall(self._first.name, msgspec.Raw(args), self._first.id)


def _steps(path: str) -> list[str | int]:
    return [int(number) if number else name or quoted for name, number, quoted in _STEP.findall(path)]


def _put(place: dict[Any, Any], steps: list[str | int], arg: PartialArg) -> None:
    """Lists are kept by index until the end."""
    if not steps:
        return
    *way, last = steps
    for step in way:
        place = place.setdefault(step, {})
    if arg.string_value is not None:
        place[last] = place.get(last, "") + arg.string_value
    elif arg.number_value is not None:
        place[last] = arg.number_value
    else:
        place[last] = arg.bool_value


def _lists(value: object) -> object:
    if not isinstance(value, dict):
        return value
    if value and all(isinstance(key, int) for key in value):
        return [_lists(value[key]) for key in sorted(value)]
    return {key: _lists(one) for key, one in value.items()}
