"""A caller's JSON Schema as Google takes it, and what was lost on the way.

`parametersJsonSchema` and `responseJsonSchema` know a part of JSON Schema: a keyword they lack fails the request or is
silently not obeyed, so it is rewritten where something equal exists and dropped and reported where not. A property may
be named like a keyword, so every word is judged by its place.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

import msgspec

from gemini_balance.core.errors import BadRequest
from gemini_balance.core.gemini.schema_cycles import loosened
from gemini_balance.core.gemini.schema_refs import References, merged
from gemini_balance.core.gemini.schema_words import ANNOTATIONS, COPIED, bounds, enumeration, types
from gemini_balance.core.wire.codec import encode

if TYPE_CHECKING:
    from collections.abc import Callable

Json: TypeAlias = Any
Node: TypeAlias = dict[str, Any]

MOST_NODES = 20_000
MOST_DEPTH = 64
CACHED_BYTES = 8_192
TOO_MUCH = "A JSON Schema is nested too deeply, or too large once its references are put in place."
_EMPTY_KEYS = frozenset({"type", "title", "description"})


@dataclass(frozen=True, slots=True)
class Scrubbed:
    """`raw` is JSON; `dropped` are the paths of what it lacks, from the schema's root."""

    schema: Node
    raw: msgspec.Raw
    dropped: tuple[str, ...]

    @property
    def empty(self) -> bool:
        """Does it describe an object that nothing can be put into?"""
        closed = not self.schema.get("properties") and self.schema.get("additionalProperties", False) is False
        return closed and not self.schema.keys() - _EMPTY_KEYS - {"properties", "required", "additionalProperties"}


def scrub(raw: bytes) -> Scrubbed:
    """Raises BadRequest where it can't be a schema at all. Agents send the same schemas with every call: remembered."""
    return _remembered(raw) if len(raw) <= CACHED_BYTES else _scrub(raw)


def _scrub(raw: bytes) -> Scrubbed:
    try:
        root = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadRequest(f"A JSON Schema can't be read: {error}") from error
    if not isinstance(root, dict):
        raise BadRequest("A JSON Schema must be an object.")
    scrubber = _Scrubber(root)
    try:
        schema = scrubber.whole()
    except RecursionError as error:
        raise BadRequest(TOO_MUCH) from error
    return Scrubbed(schema, msgspec.Raw(encode(schema)), tuple(scrubber.dropped))


_remembered = lru_cache(maxsize=1024)(_scrub)


