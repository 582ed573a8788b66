"""A new SECRET_KEY: the database's random keys are wrapped anew, and where a file holds it, that is replaced.

A crash at any moment leaves a database that opens: the new key lies beside the old one before anything is wrapped with
it, and takes its place after that. Whoever opens the database in between looks at both.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from gemini_balance.storage.private import replace, settle
from gemini_balance.storage.vault import FILE, SHORT, SHORTEST, SIZE, VaultClosed, open_vault, rewrap, secret_key_in

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sqlalchemy import Connection, Engine

    from gemini_balance.storage.vault import Vault

NEXT = f"{FILE}.next"


def open_with(connection: Connection, folder: Path, secret_key: str) -> Vault:
    """With this SECRET_KEY; an empty one: with that of the folder. Raises VaultClosed, OSError."""
    if secret_key:
        return open_vault(connection, secret_key)
    try:
        return open_vault(connection, secret_key_in(folder))
    except VaultClosed:
        if not (folder / NEXT).exists():
            raise
    vault = open_vault(connection, _read(folder / NEXT))
    _take_its_place(folder)
    return vault


def made_up() -> str:
    """A new one."""
    return secrets.token_hex(SIZE)


def rotate(engine: Engine, old: str, new: str) -> None:
    """Of a SECRET_KEY that no file of ours holds. Raises VaultClosed."""
    with engine.begin() as connection:
        rewrap(connection, old, new)


def rotate_in(folder: Path, engine: Engine, new: str, step: Callable[[str], None] = lambda _: None) -> None:
    """Of the one that the folder's file holds. `step` is told what is done next. Raises VaultClosed, OSError."""
    if len(new) < SHORTEST:
        raise VaultClosed(SHORT)
    with engine.begin() as connection:
        open_with(connection, folder, "")  # also ends a rotation that was cut short
    old = secret_key_in(folder)
    step("write")
    _write(folder / NEXT, new)
    step("wrap")
    rotate(engine, old, new)
    step("replace")
    _take_its_place(folder)


def _write(path: Path, secret_key: str) -> None:
    replace(path, f"{secret_key}\n".encode())
    settle(path.parent)


def _read(path: Path) -> str:
    return path.read_text().strip()


def _take_its_place(folder: Path) -> None:
    (folder / NEXT).replace(folder / FILE)
    settle(folder)
