"""doctor · migrate · backup · rotate-secret-key."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from gemini_balance.cli.place import place

if TYPE_CHECKING:
    from collections.abc import Callable

    from gemini_balance.app.examination import Place
    from gemini_balance.gateway.upkeep import Check
    from gemini_balance.storage.engine import Address

Result = TypeVar("Result")
as_json = click.option("--json", "as_json", is_flag=True, help="Write JSON.")
RESTART = (
    "Now set SECRET_KEY to the new one wherever this gateway runs, on every replica. Those that run go on; without it "
    "none of them starts again."
)


@click.command()
@click.option("--online", is_flag=True, help="Also ask Google what time it is.")
@as_json
def doctor(online: bool, as_json: bool) -> None:
    """Look whether everything is as it should be; 1 where it is not."""
    from gemini_balance.app.examination import examination

    found = list(examination(place(), online=online))
    if as_json:
        click.echo(json.dumps([_plain(check) for check in found], ensure_ascii=False))
    for check in () if as_json else found:
        click.echo(f"{check.state:5} {check.name}: {check.message}")
    sys.exit(1 if any(check.state == "fail" for check in found) else 0)


def _plain(check: Check) -> dict[str, str]:
    return {"name": check.name, "state": check.state, "message": check.message}


@click.command()
@click.option("--down", "version", default="", help="Back to this version instead; base: to nothing.")
@click.option("--journal", is_flag=True, help="With --down: the journal's tables.")
@as_json
def migrate(version: str, journal: bool, as_json: bool) -> None:
    """Bring the database's tables up to date, as every start does; or back, before an earlier release is started."""
    from gemini_balance.storage.migrate import JOURNAL_CHAIN, KEPT_CHAIN, downgrade
    from gemini_balance.storage.migrate import migrate as up

    if journal and not version:
        raise click.UsageError("--journal says what goes back: name a version with --down.")
    here = place()

    def work() -> dict[str, str | None]:
        if version:
            downgrade(_url(here, journal=journal), version, JOURNAL_CHAIN if journal else KEPT_CHAIN)
        else:
            up(here.url)
            up(_url(here, journal=True), JOURNAL_CHAIN)
        return _versions(here)

    versions = _done(here, work)
    told = ", ".join(f"{name} {now or 'none'}" for name, now in versions.items())
    click.echo(json.dumps(versions) if as_json else f"Versions: {told}")


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--with-secret-key", is_flag=True, help="Also data/secret-key: whoever has both can read all keys.")
@as_json
def backup(path: Path, with_secret_key: bool, as_json: bool) -> None:
    """Copy the database into the folder PATH, which is made, while the gateway may go on serving."""
    from gemini_balance.storage.backup import CannotBackUp, back_up, dump_command
    from gemini_balance.storage.engine import is_sqlite
    from gemini_balance.storage.vault import FILE

    here = place()
    if not is_sqlite(here.url):
        command = dump_command(here.url, path)
        raise click.ClickException(f"PostgreSQL has a tool for this. Nothing was copied; run:\n  {command}")
    key = here.data / FILE
    try:
        copies = _done(
            here, lambda: back_up(here.url, path, _progress(quiet=as_json), key if with_secret_key else None)
        )
    except CannotBackUp as error:
        raise click.ClickException(str(error)) from error
    sizes = {copy.name: copy.stat().st_size for copy in copies}
    if as_json:
        click.echo(json.dumps({"path": str(path), "files": sizes}))
        return
    click.echo(f"Copied {', '.join(sizes)} to {path}.")
    if not with_secret_key:
        click.echo("SECRET_KEY is not in it: without it nothing that is sealed can be read. Keep it elsewhere.")


@click.command("rotate-secret-key")
@click.option("--new-file", type=click.Path(path_type=Path, exists=True), help="Read the new one from this file.")
@as_json
def rotate_secret_key(new_file: Path | None, as_json: bool) -> None:
    """Protect the database with a new SECRET_KEY. Where the data folder holds it, that file is replaced."""
    from gemini_balance.storage.engine import sync_engine
    from gemini_balance.storage.migrate import migrate as migrate_up
    from gemini_balance.storage.rotation import made_up, rotate, rotate_in

    here, new = place(), new_file.read_text().strip() if new_file else made_up()
    engine, held = sync_engine(here.url), not here.settings.secret_key

    def work() -> None:
        migrate_up(here.url)
        if held:
            rotate_in(here.data, engine, new)
        else:
            rotate(engine, here.settings.secret_key, new)

    try:
        _done(here, work)
    finally:
        engine.dispose()
    shown = "" if held or new_file else new
    if as_json:
        click.echo(json.dumps({"rotated": True, "secret_key": shown or None}))
    else:
        click.echo("The database is protected with the new SECRET_KEY." + (f"\n\n  {shown}\n" if shown else ""))
        click.echo("It is in the data folder; nothing else is to be done." if held else RESTART)


def _done(here: Place, work: Callable[[], Result]) -> Result:
    """Raises ClickException where the database can't be had, without its password."""
    from gemini_balance.storage.database import NoDatabase
    from gemini_balance.storage.reached import reached
    from gemini_balance.storage.vault import VaultClosed

    try:
        with reached(here.url):
            return work()
    except (VaultClosed, NoDatabase, ValueError) as error:
        raise click.ClickException(str(error)) from error


def _url(here: Place, *, journal: bool) -> Address:
    from gemini_balance.storage.engine import journal_of

    return journal_of(here.url) if journal else here.url


def _versions(here: Place) -> dict[str, str | None]:
    from gemini_balance.storage.examine import versions

    return {name: now for name, (now, _) in versions(here.url).items()}


def _progress(*, quiet: bool) -> Callable[[str, int, int], None]:
    """On a terminal, a line that is written over."""
    if quiet or not sys.stderr.isatty():
        return lambda *_: None

    def show(name: str, done: int, total: int) -> None:
        click.echo(f"\r{name}: {100 * done // max(total, 1):3} %", err=True, nl=done == total)

    return show
