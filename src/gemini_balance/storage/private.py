"""Files and folders that nobody but their owner may read. What was there already keeps the rights that it has."""

from __future__ import annotations

import contextlib
import os
import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

UNFINISHED = ".part"


def make_folder(path: Path) -> None:
    """With all that lead there, where there are none. Raises OSError."""
    for folder in reversed([parent for parent in path.parents if not parent.exists()]):
        folder.mkdir(mode=0o700, exist_ok=True)
    path.mkdir(mode=0o700, exist_ok=True)


def make_file(path: Path) -> None:
    """An empty one, where there is none. Raises OSError."""
    with contextlib.suppress(FileExistsError):
        create(path, b"")


def create(path: Path, data: bytes) -> None:
    """What it holds outlives a power cut. Raises FileExistsError, OSError."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def first(path: Path, data: bytes) -> bytes:
    """What the file holds: of many that come at once the first one's is everybody's. Raises OSError."""
    if not path.exists():
        made = _made(path, data)
        try:
            with contextlib.suppress(FileExistsError):
                path.hardlink_to(made)
        finally:
            made.unlink()
    return path.read_bytes()


def replace(path: Path, data: bytes) -> None:
    """Nobody reads half of it, and what was there before is no more. Raises OSError."""
    made = _made(path, data)
    try:
        made.replace(path)
    finally:
        made.unlink(missing_ok=True)


def settle(folder: Path) -> None:
    """The names in it outlive a power cut, too. Raises OSError."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _made(path: Path, data: bytes) -> Path:
    """Whole before it has its name."""
    made = path.with_name(f"{path.name}.{secrets.token_hex(4)}{UNFINISHED}")
    create(made, data)
    return made
