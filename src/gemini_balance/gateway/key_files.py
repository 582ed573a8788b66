"""Keys out of whatever somebody has: a text of any kind, or the database of the well-known implementation."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from gemini_balance.core.call import GEMINI_API
from gemini_balance.core.errors import BadRequest
from gemini_balance.core.keys import Preview, Reading, read, read_values

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gemini_balance.gateway.keyring import Keyring


class KeyFiles:
    """`database`: settings in a database of SQLite, by the names that the environment has for them; None for what is
    none. It raises ValueError for a database of something else. Large ones are read beside the event loop, which has
    calls to serve."""

    def __init__(self, keyring: Keyring, database: Callable[[bytes], Mapping[str, str] | None]) -> None:
        self._keyring, self._database = keyring, database

    async def read(self, content: bytes, upstream: str = GEMINI_API) -> Reading:
        """`upstream`: what keys are for of which the content doesn't say so. Raises BadRequest."""
        return await asyncio.to_thread(self._read, content, upstream)

    async def preview(self, reading: Reading) -> Preview:
        """What would become of them."""
        return await asyncio.to_thread(self._keyring.preview, reading)

    def _read(self, content: bytes, upstream: str) -> Reading:
        try:
            settings = self._database(content)
        except ValueError as error:
            raise BadRequest(str(error), param="file") from error
        if settings is None:
            return read(content.decode(errors="replace"), upstream)
        return read_values(settings, upstream)
