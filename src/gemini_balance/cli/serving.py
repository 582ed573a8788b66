"""serve · demo · simulate."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from gemini_balance.app import Kept
    from gemini_balance.gateway.ports import PictureStore
    from gemini_balance.settings import Settings
    from gemini_balance.storage.database import Database

log = logging.getLogger(__name__)

DEMO_TOKEN = "sk-demo"  # noqa: S105  (opens nothing but a gateway on loopback whose keys are a fake Google's)
DEMO_PASSWORD = "demo-operator"  # noqa: S105  (the same)
DEMO = """
Gemini Balance runs on a fake Google: no key, no network.

  address   http://127.0.0.1:{port}
  token     {token}
  console   http://127.0.0.1:{port}/console
  password  {password}

Try it:

  curl http://127.0.0.1:{port}/hf/v1/chat/completions \\
    -H "Authorization: Bearer {token}" -H "Content-Type: application/json" \\
    -d '{{"model": "gemini-flash-latest", "messages": [{{"role": "user", "content": "Hello!"}}]}}'

Ctrl-C ends it.
"""


@click.command()
def serve() -> None:
    """Run the gateway with the settings of the environment and .env."""
    _run(_environment(), Path("data"))


@click.command()
@click.option("--port", default=8000, show_default=True, help="Port on 127.0.0.1.")
def demo(port: int) -> None:
    """Run the gateway on a fake Google, on 127.0.0.1, with nothing to set up."""
    from gemini_balance import simulator

    google = simulator.serve_in_thread(simulator.demo())
    keys = simulator.demo_keys()
    click.echo(DEMO.format(port=port, token=DEMO_TOKEN, password=DEMO_PASSWORD))
    try:
        _run(
            {
                "HOST": "127.0.0.1",
                "PORT": str(port),
                "BASE_URL": google.url,
                "API_KEYS": ",".join(keys),
                "ALLOWED_TOKENS": DEMO_TOKEN,
                "AUTH_TOKEN": DEMO_PASSWORD,
            }
        )
    finally:
        google.stop()


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=9000, show_default=True)
def simulate(host: str, port: int) -> None:
    """Run the fake Google alone, for tests of your own."""
    from gemini_balance import simulator

    simulator.serve(simulator.demo(), host, port)


def _environment() -> dict[str, str]:
    from gemini_balance.settings import environment

    return environment(Path.cwd())


def _run(values: dict[str, str], data: Path | None = None) -> None:
    """`data` is where what must outlive the process is kept; None: it is forgotten at the end."""
    from pydantic import ValidationError

    from gemini_balance.app import build
    from gemini_balance.app.known import known_secrets
    from gemini_balance.core.redaction import Redactor
    from gemini_balance.server import serve as serve_app
    from gemini_balance.settings import load
    from gemini_balance.telemetry.logs import configure

    try:
        settings, options = load(values)
        redactor = Redactor(known_secrets(settings))
        configure(settings.log_level, settings.log_format, redactor)
        app = build(settings, options, _kept(settings, data), redactor=redactor)
    except (ValidationError, ValueError) as error:
        raise click.ClickException(f"The settings can't be used.\n{error}") from error
    _warn(settings)
    serve_app(app, settings)


def _kept(settings: Settings, data: Path | None) -> Kept:
    """A folder that can't be written costs what is remembered, never the service; a database that was asked for
    must be there. Raises ValueError."""
    from gemini_balance.app.examination import Place
    from gemini_balance.app.upkeep import DataKeeper
    from gemini_balance.storage.database import Database, NoDatabase
    from gemini_balance.storage.vault import VaultClosed

    if data is None:
        return _passing(None)
    pictures = _pictures(data)
    try:
        database = Database(settings.database_url, data, settings.secret_key)
    except VaultClosed as error:
        raise ValueError(str(error)) from error
    except NoDatabase as error:
        if settings.database_url:
            raise ValueError(f"DATABASE_URL leads to no database: {error}") from error
        log.warning("Nothing can be kept (%s): all but the settings is forgotten at the next start.", error)
        return _passing(pictures)
    keeper = DataKeeper(Place(database.url, data, settings))
    return replace(kept_in(database, data, pictures, database.close), keeper=keeper)


def _passing(pictures: PictureStore | None) -> Kept:
    """All works as it does with a data folder, in one that is removed at the end."""
    from tempfile import TemporaryDirectory

    from gemini_balance.storage.database import Database

    folder = TemporaryDirectory(prefix="gemini-balance-", ignore_cleanup_errors=True)
    database = Database("", Path(folder.name))

    async def close() -> None:
        await database.close()
        folder.cleanup()

    return kept_in(database, Path(folder.name), pictures, close)


def kept_in(
    database: Database, data: Path, pictures: PictureStore | None, close: Callable[[], Awaitable[None]]
) -> Kept:
    """Everything that this database keeps, and what lies beside it."""
    from gemini_balance.app import Kept
    from gemini_balance.storage.passwords import PasswordFile

    return Kept(
        resources=database.resources,
        pictures=pictures,
        pool=database.pool,
        keys=database.keys,
        vertex_pool=database.vertex_pool,
        options=database.options,
        changes=database.changes,
        secrets=database.vault.secrets,
        tokens=database.tokens,
        allowances=database.allowances,
        accounts=database.accounts,
        sizes=database.sizes,
        replicas=database.replicas,
        first_password=PasswordFile(data),
        journal=database.journal,
        close=close,
    )


def _pictures(data: Path) -> PictureStore | None:
    """Where they can't be written they are kept in memory."""
    from gemini_balance.storage.pictures import FolderPictures

    try:
        return FolderPictures(data / "images")
    except OSError as error:
        log.warning("No pictures can be kept in %s (%s): their addresses end with the process.", data, error)
        return None


def _warn(settings: Settings) -> None:
    """What makes the gateway answer nobody is said at the start, not found out later."""
    if not settings.allowed_tokens:
        log.warning(
            "ALLOWED_TOKENS is empty: only client tokens that were made in the console or with `tokens add` may call."
        )
    if settings.auth_token and settings.auth_token in settings.allowed_tokens:
        log.warning(
            "AUTH_TOKEN is one of ALLOWED_TOKENS, so whoever may call knows the operator's password. Scripts can't "
            "operate with it. Set another AUTH_TOKEN."
        )
