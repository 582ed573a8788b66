"""Server-sent events, in both directions.

Google frames with `data: {json}\\r\\n\\r\\n` and nothing else (222 recorded streams); proxies in between may turn
line ends into plain `\\n`, so both are understood, even mixed. JSON inside never holds a bare line end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gemini_balance.core.wire.frames import Frame

DONE = b"data: [DONE]\n\n"
COMMENT = b": keep-alive\n\n"
BLANK = b"\r\n\r\n"


def event(data: bytes) -> bytes:
    """One event with LF framing, as OpenAI sends them."""
    return b"data: " + data + b"\n\n"


def google_event(data: bytes) -> bytes:
    """One event with CRLF framing, as Google sends them."""
    return b"data: " + data + b"\r\n\r\n"


class SseFramer:
    """Cuts an event stream at its blank lines."""

    __slots__ = ("_held",)

    def __init__(self) -> None:
        self._held: list[bytes] = []  # reads of the event under way, joined once: one event may be a 20 MB image

    def feed(self, read: bytes) -> list[Frame]:
        if b"\n" not in read:
            self._held.append(read)
            return []
        frames: list[Frame] = []
        *blocks, rest = (b"".join((*self._held, read)) if self._held else read).split(b"\r\n\r\n")
        for block in blocks:
            last = _cut_plain(block, frames) if b"\n\n" in block else block
            frames.append((last + b"\r\n\r\n", _payload(last)))
        rest = _cut_plain(rest, frames) if b"\n\n" in rest else rest
        self._held = [rest] if rest else []
        return frames

    def rest(self) -> bytes:
        return b"".join(self._held)

    def closed(self) -> bool:
        return not self.rest().strip()


def _cut_plain(block: bytes, frames: list[Frame]) -> bytes:
    """Append the LF-framed events of `block`; return what follows them."""
    *events, rest = block.split(b"\n\n")
    frames.extend((raw + b"\n\n", _payload(raw)) for raw in events)
    return rest


def _payload(block: bytes) -> bytes:
    if block.startswith(b"data: ") and b"\n" not in block:
        return block[6:]
    lines = (line.rstrip(b"\r") for line in block.split(b"\n"))
    return b"\n".join(line[5:].removeprefix(b" ") for line in lines if line.startswith(b"data:"))
