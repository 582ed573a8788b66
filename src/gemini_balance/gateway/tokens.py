"""Who may call: client tokens, looked up by a keyed hash so that the time taken tells nothing about them."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from gemini_balance.core.call import Principal

if TYPE_CHECKING:
    from collections.abc import Iterable

SHOWN = 4


class TokenBook:
    """A snapshot of all client tokens; the secrets themselves are not kept."""

    def __init__(self, tokens: Iterable[str], pepper: bytes) -> None:
        self._pepper = pepper
        self._principals = {self._digest(token.encode()): Principal(_name(token), _id(token)) for token in tokens}
        self._by_id = {principal.id: principal for principal in self._principals.values()}

    def __len__(self) -> int:
        return len(self._principals)

    def find(self, token: bytes) -> Principal | None:
        return self._principals.get(self._digest(token))

    def by_id(self, token_id: str) -> Principal | None:
        """Who has this id; None when that token is none any more."""
        return self._by_id.get(token_id)

    def _digest(self, token: bytes) -> bytes:
        return hashlib.blake2b(token, key=self._pepper, digest_size=16).digest()


def _id(token: str) -> str:
    """Of no help to whoever reads it where it is written down."""
    return hashlib.sha256(token.encode()).hexdigest()[:16]


def _name(token: str) -> str:
    """Tokens from the environment have no name of their own; their last characters tell them apart."""
    return f"…{token[-SHOWN:]}" if len(token) > 2 * SHOWN else "…"
