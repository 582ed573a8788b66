"""Who looks after the data folder and its database, for the console."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from gemini_balance.app.examination import examination
from gemini_balance.gateway.upkeep import CannotCopy, Copy, Packed
from gemini_balance.storage.archive import archive
from gemini_balance.storage.backup import CannotBackUp, back_up, dump_command
from gemini_balance.storage.engine import is_sqlite

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from gemini_balance.app.examination import Place
    from gemini_balance.gateway.upkeep import Check

FOLDER = "backups"
DUMP = "gemini-balance.dump"
NAMED = "%Y-%m-%dT%H-%M-%SZ"  # without colons, which some file systems don't take
FILE = "gemini-balance-{name}.tar"
MOST = 20  # copies that are told of


class DataKeeper:
    """Implements `Keeper`. Copies lie in a folder of the data folder, one folder for each."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._folder = place.data / FOLDER

    @property
    def command(self) -> str:
        return "" if is_sqlite(self._place.url) else dump_command(self._place.url, self._folder / DUMP)

    def examine(self) -> Sequence[Check]:
        return list(examination(self._place, online=True))

    def copies(self) -> Sequence[Copy]:
        return sorted(self._all(), key=lambda copy: -copy.at)[:MOST]

    def copy(self, at: float, progress: Callable[[str, int, int], None]) -> Copy:
        folder = self._folder / datetime.fromtimestamp(at, UTC).strftime(NAMED)
        try:
            files = back_up(self._place.url, folder, progress)
        except CannotBackUp as error:
            raise CannotCopy(str(error)) from error
        return Copy(folder.name, at, str(folder), sum(path.stat().st_size for path in files))

    def pack(self, name: str) -> Packed | None:
        """What is asked for is looked up among those that there are: it is never a path."""
        copy = next((copy for copy in self._all() if copy.name == name), None)
        if copy is None:
            return None
        size, pieces = archive(sorted((self._folder / copy.name).iterdir()), copy.name)
        return Packed(FILE.format(name=copy.name), size, pieces)

    def _all(self) -> Iterator[Copy]:
        if self._folder.is_dir():
            yield from (copy for path in self._folder.iterdir() if (copy := _copy(path)) is not None)


def _copy(path: Path) -> Copy | None:
    """What is not named like one of ours, or is not finished, is none."""
    try:
        at = datetime.strptime(path.name, NAMED).replace(tzinfo=UTC).timestamp()
        files = list(path.iterdir())
    except (ValueError, OSError):
        return None
    if not files or any(file.suffix == ".unfinished" for file in files):
        return None
    return Copy(path.name, at, str(path), sum(file.stat().st_size for file in files))
