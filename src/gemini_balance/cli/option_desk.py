"""Where the commands about options do their work: at the database, or at a server that runs."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Protocol

from gemini_balance.cli.opening import WHO, opened
from gemini_balance.cli.remote import remote

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

    from gemini_balance.core.options import Json
    from gemini_balance.gateway.options import Import, OptionBook, Standing
    from gemini_balance.gateway.stores import Change


class OptionDesk(Protocol):
    """All raise GatewayError for what can't be done."""

    async def all(self) -> list[Standing]:
        """In the order of the table."""

    async def set(self, values: Mapping[str, Json]) -> list[Change]:
        """All of them, or none; what changed."""

    async def reset(self, names: Sequence[str]) -> list[Change]:
        """What changed."""

    async def history(self, name: str, before: int | None, most: int) -> list[Change]:
        """The newest first; an empty name for all."""

    async def export(self) -> Json:
        """The document that `bring_in` takes."""

    async def preview(self, document: Json, *, strict: bool) -> Import:
        """What `bring_in` would change."""

    async def bring_in(self, document: Json, *, strict: bool) -> Import:
        """All of it, or nothing."""


class BookDesk:
    """Implements `OptionDesk` on the database."""

    def __init__(self, book: OptionBook) -> None:
        self._book = book

    async def all(self) -> list[Standing]:
        return self._book.all()

    async def set(self, values: Mapping[str, Json]) -> list[Change]:
        return await self._book.set(values, WHO)

    async def reset(self, names: Sequence[str]) -> list[Change]:
        return await self._book.reset(names, WHO)

    async def history(self, name: str, before: int | None, most: int) -> list[Change]:
        return await self._book.history(name, before, most)

    async def export(self) -> Json:
        return self._book.export()

    async def preview(self, document: Json, *, strict: bool) -> Import:
        return self._book.preview(document, strict=strict)

    async def bring_in(self, document: Json, *, strict: bool) -> Import:
        return await self._book.bring_in(document, WHO, strict=strict)


@asynccontextmanager
async def option_desk() -> AsyncIterator[OptionDesk]:
    """Raises ClickException where there is none."""
    from gemini_balance.app import SystemClock
    from gemini_balance.cli.remote_options import RemoteOptionDesk
    from gemini_balance.gateway.options import OptionBook

    if (server := remote()) is not None:
        yield RemoteOptionDesk(server)
        return
    async with opened() as (database, environment):
        book = OptionBook(environment, database.options, database.changes, SystemClock())
        await book.reload()
        yield BookDesk(book)
