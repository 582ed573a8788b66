"""Things with names that belong to a project and may come to an end."""

import math
from typing import Generic, TypeVar

from msgspec import Struct, field

from gemini_balance.simulator.json_types import Object


class Item(Struct, kw_only=True):
    """One thing. `value` is what its owner wrote about it, `ready` when it has come into being."""

    name: str
    project: str
    created: float
    updated: float = 0.0
    ready: float = 0.0
    expires: float = math.inf
    value: Object = field(default_factory=dict)

    def close(self) -> None:
        """It is no longer needed."""


T = TypeVar("T", bound=Item)


class Shelf(Generic[T]):
    """Things of one kind, by name."""

    def __init__(self) -> None:
        self._items: dict[str, T] = {}

    def put(self, item: T) -> T:
        """Keep it."""
        item.updated = item.updated or item.created
        self._items[item.name] = item
        return item

    def known(self, name: str, now: float) -> T | None:
        """What has this name, whoever it belongs to, if it still exists."""
        self._forget(now)
        return self._items.get(name)

    def holds_below(self, name: str) -> bool:
        """Whether anything lies below the name."""
        return any(other.startswith(f"{name}/") for other in self._items)

    def find(self, name: str, project: str, now: float) -> T | None:
        """The project's own, if it still exists."""
        item = self.known(name, now)
        return item if item is not None and item.project == project else None

    def owned(self, project: str, now: float, parent: str = "") -> list[T]:
        """All that the project has directly below `parent`, the newest first."""
        self._forget(now)
        found = (item for name, item in self._items.items() if name.rpartition("/")[0] == parent or not parent)
        return [item for item in found if item.project == project][::-1]

    def drop(self, name: str) -> None:
        """Forget it and all that lies below it."""
        for below in [other for other in self._items if other == name or other.startswith(f"{name}/")]:
            self._items.pop(below).close()

    def clear(self) -> None:
        """Forget everything."""
        for name in list(self._items):
            self.drop(name)

    def _forget(self, now: float) -> None:
        for name in [name for name, item in self._items.items() if item.expires <= now]:
            self.drop(name)
