"""What fails on the way to a database, in a sentence without its password."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError

from gemini_balance.storage.database import NoDatabase

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gemini_balance.storage.engine import Address


@contextmanager
def reached(url: Address) -> Iterator[None]:
    """Within it a database that can't be had raises NoDatabase."""
    try:
        yield
    except (OSError, DBAPIError) as error:
        why = error.orig if isinstance(error, DBAPIError) else error
        raise NoDatabase(f"{url.render_as_string(hide_password=True)}: {str(why).strip()}") from None
