"""The data folder, looked after: copies of SQLite's files, the tool of PostgreSQL's."""

from __future__ import annotations

import io
import sqlite3
import tarfile
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from gemini_balance.app.examination import Place
from gemini_balance.app.upkeep import DataKeeper
from gemini_balance.gateway.findings import Finding
from gemini_balance.gateway.findings import found as found_to_be
from gemini_balance.gateway.upkeep import CannotCopy, Check
from gemini_balance.settings import load
from gemini_balance.storage.database import Database
from gemini_balance.storage.engine import url_of

if TYPE_CHECKING:
    from pathlib import Path

NOON = 1_800_014_400.0


def _keeper(data: Path, database_url: str = "") -> DataKeeper:
    settings, _ = load({"BASE_URL": "http://127.0.0.1:9"})
    return DataKeeper(Place(url_of(database_url, data), data, settings))


def _quiet(*_: object) -> None:
    pass


@pytest.fixture
def data(tmp_path: Path) -> Path:
    Database("", tmp_path / "data")
    return tmp_path / "data"


def test_a_copy_lies_in_a_folder_named_by_its_time_and_can_be_opened(data: Path) -> None:
    told: list[str] = []
    copy = _keeper(data).copy(NOON, lambda name, *_: told.append(name))
    folder = data / "backups" / "2027-01-15T12-00-00Z"
    assert (copy.name, copy.at, copy.place) == (folder.name, NOON, str(folder))
    assert copy.size == sum(path.stat().st_size for path in folder.iterdir())
    with closing(sqlite3.connect(folder / "gemini-balance.db")) as opened:
        assert opened.execute("SELECT count(*) FROM keys").fetchone() == (0,)
    assert set(told) == {path.name for path in folder.iterdir()}


def test_copies_are_listed_the_latest_first_and_nothing_else_is(data: Path) -> None:
    keeper = _keeper(data)
    assert keeper.copies() == []
    made = [keeper.copy(NOON + n, _quiet) for n in (0, 60)]
    (data / "backups" / "by hand").mkdir()
    (data / "backups" / "2027-01-15T13-00-00Z").mkdir()
    unfinished = data / "backups" / "2027-01-15T14-00-00Z"
    unfinished.mkdir()
    (unfinished / "journal.unfinished").touch()
    assert keeper.copies() == made[::-1]


def test_a_copy_is_packed_by_its_name_alone(data: Path, tmp_path: Path) -> None:
    keeper = _keeper(data)
    copy = keeper.copy(NOON, _quiet)
    packed = keeper.pack(copy.name)
    assert packed is not None
    whole = b"".join(packed.pieces)
    assert (packed.file, packed.size) == ("gemini-balance-2027-01-15T12-00-00Z.tar", len(whole))
    with tarfile.open(fileobj=io.BytesIO(whole)) as read:
        assert read.getnames() == [f"{copy.name}/{name}" for name in ("gemini-balance.db", "journal.db")]
        read.extractall(tmp_path / "restored", filter="data")
    with closing(sqlite3.connect(tmp_path / "restored" / copy.name / "gemini-balance.db")) as opened:
        assert opened.execute("SELECT count(*) FROM keys").fetchone() == (0,)


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", "../backups/2027-01-15T12-00-00Z", "2027-01-15T12-00-00Z/", "2027-01-15T12-00-01Z", "secrets"],
)
def test_what_is_no_copy_is_not_packed(data: Path, name: str) -> None:
    keeper = _keeper(data)
    keeper.copy(NOON, _quiet)
    (data / "backups" / "secrets").mkdir()
    assert keeper.pack(name) is None


def test_two_copies_of_one_second_are_one(data: Path) -> None:
    keeper = _keeper(data)
    keeper.copy(NOON, _quiet)
    with pytest.raises(CannotCopy, match="is there already"):
        keeper.copy(NOON, _quiet)


def test_of_a_server_the_command_is_told_without_its_password(data: Path) -> None:
    keeper = _keeper(data, "postgresql://gateway:hidden@db.example/balance")
    assert keeper.command.startswith("pg_dump --format=custom")
    assert "hidden" not in keeper.command
    assert _keeper(data).command == ""


def test_what_doctor_looks_at_is_looked_at(data: Path) -> None:
    found = {check.name: check for check in _keeper(data).examine()}
    assert found["integrity"] == Check("integrity", "ok", found_to_be(Finding.FILES_WHOLE))
    assert (found["database"].state, found["clock"].state) == ("ok", "warn")
