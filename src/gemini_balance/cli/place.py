"""Where the environment says that things are kept, for commands that look after them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from gemini_balance.app.examination import Place

DATA = Path("data")


def place() -> Place:
    """Nothing is opened. Raises ClickException that says which setting can't be used."""
    from pydantic import ValidationError

    from gemini_balance.app.examination import Place
    from gemini_balance.settings import environment, load
    from gemini_balance.storage.engine import url_of

    try:
        settings, _ = load(environment(Path.cwd()))
        return Place(url_of(settings.database_url, DATA), DATA, settings)
    except (ValidationError, ValueError, OSError) as error:
        raise click.ClickException(f"The settings can't be used.\n{error}") from error
