"""Who may operate, until the process ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gemini_balance.gateway.stores import Account, Change


class MemoryAccounts:
    """Implements `AccountStore`. Nobody reads who changed what."""

    def __init__(self) -> None:
        self._rows: dict[str, Account] = {}

    async def get(self, name: str) -> Account | None:
        return self._rows.get(name)

    async def add(self, account: Account, change: Change) -> bool:
        return self._rows.setdefault(account.name, account) is account

    async def put(self, account: Account, change: Change) -> None:
        self._rows[account.name] = account
