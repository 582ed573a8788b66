"""Made-up values fit the schema that asked for them."""

import pytest

from gemini_balance.simulator.json_types import Json
from gemini_balance.simulator.samples import arguments, proto_schema, sample
from gemini_balance.simulator.schema import FunctionDeclaration, Schema


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "string"}, "argument"),
        ({"type": "STRING", "format": "date"}, "2026-11-22"),
        ({"type": "string", "minLength": 10}, "argumentxx"),
        ({"type": "string", "maxLength": 3}, "arg"),
        ({"type": "integer", "minimum": 5}, 5),
        ({"type": "number", "exclusiveMinimum": 2}, 3),
        ({"type": "number", "maximum": 0.5}, 0.5),
        ({"type": "boolean"}, True),
        ({"type": ["null", "integer"]}, 1),
        ({"type": "null"}, None),
        ({"enum": ["red", "blue"]}, "red"),
        ({"const": 7}, 7),
        ({"default": "x", "type": "string"}, "x"),
        ({"anyOf": [{"type": "integer"}, {"type": "string"}]}, 1),
        ({"type": "array", "items": {"type": "integer"}}, [1]),
        ({"type": "array", "items": {"type": "integer"}, "minItems": 2}, [1, 1]),
        ({"type": "array", "prefixItems": [{"type": "integer"}, {"type": "boolean"}]}, [1, True]),
        ({"properties": {"a": {"type": "string"}, "b": {"type": "integer"}}}, {"a": "a", "b": 1}),
        ({"$ref": "#/$defs/n", "$defs": {"n": {"type": "integer"}}}, 1),
        ({}, "argument"),
    ],
)
def test_it_fits(schema: Json, value: Json) -> None:
    assert sample(schema) == value


def test_a_schema_that_contains_itself_ends() -> None:
    node: Json = {"type": "object", "properties": {"next": {"$ref": "#/$defs/node"}}}
    depth, value = 0, sample({"$ref": "#/$defs/node", "$defs": {"node": node}})
    while isinstance(value, dict) and value:
        depth, value = depth + 1, value["next"]
    assert depth > 0


def test_the_proto_subset_reads_as_json_schema() -> None:
    schema = Schema(type="OBJECT", properties={"n": Schema(type="INTEGER", minimum=3.0)}, required=["n"])
    assert proto_schema(schema) == {
        "type": "object",
        "properties": {"n": {"type": "integer", "minimum": 3.0}},
        "required": ["n"],
    }
    assert arguments(FunctionDeclaration(name="f", parameters=schema)) == {"n": 3}


def test_a_function_without_parameters_has_no_arguments() -> None:
    assert arguments(FunctionDeclaration(name="f")) == {}
