"""Cutting a reply into events as it arrives, without changing a byte."""

from __future__ import annotations

from typing import Protocol

Frame = tuple[bytes, bytes]
"""One event: its exact bytes with all framing, and the JSON inside (empty for a comment or a blank)."""


class Framer(Protocol):
    """Fed what was read, in any cut, it returns the events that are complete; joined, their bytes are the reply."""

    def feed(self, read: bytes) -> list[Frame]: ...

    def last(self) -> list[Frame]:
        """At the end of the reply: the event that lacks nothing but the framing after it, if there is one."""

    def rest(self) -> bytes:
        """What never became a complete event."""

    def closed(self) -> bool:
        """Does the reply end where the format lets it end?"""
