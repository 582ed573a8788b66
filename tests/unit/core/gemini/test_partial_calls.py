"""Calls whose arguments come in pieces."""

import json
from typing import Any

import pytest

from gemini_balance.core.gemini.partial_calls import PartialCall
from gemini_balance.core.gemini.schema import FunctionCall, PartialArg


def whole(*pieces: PartialArg) -> Any:
    partial = PartialCall(FunctionCall("f", id="1", will_continue=True), "c2ln")
    for piece in pieces:
        partial.add(FunctionCall(partial_args=[piece]))
    call = partial.whole()
    assert (call.name, call.id, partial.signature) == ("f", "1", "c2ln")
    return json.loads(bytes(call.args))  # type: ignore[arg-type]  # set it is


@pytest.mark.parametrize(
    ("pieces", "args"),
    [
        ([], {}),
        ([PartialArg("$.a", "He"), PartialArg("$.a", "y")], {"a": "Hey"}),
        ([PartialArg("$.a", number_value=2), PartialArg("$.b", bool_value=False)], {"a": 2, "b": False}),
        ([PartialArg("$.a.b[1].c", "y"), PartialArg("$.a.b[0]", "x")], {"a": {"b": ["x", {"c": "y"}]}}),
        ([PartialArg("$['a b']", "x"), PartialArg("$", "nowhere")], {"a b": "x"}),
        ([PartialArg("$.a")], {"a": None}),
    ],
    ids=["none", "text in two", "kinds", "deep", "quoted", "null"],
)
def test_pieces_become_arguments(pieces: list[PartialArg], args: dict[str, Any]) -> None:
    assert whole(*pieces) == args
