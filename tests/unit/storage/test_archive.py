"""Files as one: any tar reads it, and its size is known before."""

from __future__ import annotations

import io
import tarfile
from typing import TYPE_CHECKING

import pytest

from gemini_balance.storage.archive import PIECE, archive

if TYPE_CHECKING:
    from pathlib import Path

SIZES = [0, 1, 511, 512, 513, 10_240, PIECE + 7]


@pytest.mark.parametrize("sizes", [SIZES[n:] for n in range(len(SIZES))], ids=str)
def test_what_goes_in_comes_out_and_the_size_is_what_was_said(tmp_path: Path, sizes: list[int]) -> None:
    content = {f"{n}.db": bytes([n]) * size for n, size in enumerate(sizes)}
    for name, data in content.items():
        (tmp_path / name).write_bytes(data)
    size, pieces = archive([tmp_path / name for name in content], "2027-01-15T12-00-00Z")
    whole = b"".join(pieces)
    with tarfile.open(fileobj=io.BytesIO(whole), mode="r:") as read:
        found = {entry.name: (read.extractfile(entry) or io.BytesIO()).read() for entry in read}
        assert {entry.mode for entry in read} == {0o600}
    assert found == {f"2027-01-15T12-00-00Z/{name}": data for name, data in content.items()}
    assert (len(whole), size % tarfile.RECORDSIZE) == (size, 0)


def test_a_file_that_became_shorter_is_no_archive(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    path.write_bytes(b"x" * 1_000)
    _, pieces = archive([path], "copy")
    path.write_bytes(b"x")
    with pytest.raises(OSError, match=r"journal\.db has become shorter"):
        list(pieces)
