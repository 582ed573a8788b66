"""Values that fit a schema: arguments of function calls, and answers in JSON."""

from msgspec import Struct

from gemini_balance.simulator.json_types import Json, Object
from gemini_balance.simulator.schema import FunctionDeclaration, GenerationConfig, Schema

# Below this depth only what is required is filled in, so that a schema that contains itself ends.
DEEP = 4
BOTTOM = 24
FORMATS = {
    "date-time": "2026-11-22T12:00:00Z",
    "date": "2026-11-22",
    "time": "12:00:00Z",
    "email": "someone@example.com",
    "uri": "https://example.com/",
    "uuid": "00000000-0000-4000-8000-000000000000",
    "ipv4": "192.0.2.1",
}


def arguments(function: FunctionDeclaration) -> Object:
    """Arguments that fit the function's declared parameters."""
    declared = (
        _plain(function.parameters_json_schema) if function.parameters is None else proto_schema(function.parameters)
    )
    value = sample(declared)
    return value if isinstance(value, dict) else {}


def response_value(config: GenerationConfig) -> Json:
    """An answer that fits the schema that generationConfig asks for."""
    if config.response_schema is not None:
        return sample(proto_schema(config.response_schema))
    if config.response_json_schema is not None:
        return sample(_plain(config.response_json_schema))
    return {"answer": "argument"}


def _plain(value: object) -> Json:
    """What came out of the JSON decoder is JSON, whatever the type checker was told."""
    assert value is None or isinstance(value, dict | list | str | int | float | bool)
    return value


def proto_schema(schema: Schema) -> Object:
    """The proto subset as a JSON Schema."""
    plain: Object = {
        "type": schema.type.lower(),
        "format": schema.format,
        "enum": list(schema.enum),
        "minimum": schema.minimum,
        "maximum": schema.maximum,
        "minItems": schema.min_items,
        "minLength": schema.min_length,
        "maxLength": schema.max_length,
        "required": list(schema.required),
        "properties": {name: proto_schema(inner) for name, inner in schema.properties.items()},
        "anyOf": [proto_schema(inner) for inner in schema.any_of],
        "items": proto_schema(schema.items) if schema.items else None,
    }
    return {name: value for name, value in plain.items() if value}


def sample(schema: Json) -> Json:
    """A value that fits a JSON Schema."""
    return _Sampler(schema).value(schema, "argument", 0)


class _Sampler(Struct):
    root: Json

    def value(self, schema: Json, name: str, depth: int) -> Json:
        if not isinstance(schema, dict) or depth > BOTTOM:
            return name if schema is not False else None
        given = _given(schema)
        if given is not None:
            return given
        chosen = self._chosen(schema)
        if chosen is not None:
            return self.value(chosen, name, depth + 1)
        return self._typed(schema, name, depth)

    def _chosen(self, schema: Object) -> Json:
        reference = schema.get("$ref")
        if isinstance(reference, str):
            return _resolve(self.root, reference)
        for keyword in ("anyOf", "oneOf", "allOf"):
            choices = schema.get(keyword)
            if isinstance(choices, list) and choices:
                return choices[0]
        return None

    def _typed(self, schema: Object, name: str, depth: int) -> Json:
        match _type(schema):
            case "object":
                return self._object(schema, depth)
            case "array":
                return self._array(schema, name, depth)
            case "integer" | "number":
                return _number(schema)
            case "boolean":
                return True
            case "null":
                return None
            case _:
                return _string(schema, name)

    def _object(self, schema: Object, depth: int) -> Json:
        properties, required = schema.get("properties"), schema.get("required")
        if not isinstance(properties, dict):
            return {}
        needed = set(map(str, required)) if isinstance(required, list) else set()
        return {
            name: self.value(inner, name, depth + 1)
            for name, inner in properties.items()
            if depth < DEEP or name in needed
        }

    def _array(self, schema: Object, name: str, depth: int) -> Json:
        prefix = schema.get("prefixItems")
        if isinstance(prefix, list):
            return [self.value(inner, name, depth + 1) for inner in prefix]
        least = schema.get("minItems")
        count = least if isinstance(least, int) else int(depth < DEEP)
        return [self.value(schema.get("items"), name, depth + 1) for _ in range(count)]


def _given(schema: Object) -> Json:
    """A value that the schema itself names."""
    for keyword in ("const", "default", "example"):
        if schema.get(keyword) is not None:
            return schema[keyword]
    choices = schema.get("enum")
    return choices[0] if isinstance(choices, list) and choices else None


def _resolve(root: Json, reference: str) -> Json:
    found = root
    for step in reference.removeprefix("#").strip("/").split("/"):
        if step and isinstance(found, dict):
            found = found.get(step)
    return found


def _type(schema: Object) -> str:
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = next((item for item in kind if item != "null"), "null")
    if isinstance(kind, str):
        return kind.lower()
    return "object" if "properties" in schema else "array" if "items" in schema else "string"


def _number(schema: Object) -> Json:
    least, above = schema.get("minimum"), schema.get("exclusiveMinimum")
    most = schema.get("maximum")
    number: int | float = 1
    if isinstance(least, int | float):
        number = max(number, least)
    if isinstance(above, int | float):
        number = max(number, above + 1)
    if isinstance(most, int | float):
        number = min(number, most)
    return int(number) if number == int(number) else number


def _string(schema: Object, name: str) -> str:
    form = schema.get("format")
    text = FORMATS.get(form, name) if isinstance(form, str) else name
    least, most = schema.get("minLength"), schema.get("maxLength")
    if isinstance(least, int):
        text = text.ljust(least, "x")
    return text[:most] if isinstance(most, int) and most else text
