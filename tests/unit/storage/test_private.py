"""Who may read what the gateway writes down."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

import pytest

from gemini_balance.storage import private
from gemini_balance.storage.engine import async_engine, journal_of, url_of
from gemini_balance.storage.migrate import JOURNAL_CHAIN, migrate
from gemini_balance.storage.passwords import PasswordFile
from gemini_balance.storage.pictures import FolderPictures
from gemini_balance.storage.vault import secret_key_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def _generous() -> Iterator[None]:
    """Without the gateway's care everybody could read everything."""
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path: Path) -> str:
    return f"{stat.S_IMODE(path.stat().st_mode):o}"


async def test_only_its_owner_may_read_a_database_its_journal_and_their_folder(tmp_path: Path) -> None:
    data = tmp_path / "data"
    url = url_of("", data)
    migrate(url)
    migrate(journal_of(url), JOURNAL_CHAIN)
    engine = async_engine(url)
    async with engine.begin():
        modes = {path.name: mode(path) for path in (data, *data.iterdir())}
    await engine.dispose()
    assert modes == {
        "data": "700",
        "gemini-balance.db": "600",
        "gemini-balance.db-shm": "600",
        "gemini-balance.db-wal": "600",
        "journal.db": "600",
    }


def test_what_was_there_already_keeps_its_rights(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir(mode=0o750)
    (data / "gemini-balance.db").touch(mode=0o640)
    migrate(url_of("", data))
    assert (mode(data), mode(data / "gemini-balance.db")) == ("750", "640")


@pytest.mark.parametrize(
    "make",
    [secret_key_in, lambda data: PasswordFile(data).keep("a password"), lambda data: FolderPictures(data / "images")],
    ids=["secret key", "password", "pictures"],
)
def test_whoever_needs_the_folder_first_makes_it_for_its_owner_alone(
    tmp_path: Path, make: Callable[[Path], object]
) -> None:
    make(tmp_path / "data")
    assert {mode(path) for path in (tmp_path / "data").iterdir()} <= {"600", "700"}
    assert mode(tmp_path / "data") == "700"


async def test_only_its_owner_may_read_a_picture(tmp_path: Path) -> None:
    pictures = FolderPictures(tmp_path / "data" / "images")
    await pictures.keep("a.png", b"picture", 0.0, 60.0, 100)
    assert mode(tmp_path / "data" / "images" / "a.png") == "600"


def test_of_many_that_write_the_first_ones_stays(tmp_path: Path) -> None:
    path = tmp_path / "one"
    assert [private.first(path, data) for data in (b"first", b"second")] == [b"first", b"first"]
    assert [found.name for found in tmp_path.iterdir()] == ["one"]


def test_what_is_replaced_is_closed_to_others_from_then_on(tmp_path: Path) -> None:
    path = tmp_path / "one"
    path.touch(mode=0o644)
    private.replace(path, b"new")
    assert (path.read_bytes(), mode(path), len(list(tmp_path.iterdir()))) == (b"new", "600", 1)
