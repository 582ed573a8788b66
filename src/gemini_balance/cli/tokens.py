"""tokens add · list · change · revoke · enable."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from gemini_balance.cli.opening import Result
    from gemini_balance.cli.token_desk import TokenDesk
    from gemini_balance.gateway.stores import KeptToken
    from gemini_balance.gateway.token_rows import Terms
    from gemini_balance.gateway.tokens import Made

NEVER = "never"
as_json = click.option("--json", "as_json", is_flag=True, help="Write JSON.")
LIMITS = (
    click.option("--model", "models", multiple=True, help="A model it may ask for; again for more. None: all."),
    click.option("--tag", "tags", multiple=True, help="Of the keys that may serve it; again for more. None: all."),
    click.option("--rpm", type=int, help="Requests a minute; 0: no limit."),
    click.option("--tokens-per-day", type=int, help="Tokens a day, of UTC; 0: no limit."),
    click.option("--expires", metavar="DATE", help="2027-06-30, 2027-06-30T12:00+08:00, or never."),
)


def limits(command: Callable[..., None]) -> Callable[..., None]:
    """What a token may do, as options of a command."""
    for option in reversed(LIMITS):
        command = option(command)
    return command


@click.group()
def tokens() -> None:
    """Client tokens: what callers send as their API key."""


@tokens.command()
@click.argument("name")
@limits
@click.option("--stdin", is_flag=True, help="Take the token from standard input instead of making one.")
@as_json
def add(name: str, stdin: bool, as_json: bool, **said: Any) -> None:
    """Make a token called NAME. It is written to standard output, this once."""
    terms, secret = _terms(name=name, **said), sys.stdin.readline().strip() if stdin else ""
    if stdin and not secret:
        raise click.UsageError("There is no token on standard input.")

    async def make(desk: TokenDesk) -> Made:
        return await desk.make(terms, secret)

    made = _at_desk(make)
    if as_json:
        _write_json(_described(made.token) | {"token": made.secret})
        return
    click.echo(made.secret)
    click.echo(f"This is {made.token.id}. Its token can't be shown again.", err=True)


@tokens.command("list")
@as_json
def list_(as_json: bool) -> None:
    """Every token, but not what it is."""
    found = _at_desk(lambda desk: desk.all())
    if as_json:
        _write_json([_described(one) for one in found])
        return
    for one in found:
        used = f"used {_time(one.last_used)}" if one.last_used else "never used"
        click.echo("  ".join(filter(None, (one.id, _state(one), one.name, _limited(one), used))))


@tokens.command()
@click.argument("token")
@click.option("--name", help="What it is called.")
@limits
@click.option("--all-models", is_flag=True, help="It may ask for all models again.")
@click.option("--all-keys", is_flag=True, help="All keys may serve it again.")
@as_json
def change(token: str, all_models: bool, all_keys: bool, as_json: bool, **said: Any) -> None:
    """Change what TOKEN, an id or a name, may do: only what is given. A list replaces the old one."""
    if (all_models and said["models"]) or (all_keys and said["tags"]):
        raise click.UsageError("Give a list, or that there is none.")
    terms = _terms(**said, no_models=all_models, no_tags=all_keys)

    async def do(desk: TokenDesk) -> KeptToken:
        return await desk.change(await _id_of(desk, token), terms)

    _tell(_at_desk(do), as_json=as_json)


@tokens.command()
@click.argument("token")
@click.option("--delete", is_flag=True, help="For good: it is forgotten, and can't be enabled.")
@as_json
def revoke(token: str, delete: bool, as_json: bool) -> None:
    """Let TOKEN, an id or a name, call no more."""

    async def do(desk: TokenDesk) -> KeptToken:
        off = await desk.disable(await _id_of(desk, token))
        if delete:
            await desk.delete(off.id)
        return off

    _tell(_at_desk(do), as_json=as_json)


@tokens.command()
@click.argument("token")
@as_json
def enable(token: str, as_json: bool) -> None:
    """Let TOKEN, an id or a name, call again."""

    async def do(desk: TokenDesk) -> KeptToken:
        return await desk.enable(await _id_of(desk, token))

    _tell(_at_desk(do), as_json=as_json)


def _at_desk(work: Callable[[TokenDesk], Awaitable[Result]]) -> Result:
    from gemini_balance.cli.opening import run
    from gemini_balance.cli.token_desk import token_desk

    async def there() -> Result:
        async with token_desk() as desk:
            return await work(desk)

    return run(there())


async def _id_of(desk: TokenDesk, word: str) -> str:
    """A name will do where only one token has it. What is no name is an id, or an error by and by."""
    named = [one.id for one in await desk.all() if one.name == word]
    if len(named) > 1:
        raise click.ClickException(f"{len(named)} tokens are called {word}: give an id. They are {', '.join(named)}.")
    return named[0] if named else word


def _terms(*, no_models: bool = False, no_tags: bool = False, expires: str | None = None, **said: Any) -> Terms:
    """Only what was said."""
    from gemini_balance.gateway.token_rows import Terms

    given: dict[str, Any] = {name: value for name, value in said.items() if value is not None and value != ()}
    given |= {name: frozenset(given[name]) for name in ("models", "tags") if name in given}
    given |= {name: frozenset() for name, none in (("models", no_models), ("tags", no_tags)) if none}
    if expires is not None:
        given["expires"] = None if expires == NEVER else _moment(expires)
    return Terms(**given)


def _moment(text: str) -> float:
    """Without a zone it is UTC's."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise click.UsageError(f"{text!r} is no date such as 2027-06-30, and not never.") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _described(token: KeptToken) -> dict[str, object]:
    return {
        "id": token.id,
        "name": token.name,
        "shown": token.shown,
        "state": _state(token),
        "origin": token.origin.value,
        "models": sorted(token.models),
        "tags": sorted(token.tags),
        "rpm": token.rpm,
        "tokens_per_day": token.tokens_per_day,
        "expires": _time(token.expires),
        "created": _time(token.created),
        "last_used": _time(token.last_used),
    }


def _state(token: KeptToken) -> str:
    if token.off:
        return "unlisted" if token.off.value == "unlisted" else "disabled"
    return "expired" if token.expires is not None and token.expires <= datetime.now(UTC).timestamp() else "active"


def _limited(token: KeptToken) -> str:
    """The limits, in words."""
    said = [
        token.models and f"only {', '.join(sorted(token.models))}",
        token.tags and f"keys tagged {', '.join(sorted(token.tags))}",
        token.rpm and f"{token.rpm} a minute",
        token.tokens_per_day and f"{token.tokens_per_day} tokens a day",
        token.expires is not None and f"until {_time(token.expires)}",
    ]
    return "; ".join(str(one) for one in said if one)


def _time(at: float | None) -> str | None:
    return None if at is None else datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")


def _tell(token: KeptToken, *, as_json: bool) -> None:
    if as_json:
        _write_json(_described(token))
    else:
        click.echo("  ".join(filter(None, (token.id, _state(token), token.name, _limited(token)))))


def _write_json(value: object) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))