class _Scrubber:
    """One schema's way through."""

    def __init__(self, root: Node) -> None:
        self.dropped: list[str] = []
        self._root = root
        self._references = References(root)
        self._nodes = 0

    def whole(self) -> Node:
        schema = self._schema(self._root, "", 0)
        kept: dict[str, Node] = {}
        while waiting := self._references.kept - kept.keys():
            for name in sorted(waiting):
                with self._references.entered(name):
                    kept[name] = self._schema(self._references.definition(name), f"/$defs/{name}", 0)
        if kept:
            self.dropped += loosened(kept)
            schema["$defs"] = kept
        return schema

    def _schema(self, node: Json, path: str, depth: int) -> Node:
        self._nodes += 1
        if self._nodes > MOST_NODES or depth > MOST_DEPTH:
            raise BadRequest(TOO_MUCH)
        if node is True:
            return {}
        if not isinstance(node, dict):
            return self._lost(path)
        node = _unwrapped(node)
        if "$ref" in node and (bare := self._bare(node, path)) is not None:
            return bare
        flat, opened = self._flat(node, path)
        if not opened:
            return self._words(flat, path, depth)
        with self._references.opened(opened):
            return self._words(flat, path, depth)

    def _bare(self, node: Node, path: str) -> Node | None:
        """A reference may stay where nothing stands beside it; one that leads round has to."""
        name = self._references.name_of(node["$ref"])
        if name is None:
            return None
        beside = node.keys() - ANNOTATIONS - {"$ref", "$defs", "definitions"}
        if beside and not self._references.is_open(node["$ref"]):
            return None
        for word in sorted(beside):
            self._lost(f"{path}/{word}")
        self._references.keep(name)
        return {"$ref": f"#/$defs/{name}"}

    def _flat(self, node: Node, path: str) -> tuple[Node, list[str]]:
        """The node with what it refers to and what it is `allOf` put in place."""
        opened: list[str] = []
        if "$ref" not in node and "allOf" not in node:
            return node, opened
        return self._merge(node, path, opened), opened

    def _merge(self, node: Node, path: str, opened: list[str]) -> Node:
        flat = {word: value for word, value in node.items() if word not in ("$ref", "allOf")}
        for place, part in self._parts(node, path):
            target = self._target(part, place, opened) if isinstance(part, dict) else None
            if target is not None:
                self.dropped += merged(flat, self._merge(target, place, opened), place)
            elif part is not True:
                self._lost(place)
        return flat

    def _parts(self, node: Node, path: str) -> list[tuple[str, Json]]:
        every = node.get("allOf", [])
        if not isinstance(every, list):
            self._lost(f"{path}/allOf")
            every = []
        parts = [(f"{path}/$ref", {"$ref": node["$ref"]})] if "$ref" in node else []
        return parts + [(f"{path}/allOf/{number}", part) for number, part in enumerate(every)]

    def _target(self, part: Node, place: str, opened: list[str]) -> Node | None:
        """What a part of a merge is, its reference followed; None where that leads nowhere, or round."""
        if part.keys() != {"$ref"}:
            return part
        reference = part["$ref"]
        if not isinstance(reference, str) or self._references.is_open(reference):
            return None
        if reference in opened:
            return {}
        opened.append(reference)
        found = self._references.find(reference)
        return found if isinstance(found, dict) else None

    def _words(self, node: Node, path: str, depth: int) -> Node:
        made: Node = {}
        self.dropped += types(made, node, path)
        for word, value in node.items():
            if word in COPIED:
                if COPIED[word](value):
                    made[word] = value
                else:
                    self._lost(f"{path}/{word}")
            elif word in self._HANDLERS:
                self._HANDLERS[word](self, made, value, f"{path}/{word}", depth + 1)
            elif word not in ANNOTATIONS and word not in _LATER and not word.startswith("x-"):
                self._lost(f"{path}/{word}")
        for finish in (enumeration, bounds):
            self.dropped += finish(made, node, path)
        _close(made)
        return made

    def _properties(self, made: Node, value: Json, path: str, depth: int) -> None:
        if not isinstance(value, dict):
            self._lost(path)
            return
        made["properties"] = {
            name: self._schema(inner, f"{path}/{name}", depth) for name, inner in value.items() if inner is not False
        }
        for name in (name for name, inner in value.items() if inner is False):
            self._lost(f"{path}/{name}")

    def _required(self, made: Node, value: Json, path: str, depth: int) -> None:
        if isinstance(value, list) and all(isinstance(name, str) for name in value):
            made["required"] = list(dict.fromkeys(value))
        elif not isinstance(value, bool):  # draft 3 wrote `required: true` on the property itself
            self._lost(path)

    def _items(self, made: Node, value: Json, path: str, depth: int) -> None:
        if isinstance(value, list):  # draft 4 wrote tuples so
            self._several(made, "prefixItems", value, path, depth)
        elif value is False:
            self._lost(path)
        elif value is not True:
            made["items"] = self._schema(value, path, depth)

    def _additional(self, made: Node, value: Json, path: str, depth: int) -> None:
        made["additionalProperties"] = value if isinstance(value, bool) else self._schema(value, path, depth)

    def _prefix(self, made: Node, value: Json, path: str, depth: int) -> None:
        self._several(made, "prefixItems", value, path, depth)

    def _any(self, made: Node, value: Json, path: str, depth: int) -> None:
        """`oneOf` is read as `anyOf`, Google says; so there is room for one of the two."""
        if "anyOf" in made:
            self._lost(path)
        else:
            self._several(made, "anyOf", value, path, depth)

    def _several(self, made: Node, word: str, value: Json, path: str, depth: int) -> None:
        branches = value if isinstance(value, list) else []
        kept = [self._schema(one, f"{path}/{number}", depth) for number, one in enumerate(branches) if one is not False]
        if kept:
            made[word] = kept
        else:
            self._lost(path)

    def _lost(self, path: str) -> Node:
        self.dropped.append(path.removeprefix("/"))
        return {}

    _HANDLERS: ClassVar[dict[str, Callable[[_Scrubber, Node, Json, str, int], None]]] = {
        "properties": _properties,
        "required": _required,
        "items": _items,
        "additionalProperties": _additional,
        "prefixItems": _prefix,
        "anyOf": _any,
        "oneOf": _any,
    }


def _unwrapped(node: Node) -> Node:
    """`allOf` around one reference is how older generators described a property that is one."""
    every = node.get("allOf")
    if "$ref" in node or not isinstance(every, list) or len(every) != 1 or not isinstance(every[0], dict):
        return node
    if every[0].keys() != {"$ref"}:
        return node
    return {word: value for word, value in node.items() if word != "allOf"} | every[0]


def _close(made: Node) -> None:
    """What is required must be described: a name that was dropped, or never was there, is not demanded."""
    required, known = made.get("required"), made.get("properties")
    if required is None:
        return
    if isinstance(known, dict) and made.get("additionalProperties") is False:
        required = made["required"] = [name for name in required if name in known]
    if not required:
        del made["required"]


_LATER = frozenset({"type", "nullable", "enum", "const", "exclusiveMinimum", "exclusiveMaximum", "minimum", "maximum"})
