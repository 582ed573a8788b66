"""Where the commands about client tokens do their work: at the database, or at a server that runs."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Protocol

from gemini_balance.cli.opening import WHO, opened
from gemini_balance.cli.remote import remote

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from gemini_balance.gateway.stores import KeptToken
    from gemini_balance.gateway.token_rows import Terms
    from gemini_balance.gateway.tokens import Made, TokenBook


class TokenDesk(Protocol):
    """All raise GatewayError for what can't be done."""

    async def all(self) -> list[KeptToken]:
        """By age, without those that were deleted."""

    async def make(self, terms: Terms, secret: str) -> Made:
        """`secret` is one that is in use elsewhere; empty for a random one."""

    async def change(self, token_id: str, terms: Terms) -> KeptToken: ...

    async def disable(self, token_id: str) -> KeptToken: ...

    async def enable(self, token_id: str) -> KeptToken: ...

    async def delete(self, token_id: str) -> None: ...


class BookDesk:
    """Implements `TokenDesk` on the database."""

    def __init__(self, book: TokenBook) -> None:
        self._book = book

    async def all(self) -> list[KeptToken]:
        return self._book.all()

    async def make(self, terms: Terms, secret: str) -> Made:
        return await self._book.make(terms, WHO, secret)

    async def change(self, token_id: str, terms: Terms) -> KeptToken:
        return await self._book.change(token_id, terms, WHO)

    async def disable(self, token_id: str) -> KeptToken:
        return await self._book.disable(token_id, WHO)

    async def enable(self, token_id: str) -> KeptToken:
        return await self._book.enable(token_id, WHO)

    async def delete(self, token_id: str) -> None:
        await self._book.delete(token_id, WHO)


@asynccontextmanager
async def token_desk() -> AsyncIterator[TokenDesk]:
    """Raises ClickException where there is none."""
    from gemini_balance.app import SystemClock
    from gemini_balance.cli.remote_tokens import RemoteTokenDesk
    from gemini_balance.gateway.tokens import TokenBook

    if (server := remote()) is not None:
        yield RemoteTokenDesk(server)
        return
    async with opened() as (database, _):
        book = TokenBook(database.tokens, database.vault.secrets.pepper, SystemClock())
        await book.reload()
        yield BookDesk(book)
