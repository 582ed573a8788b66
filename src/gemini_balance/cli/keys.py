"""keys add · list · import · export · check · reset · remove · enable · disable."""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from gemini_balance.cli.key_desk import KeyDesk
    from gemini_balance.cli.opening import Result
    from gemini_balance.core.keys import Preview, Reading
    from gemini_balance.gateway.key_views import KeyFilter, KeyView

SOME_ARE_DEAD = 3  # the exit code of a check that found any
as_json = click.option("--json", "as_json", is_flag=True, help="Write JSON.")
WHERE = (
    click.argument("ids", metavar="[ID]...", nargs=-1),
    click.option("--state", type=click.Choice(["ready", "cooling", "probing", "invalid", "disabled"])),
    click.option("--reason", help="Why they do not serve, as `list` tells it."),
    click.option("--project", help="Of this one; empty: of no known one."),
    click.option("--tag", help="With this one; empty: without any."),
    click.option("--tier", type=click.Choice(["free", "paid"])),
    click.option("--upstream", type=click.Choice(["gemini_api", "vertex_express"])),
    click.option("--text", help="That have this in an id, a label, a project, a tag or the notes."),
)
TOLD = (
    click.option("--label"),
    click.option("--project", help="Keys of one project share its quota."),
    click.option("--tag", "tags", multiple=True, help="Again for more."),
    click.option("--notes"),
    click.option("--weight", type=int, default=1, show_default=True),
    click.option("--model", "models", multiple=True, help="A model it may serve; again for more. None: all."),
    click.option("--proxy", help="Its own, like http://user:password@host:port."),
    click.option("--paid", is_flag=True, help="For what only paid keys serve."),
    click.option("--vertex", is_flag=True, help="For Vertex AI in express mode."),
    click.option("--force", is_flag=True, help="Take it though it does not look like a key."),
)


