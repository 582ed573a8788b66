"""Everything that a database keeps, behind one address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError

from gemini_balance.storage.engine import async_engine, url_of
from gemini_balance.storage.migrate import migrate
from gemini_balance.storage.resources import StoredResources
from gemini_balance.storage.states import StoredState

if TYPE_CHECKING:
    from pathlib import Path

POOL = "gemini"
VERTEX_POOL = "vertex-express"


class NoDatabase(Exception):
    """It can't be opened; the message says where and why, without its password."""


class Database:
    """Up to date, and ready to be asked."""

    def __init__(self, database_url: str, data: Path) -> None:
        """Raises NoDatabase, and ValueError where the address is none."""
        url = url_of(database_url, data)
        try:
            migrate(url)
        except (OSError, DBAPIError) as error:
            why = error.orig if isinstance(error, DBAPIError) else error
            raise NoDatabase(f"{url.render_as_string(hide_password=True)}: {str(why).strip()}") from None
        self._engine = async_engine(url)
        self.resources = StoredResources(self._engine)
        self.pool = StoredState(self._engine, POOL)
        self.vertex_pool = StoredState(self._engine, VERTEX_POOL)

    async def close(self) -> None:
        await self._engine.dispose()
