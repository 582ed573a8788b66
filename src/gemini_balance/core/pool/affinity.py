"""Conversations stay with the project that saw their beginning: tokens cached there are cheaper."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gemini_balance.core.pool.key import Key

MOST = 10_000


class Affinity:
    """The key that last served a prefix; the least recently used are forgotten."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._keys: OrderedDict[int, Key] = OrderedDict()

    def find(self, prefix: int) -> Key | None:
        return self._keys.get(prefix)

    def note(self, prefix: int, key: Key) -> None:
        self._keys[prefix] = key
        self._keys.move_to_end(prefix)
        if len(self._keys) > self._most:
            self._keys.popitem(last=False)
