"""Pictures in a folder, and beside it the secret that signs their addresses."""

from __future__ import annotations

import asyncio
import contextlib
import re
import secrets
import threading
from typing import TYPE_CHECKING, NamedTuple

from gemini_balance.gateway.ports import CannotKeep
from gemini_balance.storage import private
from gemini_balance.storage.memory import TOO_LARGE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SECRET_BYTES = 32
_NAME = re.compile(r"[a-z0-9]{1,64}\.[a-z]{2,4}")


class _File(NamedTuple):
    """When it was kept, how large it is, and where."""

    kept: float
    size: int
    path: Path


class FolderPictures:
    """Implements `PictureStore`. Files are written by threads, one at a time, and never seen half."""

    def __init__(self, folder: Path) -> None:
        """Raises OSError where there can be no such folder."""
        private.make_folder(folder)
        self._folder = folder
        self._lock = threading.Lock()
        self.secret = _secret_in(folder.with_suffix(".key"))

    async def keep(self, name: str, data: bytes, now: float, seconds: float, most: int) -> None:
        if len(data) > most:
            raise CannotKeep(TOO_LARGE)
        try:
            await asyncio.to_thread(self._keep, name, data, now - seconds, most)
        except OSError as error:
            raise CannotKeep(error.strerror or "it could not be written") from error

    async def get(self, name: str) -> bytes | None:
        return await asyncio.to_thread(self._get, name) if _NAME.fullmatch(name) else None

    def _keep(self, name: str, data: bytes, since: float, most: int) -> None:
        with self._lock:
            self._make_room(since, most - len(data), name)
            private.replace(self._folder / name, data)

    def _make_room(self, since: float, most: int, but: str) -> None:
        """What a crash left unfinished is old some day, too."""
        files = sorted(self._files(), key=lambda file: file.kept)
        total = sum(file.size for file in files if file.path.name != but)
        for file in files:
            if file.kept >= since and total <= most:
                break
            if file.path.name != but:
                file.path.unlink(missing_ok=True)
                total -= file.size

    def _files(self) -> Iterator[_File]:
        for path in self._folder.iterdir():
            with contextlib.suppress(FileNotFoundError):  # another replica made room, too
                told = path.stat()
                yield _File(told.st_mtime, told.st_size, path)

    def _get(self, name: str) -> bytes | None:
        with contextlib.suppress(OSError):
            return (self._folder / name).read_bytes()
        return None


def _secret_in(file: Path) -> bytes:
    """Made at the first start."""
    secret = private.first(file, secrets.token_bytes(SECRET_BYTES))
    if len(secret) != SECRET_BYTES:
        raise OSError(f"{file.name} does not hold {SECRET_BYTES} bytes; remove it, and a new one is made")
    return secret
