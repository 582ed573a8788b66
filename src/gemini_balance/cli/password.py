"""password reset."""

from __future__ import annotations

from pathlib import Path

import click


@click.group()
def password() -> None:
    """The operator's password."""


@password.command()
def reset() -> None:
    """Make a new one and write it to standard output. It must be changed at the next sign-in; all sessions end."""
    from gemini_balance.cli.opening import run

    click.echo(run(_reset()))


async def _reset() -> str:
    """Raises BadRequest where AUTH_TOKEN is the password."""
    from gemini_balance.app import SystemClock
    from gemini_balance.cli.opening import WHO, opened
    from gemini_balance.gateway.accounts import Operators, Own
    from gemini_balance.settings import environment, load
    from gemini_balance.storage.passwords import Argon2, PasswordFile

    async with opened() as (database, _):
        settings, _ = load(environment(Path.cwd()))
        own, first, secret = Own(settings.auth_token), PasswordFile(Path("data")), database.vault.secrets.sessions
        return await Operators(database.accounts, Argon2(), secret, SystemClock(), own, first).reset(WHO)
