"""The client tokens of a server that runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from gemini_balance.gateway.stores import KeptToken
from gemini_balance.gateway.tokens import Made

if TYPE_CHECKING:
    from gemini_balance.cli.remote import Remote
    from gemini_balance.gateway.token_rows import Terms


class RemoteTokenDesk:
    """Implements `TokenDesk` over the management API, which tells no digests."""

    def __init__(self, remote: Remote) -> None:
        self._remote = remote

    async def all(self) -> list[KeptToken]:
        return [_token(item) for item in self._remote.all("/tokens")]

    async def make(self, terms: Terms, secret: str) -> Made:
        told = self._remote.ask("POST", "/tokens", _said(terms) | {"secret": secret})
        return Made(_token(told["token"]), told["secret"])

    async def change(self, token_id: str, terms: Terms) -> KeptToken:
        return _token(self._remote.ask("PATCH", f"/tokens/{token_id}", _said(terms)))

    async def disable(self, token_id: str) -> KeptToken:
        return _token(self._remote.ask("POST", f"/tokens/{token_id}/disable"))

    async def enable(self, token_id: str) -> KeptToken:
        return _token(self._remote.ask("POST", f"/tokens/{token_id}/enable"))

    async def delete(self, token_id: str) -> None:
        self._remote.ask("DELETE", f"/tokens/{token_id}")


def _said(terms: Terms) -> dict[str, Any]:
    """What is left out stays as it is."""
    told: dict[str, Any] = msgspec.to_builtins(terms)
    return told


def _token(item: Any) -> KeptToken:
    return msgspec.convert({**item, "digest": ""}, KeptToken)
