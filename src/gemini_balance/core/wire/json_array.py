"""A JSON array that arrives in pieces, `[{…},\\r\\n{…}]`: what streamGenerateContent sends without `alt=sse`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gemini_balance.core.wire.frames import Frame

_STRUCTURE = re.compile(rb'[{}\[\]"\\]')
_OPENING, _CLOSING = frozenset(b"{["), frozenset(b"}]")
_BACKSLASH, _QUOTE = ord("\\"), ord('"')


class ArrayFramer:
    """Cuts the array after each of its elements; the bracket, commas and blanks before one belong to it."""

    __slots__ = ("_at", "_begin", "_depth", "_held", "_in_string", "_opened")

    def __init__(self) -> None:
        self._held = bytearray()
        self._at = 0  # up to here `_held` has been looked at
        self._begin = 0  # where the element under way begins
        self._depth = 0
        self._in_string = False
        self._opened = False

    def feed(self, read: bytes) -> list[Frame]:
        self._held += read
        frames: list[Frame] = []
        while found := _STRUCTURE.search(self._held, self._at):
            sign, self._at = self._held[found.start()], found.end()
            if sign == _BACKSLASH:
                if self._at == len(self._held):
                    self._at -= 1  # what it hides has not arrived yet
                    return frames
                self._at += 1
            elif sign == _QUOTE:
                self._in_string = not self._in_string
            elif not self._in_string and self._nest(sign):
                frames.append(self._cut())
        self._at = len(self._held)
        return frames

    def last(self) -> list[Frame]:
        return []  # an element ends with its own bracket

    def rest(self) -> bytes:
        return bytes(self._held)

    def closed(self) -> bool:
        return self._opened and self._depth == 0

    def _nest(self, sign: int) -> bool:
        """Follow one bracket; True when it ends an element."""
        if sign in _OPENING:
            if self._depth == 1:
                self._begin = self._at - 1
            self._opened = True
            self._depth += 1
            return False
        self._depth -= 1
        return self._depth == 1

    def _cut(self) -> Frame:
        frame = bytes(self._held[: self._at]), bytes(self._held[self._begin : self._at])
        del self._held[: self._at]
        self._at = 0
        return frame
