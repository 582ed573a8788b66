"""Passwords, hashed and written down."""

from __future__ import annotations

import asyncio
import stat
from typing import TYPE_CHECKING

import pytest

from gemini_balance.storage.passwords import FILE, Argon2, PasswordFile

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.anyio
async def test_only_the_password_itself_fits_its_hash() -> None:
    argon2 = Argon2()
    hashed, again = await asyncio.gather(argon2.hash("correct horse"), argon2.hash("correct horse"))
    assert hashed.startswith("$argon2id$")
    assert hashed != again
    assert [await argon2.verify(hashed, password) for password in ("correct horse", "correct", "")] == [
        True,
        False,
        False,
    ]
    assert not await argon2.verify("no hash at all", "correct horse")


def test_the_first_password_is_its_owners_to_read_and_the_first_one_stays(tmp_path: Path) -> None:
    file, path = PasswordFile(tmp_path / "data"), tmp_path / "data" / FILE
    assert [file.keep("first"), file.keep("second")] == ["first", "first"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    file.replace("third")
    assert (path.read_text(), stat.S_IMODE(path.stat().st_mode)) == ("third\n", 0o600)
    file.drop()
    file.drop()
    assert list((tmp_path / "data").iterdir()) == []


def test_a_folder_that_cannot_be_made_is_an_error_of_the_system(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    with pytest.raises(OSError, match="data"):
        PasswordFile(tmp_path / "data").keep("first")
