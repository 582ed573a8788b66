"""A new SECRET_KEY, cut short at every step: the database opens after each, with the same random keys."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest

from gemini_balance.storage.database import Database
from gemini_balance.storage.engine import sync_engine, url_of
from gemini_balance.storage.rotation import NEXT, made_up, rotate_in
from gemini_balance.storage.vault import FILE, VaultClosed

if TYPE_CHECKING:
    from pathlib import Path

STEPS = ("write", "wrap", "replace")


class Crash(Exception):
    """The process ends here."""


def rotate(data: Path, new: str, ends_at: str = "") -> None:
    def step(name: str) -> None:
        if name == ends_at:
            raise Crash

    engine = sync_engine(url_of("", data))
    try:
        rotate_in(data, engine, new, step)
    finally:
        engine.dispose()


@pytest.mark.parametrize("ends_at", STEPS)
def test_a_rotation_that_is_cut_short_leaves_a_database_that_opens(tmp_path: Path, ends_at: str) -> None:
    before = Database("", tmp_path).vault.secrets
    with pytest.raises(Crash):
        rotate(tmp_path, made_up(), ends_at)
    assert Database("", tmp_path).vault.secrets == before


@pytest.mark.parametrize("ends_at", STEPS)
def test_a_rotation_that_was_cut_short_can_be_done_again(tmp_path: Path, ends_at: str) -> None:
    before, last = Database("", tmp_path).vault.secrets, made_up()
    with pytest.raises(Crash):
        rotate(tmp_path, made_up(), ends_at)
    rotate(tmp_path, last)
    assert (tmp_path / FILE).read_text() == f"{last}\n"
    assert Database("", tmp_path).vault.secrets == before


def test_the_file_that_is_left_is_its_owners_alone_and_the_only_one(tmp_path: Path) -> None:
    Database("", tmp_path)
    rotate(tmp_path, made_up())
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600
    assert not (tmp_path / NEXT).exists()


def test_the_old_one_opens_nothing_any_more(tmp_path: Path) -> None:
    Database("", tmp_path)
    old = (tmp_path / FILE).read_text().strip()
    rotate(tmp_path, made_up())
    with pytest.raises(VaultClosed, match="SECRET_KEY is not the one"):
        Database("", tmp_path, old)


def test_one_that_is_too_short_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    before = Database("", tmp_path).vault.secrets
    with pytest.raises(VaultClosed, match="at least 16 characters"):
        rotate(tmp_path, "short")
    assert not (tmp_path / NEXT).exists()
    assert Database("", tmp_path).vault.secrets == before
