"""The keywords of JSON Schema that describe one value: which are taken as they are, and which are said otherwise."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

Json: TypeAlias = Any
Node: TypeAlias = dict[str, Any]

TYPES = frozenset({"string", "number", "integer", "boolean", "array", "object", "null"})
ANNOTATIONS = frozenset(
    {"$schema", "$comment", "$id", "id", "$anchor", "$vocabulary", "$defs", "definitions", "examples", "example"}
    | {"deprecated", "readOnly", "writeOnly", "contentEncoding", "contentMediaType", "strict", "markdownDescription"}
    | {"discriminator", "xml", "externalDocs", "$dynamicAnchor", "$recursiveAnchor", "enumNames", "enumDescriptions"}
)
"""Words that say nothing about which values are right; nobody misses them."""


def _is_text(value: Json) -> bool:
    return isinstance(value, str)


def _is_count(value: Json) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63


def _is_names(value: Json) -> bool:
    return isinstance(value, list) and all(isinstance(name, str) for name in value)


def _is_number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


COPIED: dict[str, Callable[[Json], bool]] = {
    "title": _is_text,
    "description": _is_text,
    "format": _is_text,
    "pattern": _is_text,
    "minItems": _is_count,
    "maxItems": _is_count,
    "minLength": _is_count,
    "maxLength": _is_count,
    "minProperties": _is_count,
    "maxProperties": _is_count,
    "uniqueItems": lambda value: isinstance(value, bool),
    "default": lambda value: True,
    "propertyOrdering": _is_names,
}
"""What Google takes as it is, where its value is of the right kind."""


def types(made: Node, node: Node, path: str) -> list[str]:
    """`type`, lower case; OpenAPI's `nullable` is one type more."""
    if "type" not in node:
        return []
    asked = node["type"] if isinstance(node["type"], list) else [node["type"]]
    named = [one.lower() for one in asked if isinstance(one, str) and one.lower() in TYPES]
    if node.get("nullable") is True and named and "null" not in named:
        named.append("null")
    named = list(dict.fromkeys(named))
    if named:
        made["type"] = named if len(named) > 1 else named[0]
    return [f"{path}/type".removeprefix("/")] if len(named) < len(asked) else []


def enumeration(made: Node, node: Node, path: str) -> list[str]:
    """`enum` of texts and numbers, as Google knows it; `const` is an enum of one, and null is a type."""
    word = "const" if "const" in node else "enum"
    if word not in node:
        return []
    values = [node["const"]] if word == "const" else node["enum"]
    listed: list[Json] = values if isinstance(values, list) else []
    kept = [value for value in listed if isinstance(value, str) or _is_number(value)]
    if kept:
        made["enum"] = kept
    told = _told_by_type(made, [value for value in listed if value is None or isinstance(value, bool)])
    return [] if listed and len(kept) + told == len(listed) else [f"{path}/{word}".removeprefix("/")]


def _told_by_type(made: Node, values: list[Json]) -> int:
    """How many of these values the type alone can tell: null, and the two booleans together."""
    told = 0
    if None in values:
        told += _allow(made, "null")
    if True in values and False in values and "enum" not in made:
        told += 2 * _allow(made, "boolean")
    elif (True in values or False in values) and "enum" not in made:
        _allow(made, "boolean")
    return told


def _allow(made: Node, name: str) -> int:
    """One type more, unless any is allowed beside an enum: an enum alone would then lose its meaning."""
    known = made.get("type")
    if known is None:
        if "enum" in made:
            return 0
        made["type"] = name
    elif isinstance(known, str):
        made["type"] = known if known == name else [known, name]
    elif name not in known:
        made["type"] = [*known, name]
    return 1


_BOUNDS = (("minimum", "exclusiveMinimum", 1, max), ("maximum", "exclusiveMaximum", -1, min))


def bounds(made: Node, node: Node, path: str) -> list[str]:
    """Exclusive bounds are said inclusively: exact for whole numbers, reported for others."""
    lost: list[str] = []
    for inclusive, exclusive, step, stricter in _BOUNDS:
        limits, wrong = _limits(node.get(inclusive), node.get(exclusive, False))
        if wrong or (inclusive in node and not _is_number(node[inclusive])):
            lost.append(f"{path}/{exclusive if wrong else inclusive}".removeprefix("/"))
        at, beyond = limits
        if beyond is not None:
            whole = made.get("type") == "integer"
            moved = _next_whole(beyond, step) if whole else beyond
            at = moved if at is None else stricter(at, moved)
            if not whole:
                lost.append(f"{path}/{exclusive}".removeprefix("/"))
        if at is not None:
            made[inclusive] = at
    return lost


def _limits(inclusive: Json, exclusive: Json) -> tuple[tuple[float | None, float | None], bool]:
    """The bound itself and the one beyond which values begin; and whether the latter makes no sense."""
    at = inclusive if _is_number(inclusive) else None
    if exclusive is True:  # draft 4 marks the inclusive bound
        return (None, at), at is None
    if exclusive is False or exclusive is None:
        return (at, None), False
    return (at, exclusive if _is_number(exclusive) else None), not _is_number(exclusive)


def _next_whole(bound: float, step: int) -> int:
    return math.floor(bound) + 1 if step > 0 else math.ceil(bound) - 1
