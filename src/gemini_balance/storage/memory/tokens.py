"""Client tokens that are kept until the process ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gemini_balance.gateway.stores import Change, KeptToken


class MemoryTokens:
    """Implements `TokenStore`. Nobody reads who changed what."""

    def __init__(self) -> None:
        self._rows: dict[str, KeptToken] = {}

    async def all(self) -> list[KeptToken]:
        return sorted(self._rows.values(), key=lambda token: (token.created, token.id))

    async def put(self, tokens: Sequence[KeptToken], change: Change) -> None:
        self._rows |= {token.id: token for token in tokens}

    async def used(self, last: Mapping[str, float]) -> None:
        for token_id, at in last.items():
            token = self._rows.get(token_id)
            if token is not None and at > (token.last_used or 0.0):
                self._rows[token_id] = replace(token, last_used=at)
