"""A caller's JSON Schema as Google takes it."""

import json
from typing import Any

import pytest

from gemini_balance.core.errors import BadRequest
from gemini_balance.core.gemini.json_schema import MOST_DEPTH, Scrubbed, scrub


def scrubbed(schema: Any) -> Scrubbed:
    return scrub(json.dumps(schema).encode())


def prop(schema: Any, **root: Any) -> Any:
    """What becomes of one property `a` of an object."""
    made = scrubbed({"type": "object", "properties": {"a": schema}} | root)
    return made.schema["properties"].get("a"), [path.removeprefix("properties/a/") for path in made.dropped]


A = {"type": "object", "properties": {"x": {"type": "string"}}}


@pytest.mark.parametrize(
    ("schema", "made", "dropped"),
    [
        ({"type": "string", "minLength": 1, "pattern": "^a"}, {"type": "string", "minLength": 1, "pattern": "^a"}, []),
        ({"type": "STRING"}, {"type": "string"}, []),
        ({"type": "strange"}, {}, ["type"]),
        ({"type": ["string", "NULL", "string"]}, {"type": ["string", "null"]}, ["type"]),
        ({"type": "string", "nullable": True}, {"type": ["string", "null"]}, []),
        ({"const": "x"}, {"enum": ["x"]}, []),
        ({"const": None}, {"type": "null"}, []),
        ({"const": True}, {"type": "boolean"}, ["const"]),
        ({"const": {"x": 1}}, {}, ["const"]),
        ({"enum": ["a", 1, 2.5]}, {"enum": ["a", 1, 2.5]}, []),
        ({"type": "string", "enum": ["a", None]}, {"type": ["string", "null"], "enum": ["a"]}, []),
        ({"enum": ["a", None]}, {"enum": ["a"]}, ["enum"]),
        ({"enum": [True, False]}, {"type": "boolean"}, []),
        ({"enum": [True]}, {"type": "boolean"}, ["enum"]),
        ({"enum": []}, {}, ["enum"]),
        ({"enum": "a"}, {}, ["enum"]),
        ({"enum": [["a"], "b"]}, {"enum": ["b"]}, ["enum"]),
        ({"type": "integer", "exclusiveMinimum": 3}, {"type": "integer", "minimum": 4}, []),
        ({"type": "integer", "exclusiveMinimum": 3.5}, {"type": "integer", "minimum": 4}, []),
        ({"type": "integer", "exclusiveMaximum": 3, "maximum": 1}, {"type": "integer", "maximum": 1}, []),
        ({"type": "integer", "exclusiveMinimum": True, "minimum": 3}, {"type": "integer", "minimum": 4}, []),
        ({"type": "integer", "exclusiveMinimum": False, "minimum": 3}, {"type": "integer", "minimum": 3}, []),
        ({"type": "number", "exclusiveMinimum": 0}, {"type": "number", "minimum": 0}, ["exclusiveMinimum"]),
        ({"exclusiveMinimum": "x", "minimum": "y"}, {}, ["exclusiveMinimum"]),
        ({"exclusiveMinimum": True}, {}, ["exclusiveMinimum"]),
        ({"multipleOf": 2, "not": {}, "if": {}, "then": {}}, {}, ["multipleOf", "not", "if", "then"]),
        ({"$comment": "c", "examples": [1], "readOnly": True, "x-order": 1, "$schema": "s"}, {}, []),
        ({"minLength": -1, "title": 7, "uniqueItems": "yes"}, {}, ["minLength", "title", "uniqueItems"]),
        ({"default": {"$ref": "#/nowhere"}}, {"default": {"$ref": "#/nowhere"}}, []),
        ({"items": [{"type": "string"}, False]}, {"prefixItems": [{"type": "string"}]}, []),
        ({"items": False}, {}, ["items"]),
        ({"items": True, "additionalProperties": True}, {"additionalProperties": True}, []),
        ({"additionalProperties": {"const": 1}}, {"additionalProperties": {"enum": [1]}}, []),
        ({"anyOf": [{"const": 1}, False]}, {"anyOf": [{"enum": [1]}]}, []),
        ({"anyOf": []}, {}, ["anyOf"]),
        ({"anyOf": [True], "oneOf": [True]}, {"anyOf": [{}]}, ["oneOf"]),
        ({"properties": [1]}, {}, ["properties"]),
        ({"properties": {"b": False}, "required": ["b"]}, {"properties": {}, "required": ["b"]}, ["properties/b"]),
        (
            {"properties": {"b": False}, "required": ["b"], "additionalProperties": False},
            {"properties": {}, "additionalProperties": False},
            ["properties/b"],
        ),
        ({"required": ["x", "x"]}, {"required": ["x"]}, []),
        ({"required": True}, {}, []),
        ({"required": [1]}, {}, ["required"]),
        (
            {"allOf": [A, {"properties": {"x": {"minLength": 2}}}]},
            A | {"properties": {"x": {"type": "string", "minLength": 2}}},
            [],
        ),
        ({"allOf": [{"type": "string"}, {"type": "integer"}]}, {"type": "string"}, ["allOf/1/type"]),
        ({"allOf": "x"}, {}, ["allOf"]),
        ({"allOf": [True, 3]}, {}, ["allOf/1"]),
        ({"allOf": [{"required": ["x"]}, {"required": ["y"]}]}, {"required": ["x", "y"]}, []),
        (7, {}, ["properties/a"]),
        (True, {}, []),
    ],
    ids=str,
)
def test_a_keyword_is_kept_said_otherwise_or_dropped_and_told(schema: Any, made: Any, dropped: list[str]) -> None:
    assert prop(schema) == (made, dropped)


