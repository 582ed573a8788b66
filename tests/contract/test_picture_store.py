"""What every PictureStore must do."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from gemini_balance.gateway.ports import CannotKeep
from gemini_balance.storage.memory import MemoryPictures
from gemini_balance.storage.pictures import FolderPictures

if TYPE_CHECKING:
    from pathlib import Path

    from gemini_balance.gateway.ports import PictureStore

pytestmark = pytest.mark.anyio
NOW, DAY, MOST = 4e9, 86_400.0, 1_000
ONCE = "a.png"


@pytest.fixture(params=["memory", "folder"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> PictureStore:
    return MemoryPictures(b"secret") if request.param == "memory" else FolderPictures(tmp_path / "data" / "images")


def age(store: PictureStore, name: str, when: float) -> None:
    """A folder's files are as old as the file system says."""
    if isinstance(store, FolderPictures):
        os.utime(store._folder / name, (when, when))


async def test_what_is_kept_is_there_and_nothing_else(store: PictureStore) -> None:
    await store.keep(ONCE, b"red", NOW, DAY, MOST)
    assert [await store.get(ONCE), await store.get("b.png"), await store.get("../images.key")] == [b"red", None, None]


async def test_the_oldest_goes_first_when_there_is_no_room(store: PictureStore) -> None:
    for n, name in enumerate(("a.png", "b.png", "c.png")):
        await store.keep(name, bytes(400), NOW + n, DAY, MOST)
        age(store, name, NOW + n)
    kept = [await store.get(name) for name in ("a.png", "b.png", "c.png")]
    assert kept == [None, bytes(400), bytes(400)]


async def test_what_expired_goes_though_there_is_room(store: PictureStore) -> None:
    await store.keep("a.png", b"old", NOW, DAY, MOST)
    age(store, "a.png", NOW)
    await store.keep("b.png", b"new", NOW + 2 * DAY, DAY, MOST)
    assert [await store.get("a.png"), await store.get("b.png")] == [None, b"new"]


async def test_a_picture_larger_than_the_store_is_refused(store: PictureStore) -> None:
    with pytest.raises(CannotKeep, match="IMAGE_STORE_MB"):
        await store.keep(ONCE, bytes(MOST + 1), NOW, DAY, MOST)
    assert await store.get(ONCE) is None


async def test_the_same_picture_twice_takes_room_once(store: PictureStore) -> None:
    for n in range(4):
        await store.keep(ONCE, bytes(400), NOW + n, DAY, MOST)
        age(store, ONCE, NOW + n)
    await store.keep("b.png", bytes(400), NOW + 5, DAY, MOST)
    assert [await store.get(ONCE), await store.get("b.png")] == [bytes(400)] * 2


async def test_a_folder_keeps_its_secret_for_itself_and_over_restarts(tmp_path: Path) -> None:
    first, second = FolderPictures(tmp_path / "images"), FolderPictures(tmp_path / "images")
    assert len(first.secret) == 32
    assert first.secret == second.secret
    assert (tmp_path / "images.key").stat().st_mode & 0o777 == 0o600


async def test_a_folder_that_can_not_be_written_is_told(tmp_path: Path) -> None:
    store = FolderPictures(tmp_path / "images")
    (tmp_path / "images").rmdir()
    with pytest.raises(CannotKeep):
        await store.keep(ONCE, b"red", NOW, DAY, MOST)


async def test_a_damaged_secret_is_told_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "images.key").write_bytes(b"short")
    with pytest.raises(OSError, match="remove it"):
        FolderPictures(tmp_path / "images")
