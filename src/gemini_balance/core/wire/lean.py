"""Taking the huge out of a JSON body before it is read, and putting it back after it is written.

An image of 20 MB inside JSON would be copied into a string, looked through for escapes and copied again: 50 ms during
which nobody else is served, and two more copies in memory. What stands for it meanwhile is a mark of a few bytes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

LONG = 256 * 1024  # bytes of a string that is worth the trouble
SHOWN = 64  # bytes of the data that stay, for they tell what it is
RARE = b"\x7f"  # needs no escape in JSON, and hardly anybody sends it
_HEAD = re.compile(rb'data:[^",\\]{0,200};base64,')
_ESCAPED = (b"u007f", b"u007F")  # the same, as JSON may spell it
_MARK = re.compile(rb"\x7f([0-9]{1,6})\x7f")


Pieces = list[bytes | memoryview]


def mark(number: int) -> bytes:
    """What stands for a piece."""
    return b"\x7f%d\x7f" % number


def has_marks(body: bytes) -> bool:
    """Could a text of the caller's be taken for a mark, now or once it is written again?"""
    return RARE in body or any(escaped in body for escaped in _ESCAPED)


def lean(body: bytes) -> tuple[bytes, Pieces]:
    """The body with a mark in the place of each long `data:` URL's data, and what was taken out."""
    if len(body) <= LONG or RARE in body:
        return body, []
    view, kept, pieces, done = memoryview(body), Pieces(), Pieces(), 0
    for start, end in long_runs(body):
        head = _HEAD.match(body, start, end)
        if head is None or not _is_plain_string(body, start, end):
            continue
        first = head.end() + SHOWN
        kept += (view[done:first], mark(len(pieces)))
        pieces.append(view[first:end])
        done = end
    rest = b"".join((*kept, view[done:]))
    return (rest, pieces) if pieces and not any(escaped in rest for escaped in _ESCAPED) else (body, [])


def whole(body: bytes, pieces: Pieces) -> bytes:
    """What `lean` took out is put where its marks are now, be it nowhere or in several places."""
    return b"".join(spread(body, pieces)) if pieces else body


def spread(body: bytes, pieces: Pieces) -> Pieces:
    """The same, not yet joined."""
    parts: Pieces = list(_MARK.split(body)) if pieces else [body]
    for at in range(1, len(parts), 2):
        number = int(parts[at])
        parts[at] = pieces[number] if number < len(pieces) else mark(number)
    return parts


def long_runs(body: bytes, least: int = LONG) -> Iterator[tuple[int, int]]:
    """Stretches of more than `least` bytes without a quote. Looking every half of that finds each of them."""
    end, probe = 0, least // 2
    while probe < len(body):
        start = body.rfind(b'"', end, probe) + 1
        end = body.find(b'"', probe)
        if end < 0:
            return
        if start and end - start > least:
            yield start, end
        probe = end + least // 2


def _is_plain_string(body: bytes, start: int, end: int) -> bool:
    """Does the quote before it begin a string, and does no escape stand in it?"""
    return body[start - 2 : start - 1] != b"\\" and body.find(b"\\", start, end) < 0
