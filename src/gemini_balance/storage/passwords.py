"""Passwords: hashed with argon2, and the first one in a file that only its owner may read."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from gemini_balance.storage import private

if TYPE_CHECKING:
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
        private.make_folder(self._path.parent)
        return private.first(self._path, _line(password)).decode().strip()

    def replace(self, password: str) -> None:
        private.make_folder(self._path.parent)
        private.replace(self._path, _line(password))

    def drop(self) -> None:
        self._path.unlink(missing_ok=True)


def _line(password: str) -> bytes:
    return f"{password}\n".encode()
