"""Who looks after the data folder and its database, for the console."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from gemini_balance.app.examination import examination
from gemini_balance.gateway.upkeep import CannotCopy, Copy
from gemini_balance.storage.backup import CannotBackUp, back_up, dump_command
from gemini_balance.storage.engine import is_sqlite

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from gemini_balance.app.examination import Place
    from gemini_balance.gateway.upkeep import Check

FOLDER = "backups"
DUMP = "gemini-balance.dump"
NAMED = "%Y-%m-%dT%H-%M-%SZ"  # without colons, which some file systems don't take
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
        if not self._folder.is_dir():
            return []
        found = [copy for path in self._folder.iterdir() if (copy := _copy(path)) is not None]
        return sorted(found, key=lambda copy: -copy.at)[:MOST]

    def copy(self, at: float, progress: Callable[[str, int, int], None]) -> Copy:
        folder = self._folder / datetime.fromtimestamp(at, UTC).strftime(NAMED)
        try:
            files = back_up(self._place.url, folder, progress)
        except CannotBackUp as error:
            raise CannotCopy(str(error)) from error
        return Copy(at, str(folder), sum(path.stat().st_size for path in files))


def _copy(path: Path) -> Copy | None:
    """What is not named like one of ours, or is not finished, is none."""
    try:
        at = datetime.strptime(path.name, NAMED).replace(tzinfo=UTC).timestamp()
        files = list(path.iterdir())
    except (ValueError, OSError):
        return None
    if not files or any(file.suffix == ".unfinished" for file in files):
        return None
    return Copy(at, str(path), sum(file.stat().st_size for file in files))
