"""Definitions that lead back to themselves. Google takes such a circle only through properties that aren't required."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Json: TypeAlias = Any
Node: TypeAlias = dict[str, Any]


def loosened(definitions: Mapping[str, Node]) -> list[str]:
    """Stop requiring the properties that close a circle, in place; the paths of what is no longer required."""
    reach = _reach({name: set(_names(node)) for name, node in definitions.items()})
    lost: list[str] = []
    for name, node in definitions.items():
        if name in reach[name]:
            closing = {other for other in definitions if other == name or name in reach[other]}
            lost += _loosen(node, closing, f"$defs/{name}")
    return lost


def _names(node: Json) -> Iterator[str]:
    """The definitions that a scrubbed schema refers to. Defaults and enums hold no schemas, whatever they look like."""
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"].removeprefix("#/$defs/")
        for _, inner in _inner(node):
            yield from _names(inner)


def _inner(node: Node) -> Iterator[tuple[str, Json]]:
    for name, one in node.get("properties", {}).items():
        yield f"properties/{name}", one
    for word in ("items", "additionalProperties"):
        if isinstance(node.get(word), dict):
            yield word, node[word]
    for word in ("anyOf", "prefixItems"):
        for number, one in enumerate(node.get(word, ())):
            yield f"{word}/{number}", one


def _reach(direct: dict[str, set[str]]) -> dict[str, set[str]]:
    """For each name every name it leads to."""
    reach: dict[str, set[str]] = {}
    for name in direct:
        found: set[str] = set()
        waiting = list(direct[name])
        while waiting:
            one = waiting.pop()
            if one not in found:
                found.add(one)
                waiting += direct.get(one, ())
        reach[name] = found
    return reach


def _loosen(node: Json, closing: set[str], path: str) -> list[str]:
    if not isinstance(node, dict):
        return []
    lost: list[str] = []
    for place, inner in _inner(node):
        lost += _loosen(inner, closing, f"{path}/{place}")
    properties = node.get("properties", {})
    for name in [*node.get("required", ())]:
        if closing & set(_names(properties.get(name))):
            node["required"].remove(name)
            lost.append(f"{path}/required/{name}")
    if "required" in node and not node["required"]:
        del node["required"]
    return lost
