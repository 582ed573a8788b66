"""Any JSON Schema gives a request that Google takes, or a clear 400."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from gemini_balance.core.call import Operation
from gemini_balance.core.catalog.config import Config
from gemini_balance.core.catalog.route import route_of
from gemini_balance.core.errors import BadRequest
from gemini_balance.simulator.models import BY_NAME
from gemini_balance.simulator.validate import read_generate
from tests.unit.core.catalog.test_fit import CONFIG
from tests.unit.core.dialects.openai_stage import asked

KEYWORDS = (
    *(
        "type",
        "properties",
        "required",
        "items",
        "prefixItems",
        "additionalProperties",
        "anyOf",
        "oneOf",
        "allOf",
        "not",
    ),
    *("const", "enum", "$ref", "$defs", "definitions", "$id", "$schema", "if", "then", "exclusiveMinimum", "minimum"),
    *("exclusiveMaximum", "maximum", "nullable", "patternProperties", "propertyNames", "format", "description"),
    *("default", "title", "minItems", "uniqueItems", "dependentRequired", "unevaluatedProperties", "x-odd", "contains"),
)
# What a result may hold: the words that recordings show Google to take.
TAKEN = frozenset(
    {"type", "properties", "required", "items", "prefixItems", "additionalProperties", "anyOf", "enum", "$ref", "$defs"}
    | {"minimum", "maximum", "format", "description", "default", "title", "minItems", "uniqueItems"}
)
names = st.sampled_from(("a", "b", "Node", "Leaf", "x y", "é", *KEYWORDS))
references = st.sampled_from(
    (
        "#",
        "#/$defs/Node",
        "#/definitions/Leaf",
        "#/$defs/Leaf",
        "#/$defs/a",
        "#/properties/a",
        "http://x/y",
        "",
        "#/a~1b",
    )
)
scalars = st.none() | st.booleans() | st.integers(-5, 5) | st.floats(-9, 9) | st.text(max_size=4)
types = st.sampled_from(("string", "object", "array", "integer", "number", "null", "boolean", "OBJECT", "what"))


def nodes(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """A schema with any of the keywords, each with a value that fits, or with one that doesn't."""
    mapped = st.dictionaries(names, inner, max_size=3)
    listed = st.lists(inner, max_size=3)
    right: dict[str, st.SearchStrategy[Any]] = {
        "type": types | st.lists(types, max_size=3),
        **dict.fromkeys(("properties", "patternProperties", "$defs", "definitions"), mapped),
        **dict.fromkeys(("anyOf", "oneOf", "allOf", "prefixItems"), listed),
        **dict.fromkeys(("items", "not", "if", "then", "propertyNames", "contains"), inner),
        "additionalProperties": inner | st.booleans(),
        "required": st.lists(names, max_size=3),
        "enum": st.lists(scalars, max_size=4),
        "$ref": references,
    }
    fitting = st.fixed_dictionaries({}, optional={word: right.get(word, scalars) for word in KEYWORDS})
    few = st.fixed_dictionaries({}, optional={word: right[word] for word in ("type", "properties", "$ref", "allOf")})
    return fitting | few | st.dictionaries(st.sampled_from(KEYWORDS), scalars | inner, max_size=4)


schemas = st.recursive(st.booleans() | st.fixed_dictionaries({"type": types}), nodes, max_leaves=12)


def wrong_words(schema: Any) -> set[str]:
    """Keywords in places of keywords that Google doesn't know."""
    if not isinstance(schema, dict):
        return set()
    inner = [*schema.get("properties", {}).values(), *schema.get("$defs", {}).values()]
    inner += [*schema.get("anyOf", ()), *schema.get("prefixItems", ())]
    inner += [schema.get("items"), schema.get("additionalProperties")]
    beside = schema.keys() - {"$ref", "$defs"} if "$ref" in schema else set()
    return (schema.keys() - TAKEN).union(beside, *map(wrong_words, inner))


def sent(model: str, config: Config = CONFIG, **body: Any) -> Any:
    route = route_of(asked(model=model, **body), config)
    assert all(one.isprintable() and one.isascii() and len(one) < 200 for one in route.dropped)
    read_generate(route.body, BY_NAME[model], streamed=route.operation is Operation.STREAM)
    return json.loads(route.body)


def clear(refused: BadRequest, param: str) -> None:
    assert refused.param == param
    assert refused.message


@given(schemas, st.dictionaries(names, schemas, max_size=3))
@settings(max_examples=400, deadline=None)
def test_any_schema_of_parameters_is_taken_or_refused_clearly(schema: Any, definitions: dict[str, Any]) -> None:
    if isinstance(schema, dict):
        schema = {"$defs": definitions} | schema
    try:
        body = sent("gemini-3.6-flash", tools=[{"type": "function", "function": {"name": "f", "parameters": schema}}])
    except BadRequest as refused:
        clear(refused, "tools[0].function.parameters")
        return
    declared = body["tools"][0]["functionDeclarations"][0]
    assert not wrong_words(declared.get("parametersJsonSchema"))


@given(schemas)
@settings(max_examples=200, deadline=None)
def test_any_schema_of_an_answer_is_taken_or_refused_clearly(schema: Any) -> None:
    wanted = {"type": "json_schema", "json_schema": {"name": "x", "schema": schema}}
    try:
        body = sent("gemini-2.5-flash", response_format=wanted)
    except BadRequest as refused:
        clear(refused, "response_format.json_schema.schema")
        return
    assert not wrong_words(body["generationConfig"].get("responseJsonSchema"))
