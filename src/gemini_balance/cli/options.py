"""options list · get · set · reset · export · import · history."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import IO, TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from gemini_balance.cli.opening import Result
    from gemini_balance.cli.option_desk import OptionDesk
    from gemini_balance.core.options import Json
    from gemini_balance.gateway.options import Import, Planned, Standing
    from gemini_balance.gateway.stores import Change

as_json = click.option("--json", "as_json", is_flag=True, help="Write JSON.")

HIDDEN = "…"


@click.group()
def options() -> None:
    """Show and change what may change while the gateway runs."""


@options.command("list")
@click.option("--changed", is_flag=True, help="Only those that an operator changed.")
@as_json
def list_(changed: bool, as_json: bool) -> None:
    """Every option with its value, and where that comes from; of what may be a secret only that it is set."""
    found = [one for one in _at_desk(lambda desk: desk.all()) if one.source == "override" or not changed]
    if as_json:
        _write_json([_described(one, veiled=True) for one in found])
        return
    width = max((len(_named(one.name)) for one in found), default=0)
    for one in found:
        click.echo(f"{_named(one.name):{width}}  {one.source:11}  {_shown(_veiled(one.name, one.value))}")


@options.command()
@click.argument("name")
@as_json
def get(name: str, as_json: bool) -> None:
    """The value of NAME; with --json all that is known of it."""
    from gemini_balance.core.options import row_of

    async def find(desk: OptionDesk) -> Standing:
        wanted = row_of(name).name
        return next(one for one in await desk.all() if one.name == wanted)

    found = _at_desk(find)
    if as_json:
        _write_json(_described(found))
    else:
        click.echo(_shown(found.value))


@options.command("set")
@click.argument("settings", metavar="NAME=VALUE...", nargs=-1, required=True)
@as_json
def set_(settings: tuple[str, ...], as_json: bool) -> None:
    """Change options, all of those given or none. Values are written as in the environment."""

    async def change(desk: OptionDesk) -> list[Change]:
        return await desk.set(_values(settings))

    _tell(_at_desk(change), as_json=as_json)


@options.command()
@click.argument("names", metavar="NAME...", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Every option that was changed.")
@as_json
def reset(names: tuple[str, ...], everything: bool, as_json: bool) -> None:
    """Take back what was changed: the environment or the default holds again."""
    if bool(names) == everything:
        raise click.UsageError("Give names, or --all.")

    async def change(desk: OptionDesk) -> list[Change]:
        return await desk.reset([one.name for one in await desk.all()] if everything else names)

    _tell(_at_desk(change), as_json=as_json)


@options.command()
@click.argument("file", type=click.File("w", encoding="utf-8"), default="-")
def export(file: IO[str]) -> None:
    """Write what was changed, as JSON, to FILE."""
    file.write(_dumped(_at_desk(lambda desk: desk.export())) + "\n")


@options.command("import")
@click.argument("file", type=click.File("r", encoding="utf-8"), default="-")
@click.option("--preview", is_flag=True, help="Say what would change, and change nothing.")
@click.option("--strict", is_flag=True, help="Refuse names that are no options here.")
@as_json
def import_(file: IO[str], preview: bool, strict: bool, as_json: bool) -> None:
    """Change what FILE, an export, holds: all of it or nothing."""
    document = _document(file)

    async def bring_in(desk: OptionDesk) -> Import:
        return await (desk.preview if preview else desk.bring_in)(document, strict=strict)

    done = _at_desk(bring_in)
    rows = [_planned(one) for one in done.planned]
    if as_json:
        _write_json({"changed": rows, "unknown": list(done.unknown), "preview": preview})
        return
    for name in done.unknown:
        click.echo(f"{name} is no option here: passed over.", err=True)
    _tell_rows(rows)


@options.command()
@click.argument("name", default="")
@click.option("--before", type=click.IntRange(min=1), help="Only changes with lower numbers than this.")
@click.option("--most", type=click.IntRange(1, 1000), default=50, show_default=True, help="How many.")
@as_json
def history(name: str, before: int | None, most: int, as_json: bool) -> None:
    """Who changed NAME, or any option, and when; the newest first."""
    rows = [_row(one) for one in _at_desk(lambda desk: desk.history(name, before, most))]
    if as_json:
        _write_json(rows)
        return
    for row in rows:
        said = f"{_shown(row['before'])} → {_shown(row['after'])}"
        click.echo(f"{row['id']:>6}  {row['at']}  {row['who']:12}  {_named(row['name'])}  {row['action']}  {said}")


def _at_desk(work: Callable[[OptionDesk], Awaitable[Result]]) -> Result:
    from gemini_balance.cli.opening import run
    from gemini_balance.cli.option_desk import option_desk

    async def there() -> Result:
        async with option_desk() as desk:
            return await work(desk)

    return run(there())


def _values(settings: Sequence[str]) -> dict[str, Json]:
    """Raises OptionError, and UsageError for what is no NAME=VALUE."""
    from gemini_balance.core.options import from_text, row_of, to_json

    found: dict[str, Json] = {}
    for setting in settings:
        name, separator, text = setting.partition("=")
        if not separator:
            raise click.UsageError(f"{setting!r} is not NAME=VALUE.")
        name = row_of(name.strip()).name
        if name in found:
            raise click.UsageError(f"{setting!r} is given after another value of the same option.")
        found[name] = to_json(name, from_text(name, text))
    return found


def _document(file: IO[str]) -> Json:
    try:
        document: Json = json.load(file)
    except ValueError as error:  # also for what is no UTF-8
        raise click.ClickException(f"{file.name} is not JSON: {error}") from error
    return document


def _veiled(name: str, value: Json) -> Json:
    from gemini_balance.core.options import ROWS

    return HIDDEN if ROWS[name].secret and value else value


def _planned(one: Planned) -> dict[str, Json]:
    return {"name": one.name, "before": _veiled(one.name, one.before), "after": _veiled(one.name, one.after)}


def _described(one: Standing, *, veiled: bool = False) -> Json:
    from gemini_balance.core.options import ROWS

    row = ROWS[one.name]
    return {
        "name": one.name,
        "environment_name": row.env,
        "value": _veiled(one.name, one.value) if veiled else one.value,
        "source": one.source,
        "otherwise": _veiled(one.name, one.otherwise) if veiled else one.otherwise,
        "group": row.group,
        "help": row.help,
    }


def _row(change: Change) -> dict[str, Json]:
    at = datetime.fromtimestamp(change.at, UTC).isoformat(timespec="seconds")
    values: dict[str, Json] = {"before": _loaded(change.before), "after": _loaded(change.after)}
    return {"id": change.id, "at": at, "who": change.who, "name": change.target, "action": change.action, **values}


def _tell(changes: Sequence[Change], *, as_json: bool) -> None:
    keys = ("name", "before", "after")
    rows = [{key: row[key] for key in keys} for row in map(_row, changes)]
    if as_json:
        _write_json({"changed": rows})
    else:
        _tell_rows(rows)


def _tell_rows(rows: Sequence[dict[str, Json]]) -> None:
    for row in rows:
        click.echo(f"{_named(row['name'])}: {_shown(row['before'])} → {_shown(row['after'])}")
    if not rows:
        click.echo("Nothing changes.")


def _named(name: Json) -> str:
    """As operators know it; what is an option no more has only this name left."""
    from gemini_balance.core.options import ROWS

    return ROWS[str(name)].env if str(name) in ROWS else str(name)


def _loaded(text: str | None) -> Json:
    value: Json = None if text is None else json.loads(text)
    return value


def _shown(value: Json) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _dumped(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


def _write_json(value: object) -> None:
    click.echo(_dumped(value))
