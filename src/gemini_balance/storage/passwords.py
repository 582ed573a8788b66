"""Passwords: hashed with argon2, and the first one in a file that only its owner may read."""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FILE = "initial-password"


class Argon2:
    """Implements `PasswordHasher`: in a thread, and one at a time, for each takes 64 MB and a while of a core."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()

    async def hash(self, password: str) -> str:
        async with self._turn:
            return await asyncio.to_thread(_hash, password)

    async def verify(self, hashed: str, password: str) -> bool:
        async with self._turn:
            return await asyncio.to_thread(_verify, hashed, password)


def _hash(password: str) -> str:
    from argon2 import PasswordHasher  # it would cost each start 20 ms, and is rarely needed

    return PasswordHasher().hash(password)


def _verify(hashed: str, password: str) -> bool:
    from argon2 import PasswordHasher
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        return PasswordHasher().verify(hashed, password)
    except (VerificationError, InvalidHashError):
        return False


class PasswordFile:
    """Implements `FirstPassword`, in the data folder."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE

    @property
    def place(self) -> str:
        return str(self._path)

    def keep(self, password: str) -> str:
        with contextlib.suppress(FileExistsError):
            self._write(password, self._path.hardlink_to)
        return self._path.read_text().strip()

    def replace(self, password: str) -> None:
        self._write(password, lambda made: made.replace(self._path))

    def drop(self) -> None:
        self._path.unlink(missing_ok=True)

    def _write(self, password: str, name: Callable[[Path], object]) -> None:
        """Whole before it has its name, which `name` gives it: nobody reads half of it."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        made = self._path.with_name(f"{FILE}-{secrets.token_hex(4)}")
        try:
            with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(f"{password}\n")
            name(made)
        finally:
            made.unlink(missing_ok=True)
