"""Changes of many keys at once that can be taken back."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gemini_balance.core.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from gemini_balance.core.pool import KeyId
    from gemini_balance.gateway.key_edits import KeyEdit
    from gemini_balance.gateway.key_views import KeyFilter
    from gemini_balance.gateway.keyring import Keyring
    from gemini_balance.gateway.stores import KeptKey

REMEMBERED = 20  # batches
SWITCH = ("off", "off_since")


@dataclass(frozen=True, slots=True)
class Batch:
    """What was done: to how many keys, and the name by which it is undone; empty where nothing was changed."""

    id: str
    count: int


@dataclass(frozen=True, slots=True)
class _Before:
    keys: Sequence[KeptKey]
    fields: Sequence[str]


class KeyBatches:
    """Remembers what the last changes were made to, in this process."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring
        self._before: OrderedDict[str, _Before] = OrderedDict()

    async def enable(self, where: KeyFilter, who: str) -> Batch:
        return await self._do(where, SWITCH, lambda: self._keyring.enable(where, who))

    async def disable(self, where: KeyFilter, who: str) -> Batch:
        return await self._do(where, SWITCH, lambda: self._keyring.disable(where, who))

    async def change(self, where: KeyFilter, edit: KeyEdit, fields: Sequence[str], who: str) -> Batch:
        """`fields`: those that the edit is about. Raises UnusableKey."""
        return await self._do(where, fields, lambda: self._keyring.change(where, edit, who))

    async def undo(self, batch: str, who: str) -> int:
        """Returns how many keys are as they were. Raises NotFound."""
        found = self._before.pop(batch, None)
        if found is None:
            raise NotFound(f"This can't be undone any more: only the last {REMEMBERED} changes can, until the restart.")
        return len(await self._keyring.restore(found.keys, found.fields, who))

    async def _do(
        self, where: KeyFilter, fields: Sequence[str], act: Callable[[], Awaitable[Sequence[KeyId]]]
    ) -> Batch:
        before = self._keyring.keys(where)
        changed = set(await act())
        if not changed:
            return Batch("", 0)
        name = secrets.token_urlsafe(9)
        self._before[name] = _Before([key for key in before if key.id in changed], fields)
        while len(self._before) > REMEMBERED:
            self._before.popitem(last=False)
        return Batch(name, len(changed))