def test_a_property_may_be_named_like_any_keyword() -> None:
    words = [
        "const",
        "$ref",
        "allOf",
        "not",
        "properties",
        "required",
        "type",
        "enum",
        "exclusiveMinimum",
        "x-y",
        "$id",
    ]
    schema = {"type": "object", "properties": {word: {"type": "string"} for word in words}, "required": words}
    assert (scrubbed(schema).schema, scrubbed(schema).dropped) == (schema, ())


DEFS = {"A": A, "Alias": {"$ref": "#/$defs/A"}, "Loop": {"$ref": "#/$defs/Loop"}, "N/M": A}


@pytest.mark.parametrize(
    ("schema", "made", "dropped"),
    [
        ({"$ref": "#/$defs/A"}, {"$ref": "#/$defs/A"}, []),
        ({"$ref": "#/$defs/Alias"}, {"$ref": "#/$defs/A"}, []),
        ({"$ref": "#/$defs/A", "examples": [1]}, {"$ref": "#/$defs/A"}, []),
        ({"$ref": "#/$defs/A", "description": "d"}, A | {"description": "d"}, []),
        ({"$ref": "#/$defs/N~1M"}, A, []),
        ({"$ref": "#/$defs/A/properties/x"}, {"type": "string"}, []),
        ({"$ref": "#/$defs/Loop"}, {}, []),
        ({"$ref": "#/$defs/Gone"}, {}, ["$ref"]),
        ({"$ref": "other.json"}, {}, ["$ref"]),
        ({"$ref": "#"}, {}, ["$ref"]),
        ({"$ref": 7}, {}, ["$ref"]),
        ({"allOf": [{"$ref": "#/$defs/A"}], "description": "d"}, A | {"description": "d"}, []),
        ({"allOf": [{"$ref": "#/$defs/A"}]}, {"$ref": "#/$defs/A"}, []),
        ({"allOf": [{"$ref": "#/$defs/A"}, {"$ref": "#/$defs/Alias"}]}, A, []),
    ],
    ids=str,
)
def test_a_reference_stays_alone_or_is_put_in_place(schema: Any, made: Any, dropped: list[str]) -> None:
    assert prop(schema, **{"$defs": DEFS}) == (made, dropped)


def test_only_definitions_that_are_referred_to_go_along() -> None:
    assert "$defs" not in scrubbed({"type": "object", "$defs": DEFS}).schema
    schema = {"type": "object", "properties": {"a": {"$ref": "#/definitions/A"}}, "definitions": DEFS}
    assert scrubbed(schema).schema["$defs"] == {"A": A}


NODE = {
    "type": "object",
    "properties": {"next": {"$ref": "#/$defs/Node"}, "value": {"type": "string"}},
    "required": ["next", "value"],
}


def test_a_circle_is_kept_where_nothing_in_it_is_required() -> None:
    made = scrubbed({"type": "object", "properties": {"a": {"$ref": "#/$defs/Node"}}, "$defs": {"Node": NODE}})
    assert made.schema["$defs"]["Node"] == NODE | {"required": ["value"]}
    assert made.dropped == ("$defs/Node/required/next",)


def test_a_circle_of_two_is_loosened_too() -> None:
    defs = {
        "A": {"properties": {"b": {"$ref": "#/$defs/B"}}, "required": ["b"]},
        "B": {"properties": {"a": {"type": "array", "items": {"$ref": "#/$defs/A"}}}, "required": ["a"]},
    }
    made = scrubbed({"type": "object", "properties": {"x": {"$ref": "#/$defs/A"}}, "required": ["x"], "$defs": defs})
    assert made.schema["required"] == ["x"]
    assert all("required" not in node for node in made.schema["$defs"].values())


def test_a_circle_with_words_beside_its_reference_ends() -> None:
    node = {"type": "object", "properties": {"next": {"$ref": "#/$defs/Node", "description": "d", "minProperties": 1}}}
    made = scrubbed({"type": "object", "properties": {"a": {"$ref": "#/$defs/Node"}}, "$defs": {"Node": node}})
    assert made.schema["$defs"]["Node"]["properties"]["next"] == {"$ref": "#/$defs/Node"}


def test_references_that_multiply_are_refused() -> None:
    def both(name: str) -> dict[str, Any]:
        return {"properties": {side: {"$ref": f"#/$defs/{name}", "minProperties": 0} for side in ("left", "right")}}

    defs = {f"D{number}": both(f"D{number + 1}") for number in range(40)}
    with pytest.raises(BadRequest, match="too large"):
        scrubbed({"type": "object", "properties": {"a": {"$ref": "#/$defs/D0"}}, "$defs": defs})


def test_a_schema_nested_beyond_reason_is_refused() -> None:
    schema: Any = {}
    for _ in range(MOST_DEPTH + 1):
        schema = {"properties": {"a": schema}}
    with pytest.raises(BadRequest, match="nested too deeply"):
        scrubbed(schema)


@pytest.mark.parametrize("raw", [b"[]", b"7", b"true", b'"x"', b"{", b"null"])
def test_what_is_no_schema_is_refused(raw: bytes) -> None:
    with pytest.raises(BadRequest):
        scrub(raw)


@pytest.mark.parametrize(
    ("schema", "empty"),
    [
        ({}, True),
        ({"type": "object"}, True),
        ({"type": "object", "properties": {}, "required": [], "additionalProperties": False, "$schema": "s"}, True),
        ({"type": "object", "additionalProperties": True}, False),
        ({"type": "object", "properties": {"a": {}}}, False),
        ({"anyOf": [{"type": "object"}]}, False),
    ],
    ids=str,
)
def test_an_object_without_properties_is_empty(schema: Any, empty: bool) -> None:
    assert scrubbed(schema).empty is empty
