"""A copy of what is kept, made while the gateway serves."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import URL

from gemini_balance.storage.engine import is_sqlite, journal_of
from gemini_balance.storage.private import make_file, replace, settle
from gemini_balance.storage.vault import FILE as SECRET_KEY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Progress = Callable[[str, int, int], None]

PAGES = 2_000  # of a step: a few milliseconds
DUMP = "pg_dump --format=custom --no-owner --file={path} {address}"


class CannotBackUp(Exception):
    """No copy was made; the message says why, and what to do."""


def dump_command(url: URL, path: Path) -> str:
    """What a person types for PostgreSQL. The password is asked for, or in ~/.pgpass."""
    query = {name: value for name, value in url.query.items() if "pass" not in name}
    address = URL.create("postgresql", url.username, None, url.host, url.port, url.database, query)
    return DUMP.format(path=path, address=address)


def back_up(url: URL, folder: Path, progress: Progress, secret_key: Path | None = None) -> list[Path]:
    """Into a folder that is made for it; nobody but its owner may read what is in it.

    `progress` is told a file's name, and how many of how many pages are copied. `secret_key` is copied, too, where it
    is given. Each file is whole and checked before it has its name. Raises CannotBackUp, OSError.
    """
    sources = [path for path in files_of(url) if path.exists()]
    if not sources:
        raise CannotBackUp(f"There is no database in {url.database}: there is nothing to copy.")
    try:
        folder.mkdir(mode=0o700, parents=True)
    except FileExistsError:
        raise CannotBackUp(f"{folder} is there already. Name a folder that is not: each backup is one.") from None
    copies = [_copied(source, folder / source.name, progress) for source in sources]
    if secret_key is not None and secret_key.exists():
        copies.append(folder / SECRET_KEY)
        replace(folder / SECRET_KEY, secret_key.read_bytes())
    settle(folder)
    return copies


def files_of(url: URL) -> Iterator[Path]:
    """What is kept, and the journal."""
    assert is_sqlite(url)
    for one in (url, journal_of(url)):
        yield Path(one.database or "")


def _copied(source: Path, target: Path, progress: Progress) -> Path:
    """Within one transaction that only reads: what others write meanwhile does not make it begin anew."""
    unfinished = target.with_suffix(".unfinished")
    make_file(unfinished)
    name = source.name
    with closing(sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None)) as old:
        old.execute("BEGIN")
        old.execute("SELECT count(*) FROM sqlite_master").fetchone()
        with closing(sqlite3.connect(unfinished)) as new:
            old.backup(new, pages=PAGES, progress=lambda _, left, total: progress(name, total - left, total))
            new.execute("PRAGMA journal_mode = DELETE")  # one file, without a log beside it
            (found,) = new.execute("PRAGMA integrity_check(1)").fetchone()
    if found != "ok":
        raise CannotBackUp(f"The copy of {name} is damaged: {found}. Run gemini-balance doctor.")
    return _named(unfinished, target)


def _named(unfinished: Path, target: Path) -> Path:
    with unfinished.open("rb") as file:
        os.fsync(file.fileno())
    return unfinished.rename(target)
