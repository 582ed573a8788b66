"""The database, for commands that work on it directly."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from gemini_balance.cli.remote import NOT_THERE, remote

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Coroutine

    from gemini_balance.core.options import Options
    from gemini_balance.storage.database import Database

Result = TypeVar("Result")
WHO = "command line"


@asynccontextmanager
async def opened() -> AsyncIterator[tuple[Database, Options]]:
    """What the environment names, and the options that it gives. Raises ClickException that says what is wrong."""
    from pydantic import ValidationError

    from gemini_balance.settings import environment, load
    from gemini_balance.storage.database import Database, NoDatabase
    from gemini_balance.storage.vault import VaultClosed

    if remote() is not None:
        raise click.UsageError(NOT_THERE)
    try:
        settings, options = load(environment(Path.cwd()))
        database = Database(settings.database_url, Path("data"), settings.secret_key)
    except (ValidationError, ValueError) as error:
        raise click.ClickException(f"The settings can't be used.\n{error}") from error
    except (NoDatabase, VaultClosed) as error:
        raise click.ClickException(str(error)) from error
    try:
        yield database, options
    finally:
        await database.close()


def run(work: Coroutine[None, None, Result]) -> Result:
    """Its result. What can't be done is said in the sentence that callers of the gateway would be given."""
    from gemini_balance.core.errors import GatewayError

    try:
        return asyncio.run(work)
    except GatewayError as error:
        raise click.ClickException(error.message) from error