def with_options(options: Sequence[Callable[[Any], Any]]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    def decorated(command: Callable[..., None]) -> Callable[..., None]:
        for option in reversed(options):
            command = option(command)
        return command

    return decorated


which = with_options(WHERE)


@click.group()
def keys() -> None:
    """Gemini keys. A gateway that runs hears of what is changed here within seconds."""


@keys.command()
@click.argument("key", metavar="KEY|-")
@with_options(TOLD)
@as_json
def add(key: str, vertex: bool, force: bool, as_json: bool, **said: Any) -> None:
    """Add one KEY; `-` reads it from standard input, where no other user sees it."""
    from gemini_balance.core.keys import Reading
    from gemini_balance.core.keys.fields import entry_of

    key = sys.stdin.readline().strip() if key == "-" else key
    fields = {name: list(value) if isinstance(value, tuple) else value for name, value in said.items()}
    fields |= {"key": key, "tier": "paid" if fields.pop("paid") else "free"}
    reading = Reading((_made(lambda: entry_of(fields, _upstream(vertex))),))
    _bring_in(reading, suspicious=force, as_json=as_json)


@keys.command("import")
@click.argument("file", type=click.Path(allow_dash=True, dir_okay=False))
@click.option("--vertex", is_flag=True, help="Keys are for Vertex AI in express mode, where the text doesn't say.")
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
@click.option("--force", is_flag=True, help="Take also what looks like no key.")
@as_json
def import_(file: str, vertex: bool, dry_run: bool, force: bool, as_json: bool) -> None:
    """Add the keys in FILE (`-`: standard input): any text, CSV, JSON, an .env, or the well-known gateway's SQLite."""
    reading = _made(lambda: _reading(file, _upstream(vertex)))
    if dry_run:
        _tell(_at_desk(lambda desk: desk.preview(reading)), taken=0, as_json=as_json)
    else:
        _bring_in(reading, suspicious=force, as_json=as_json)


@keys.command("list")
@which
@as_json
def list_(as_json: bool, **where: Any) -> None:
    """Every key with how it fares, as far as a gateway that runs has saved it: that is at most half a minute old."""
    found = _at_desk(lambda desk: desk.views(_filter(**where)))
    if as_json:
        from msgspec import to_builtins

        _write_json({"keys": to_builtins(found)})
        return
    for view in found:
        click.echo(_line(view))
    click.echo(f"{len(found)} keys", err=True)


@keys.command()
@which
@click.option("--format", "form", type=click.Choice(["text", "csv", "json", "env"]), default="csv", show_default=True)
@click.option("--plain", is_flag=True, help="With the keys themselves, which is noted in the history.")
@click.option("--output", type=click.Path(dir_okay=False), help="A new file that only you can read.")
@as_json
def export(form: str, plain: bool, output: str | None, as_json: bool, **where: Any) -> None:
    """Write keys out. Without --plain each is shown by its last four characters only."""
    from gemini_balance.core.keys import Format

    text = _at_desk(lambda desk: desk.export(_filter(**where), Format(form), plain=plain))
    if output is not None:
        _write_file(Path(output), text)
    elif as_json:
        _write_json({"format": form, "text": text})
    else:
        click.echo(text, nl=False)


@keys.command()
@which
@as_json
def check(as_json: bool, **where: Any) -> None:
    """Ask Google of each key whether it is well. Ends with 3 when one is dead."""
    from gemini_balance.gateway.verifying import verdicts_of

    with click.progressbar(length=1, label="Checking", file=sys.stderr) as bar:

        def progress(done: int, total: int) -> None:
            bar.length = max(total, 1)
            bar.update(done - bar.pos)

        job = _at_desk(lambda desk: desk.check(_filter(**where), progress))
    results = {why: [str(key) for key in found] for why, found in job.results.items()}
    if as_json:
        _write_json({"total": job.total, "done": job.done, "results": results})
    for why, found in () if as_json else sorted(results.items()):
        click.echo(f"{why}: {len(found)}" + ("" if why == "well" else f"  {' '.join(found)}"))
    if verdicts_of(job).dead:
        sys.exit(SOME_ARE_DEAD)


def _switch(action: str, sentence: str, help_text: str, *, name: str = "", asks: bool = False) -> click.Command:
    @which
    @click.option("--all", "everything", is_flag=True, help="Every key.")
    @click.option("--yes", is_flag=True, hidden=not asks, help="Don't ask.")
    @as_json
    def command(everything: bool, yes: bool, as_json: bool, **where: Any) -> None:
        if not everything and not any(value not in (None, ()) for value in where.values()):
            raise click.UsageError("Say which keys: their ids, a filter, or --all.")
        if asks and not yes and sys.stdin.isatty():
            click.confirm("Deleted keys can't be brought back by an undo. Go on?", abort=True)
        changed = _at_desk(lambda desk: desk.switch(action, _filter(**where)))
        if as_json:
            _write_json({"changed": list(changed)})
        else:
            click.echo(f"{len(changed)} keys {sentence}")

    return keys.command(name or action, help=help_text)(command)


reset = _switch("reset", "serve again", "Forget failures: these keys serve at once.")
remove = _switch(
    "delete",
    "deleted",
    "Delete keys for good: the environment's list doesn't bring them back, adding them by hand does.",
    name="remove",
    asks=True,
)
enable = _switch("enable", "enabled", "Let keys serve again that were switched off.")
disable = _switch("disable", "switched off", "Switch keys off; they are kept.")


def _at_desk(work: Callable[[KeyDesk], Awaitable[Result]]) -> Result:
    from gemini_balance.cli.key_desk import at_the_desk
    from gemini_balance.cli.opening import run

    async def working() -> Result:
        async with at_the_desk() as desk:
            return await work(desk)

    return run(working())


def _filter(ids: tuple[str, ...] = (), **where: Any) -> KeyFilter:
    import msgspec

    from gemini_balance.gateway.key_views import KeyFilter

    said = {name: value for name, value in where.items() if value is not None}
    return msgspec.convert(said | {"ids": list(ids) or None}, KeyFilter)


def _made(make: Callable[[], Result]) -> Result:
    """What can't be read is said in its own sentence."""
    from gemini_balance.core.keys import UnusableKey

    try:
        return make()
    except UnusableKey as error:
        raise click.ClickException(error.message) from error
    except (OSError, ValueError) as error:
        raise click.ClickException(str(error)) from error


def _reading(file: str, upstream: str) -> Reading:
    from gemini_balance.core.keys import read, read_values
    from gemini_balance.storage.foreign import is_database, settings_in

    content = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    if is_database(content):
        return read_values(settings_in(Path(file)), upstream)
    return read(content.decode(errors="replace"), upstream)


def _upstream(vertex: bool) -> str:
    return "vertex_express" if vertex else "gemini_api"


def _bring_in(reading: Reading, *, suspicious: bool, as_json: bool) -> None:
    seen = _at_desk(lambda desk: desk.bring_in(reading, suspicious=suspicious))
    taken = len(seen.taken(suspicious=suspicious))
    _tell(seen, taken=taken, as_json=as_json)
    if not taken and seen.of(_suspicious()):
        raise click.ClickException("Nothing was added: what was given does not look like keys. --force takes it.")


def _suspicious() -> Any:
    from gemini_balance.core.keys import Standing

    return Standing.SUSPICIOUS


def _tell(seen: Preview, *, taken: int, as_json: bool) -> None:
    from gemini_balance.core.keys import Standing

    counts = {standing.value: len(seen.of(standing)) for standing in Standing}
    doubts = [(item.shown, item.doubt, item.why) for item in seen.items if item.doubt is not None]
    if as_json:
        told = [{"shown": shown, "doubt": doubt, "why": why} for shown, doubt, why in doubts]
        _write_json({"added": taken, **counts, "client_tokens": seen.tokens, "doubts": told})
        return
    for shown, doubt, why in doubts:
        click.echo(f"{shown}  {doubt}: {why}", err=True)
    if seen.tokens:
        click.echo(f"{seen.tokens} client tokens stand beside the keys; they are not imported here.", err=True)
    click.echo(f"{taken} added ({', '.join(f'{count} {word}' for word, count in counts.items())})")


def _line(view: KeyView) -> str:
    about = filter(None, (view.label, view.project or view.inferred, " ".join(f"#{tag}" for tag in view.tags)))
    state = f"{view.state} ({view.reason})" if view.reason else view.state
    since = f"since {datetime.fromtimestamp(view.since, UTC):%Y-%m-%d %H:%M} UTC" if view.since else ""
    return "  ".join(filter(None, (view.id, f"{view.shown:5}", state, since, *about)))


def _write_file(path: Path, text: str) -> None:
    def write() -> None:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", newline="") as file:
            file.write(text)

    _made(write)


def _write_json(value: object) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))
