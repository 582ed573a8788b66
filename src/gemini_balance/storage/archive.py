"""Files as one: a tar archive whose size is known before the first byte is read."""

from __future__ import annotations

from tarfile import BLOCKSIZE, GNU_FORMAT, NUL, RECORDSIZE, TarInfo
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

PIECE = 1_000_000  # bytes that are read at once
MEDIA_TYPE = "application/x-tar"


def archive(files: Sequence[Path], folder: str) -> tuple[int, Iterator[bytes]]:
    """How many bytes it has, and what they are. In it the files lie in a folder of this name. Raises OSError."""
    entries = [(path, _head(path, folder)) for path in files]
    content = sum(BLOCKSIZE + _padded(head.size, BLOCKSIZE) for _, head in entries)
    size = _padded(content + 2 * BLOCKSIZE, RECORDSIZE)
    return size, _pieces(entries, NUL * (size - content))


def _head(path: Path, folder: str) -> TarInfo:
    """Whoever unpacks it alone may read it, too."""
    found = path.stat()
    head = TarInfo(f"{folder}/{path.name}")
    head.size, head.mtime, head.mode = found.st_size, int(found.st_mtime), 0o600
    return head


def _pieces(entries: Sequence[tuple[Path, TarInfo]], end: bytes) -> Iterator[bytes]:
    for path, head in entries:
        yield head.tobuf(GNU_FORMAT)
        left = head.size
        with path.open("rb") as file:
            while piece := file.read(min(PIECE, left)):
                left -= len(piece)
                yield piece
        if left:
            raise OSError(f"{path.name} has become shorter while it was read")
        if padding := _padded(head.size, BLOCKSIZE) - head.size:
            yield NUL * padding
    yield end


def _padded(size: int, unit: int) -> int:
    return -(-size // unit) * unit
