"""References inside a JSON Schema: where they lead, which may stay, and which are being put in place just now."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator

Json: TypeAlias = Any
Node: TypeAlias = dict[str, Any]

_DEFINITION = re.compile(r"#/(?:\$defs|definitions)/([A-Za-z0-9_.-]+)")
NOWHERE = None


class References:
    """Of one schema. `kept` are the names of definitions that the result refers to."""

    def __init__(self, root: Node) -> None:
        self.kept: set[str] = set()
        self._root = root
        self._open: list[str] = []

    def name_of(self, reference: Json) -> str | None:
        """The definition a reference may go on naming: one that exists, whatever chain of names leads there."""
        seen: set[str] = set()
        while isinstance(reference, str) and (found := _DEFINITION.fullmatch(reference)):
            name, target = found[1], self.definition(found[1])
            if not isinstance(target, dict) or name in seen:
                return None
            if target.keys() != {"$ref"}:
                return name
            seen.add(name)
            reference = target["$ref"]
        return None

    def definition(self, name: str) -> Json:
        """The modern place first, as readers of mixed schemas expect."""
        for place in ("$defs", "definitions"):
            held = self._root.get(place)
            if isinstance(held, dict) and name in held:
                return held[name]
        return NOWHERE

    def find(self, reference: str) -> Json:
        """What a JSON pointer within the document leads to, or NOWHERE."""
        if not reference.startswith("#"):
            return NOWHERE
        node: Json = self._root
        for step in reference[1:].split("/")[1:]:
            node = _step(node, step.replace("~1", "/").replace("~0", "~"))
        return node

    def keep(self, name: str) -> None:
        self.kept.add(name)

    def is_open(self, reference: Json) -> bool:
        """Are we inside of what it leads to? Putting it in place once more would never end."""
        return reference in self._open or (reference == "#") or self.name_of(reference) in self._names_open()

    @contextmanager
    def opened(self, references: list[str]) -> Iterator[None]:
        self._open += references
        yield
        del self._open[len(self._open) - len(references) :]

    def entered(self, name: str) -> Any:
        return self.opened([f"#/$defs/{name}"])

    def _names_open(self) -> set[str]:
        return {name for reference in self._open if (name := self.name_of(reference))}


def _step(node: Json, name: str) -> Json:
    if isinstance(node, dict):
        return node.get(name)
    if isinstance(node, list) and name.isdecimal() and int(name) < len(node):
        return node[int(name)]
    return NOWHERE


def merged(into: Node, other: Node, path: str) -> list[str]:
    """Add to a schema what must hold, too; the paths of what can't be said beside what is there already."""
    lost: list[str] = []
    for word, value in other.items():
        if word not in into or into[word] == value:
            into[word] = value
        elif word == "properties" and isinstance(value, dict) and isinstance(into[word], dict):
            into[word] = into[word] | {name: _both(into[word].get(name), one) for name, one in value.items()}
        elif word == "required" and isinstance(value, list) and isinstance(into[word], list):
            into[word] = into[word] + value
        elif word not in ("title", "description", "default", "$defs", "definitions", "$schema", "examples"):
            lost.append(f"{path}/{word}".removeprefix("/"))
    return lost


def _both(one: Json, other: Json) -> Json:
    return other if one is None or one == other else {"allOf": [one, other]}
