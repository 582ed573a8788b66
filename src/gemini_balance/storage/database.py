"""Everything that a database keeps, behind one address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError

from gemini_balance.gateway.calls import KeptJournal
from gemini_balance.storage.accounts import StoredAccounts
from gemini_balance.storage.changes import StoredChanges
from gemini_balance.storage.engine import async_engine, is_sqlite, journal_of, sync_engine, url_of
from gemini_balance.storage.journal.journal import StoredCalls
from gemini_balance.storage.journal.writer import CallWriter
from gemini_balance.storage.keys import StoredKeys
from gemini_balance.storage.migrate import JOURNAL_CHAIN, migrate
from gemini_balance.storage.options import StoredOptions
from gemini_balance.storage.replicas import StoredReplicas
from gemini_balance.storage.resources import StoredResources
from gemini_balance.storage.rotation import open_with
from gemini_balance.storage.sizes import StoredSizes
from gemini_balance.storage.states import StoredState
from gemini_balance.storage.tokens import StoredTokens
from gemini_balance.storage.vault import MISSING, Vault, VaultClosed

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import URL

POOL = "gemini"
VERTEX_POOL = "vertex-express"
ALLOWANCES = "allowances"


class NoDatabase(Exception):
    """It can't be opened; the message says where and why, without its password."""


class Database:
    """Up to date, and ready to be asked."""

    def __init__(self, database_url: str, data: Path, secret_key: str = "") -> None:
        """`secret_key`: empty for one that is kept in the data folder, where the database is a file.

        Raises NoDatabase, VaultClosed, and ValueError where the address is none.
        """
        self.url = url_of(database_url, data)
        try:
            self.vault = _opened(self.url, data, secret_key)
        except (OSError, DBAPIError) as error:
            why = error.orig if isinstance(error, DBAPIError) else error
            raise NoDatabase(f"{self.url.render_as_string(hide_password=True)}: {str(why).strip()}") from None
        self.engine = async_engine(self.url)
        self.journal_url = journal_of(self.url)
        self.journal_engine = async_engine(self.journal_url)
        self.resources = StoredResources(self.engine)
        self.tokens = StoredTokens(self.engine)
        self.allowances = StoredState(self.engine, ALLOWANCES)
        self.accounts = StoredAccounts(self.engine)
        self.pool = StoredState(self.engine, POOL)
        self.vertex_pool = StoredState(self.engine, VERTEX_POOL)
        self.sizes = StoredSizes(self.engine, self.journal_engine)
        self.replicas = StoredReplicas(self.engine)
        self.changes = StoredChanges(self.engine)
        self.keys = StoredKeys(self.engine, self.vault)
        self.options = StoredOptions(self.engine, self.vault)
        self._writer = CallWriter(self.journal_url)
        self.journal = KeptJournal(self._writer, StoredCalls(self.journal_engine))

    async def close(self) -> None:
        self._writer.close()
        await self.engine.dispose()
        await self.journal_engine.dispose()


def _opened(url: URL, data: Path, secret_key: str) -> Vault:
    if not secret_key and not is_sqlite(url):
        raise VaultClosed(MISSING)
    migrate(url)
    migrate(journal_of(url), JOURNAL_CHAIN)
    engine = sync_engine(url)
    try:
        with engine.begin() as connection:
            return open_with(connection, data, secret_key)
    finally:
        engine.dispose()
