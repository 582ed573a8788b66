"""What outlives the process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from gemini_balance.gateway.calls import KeptJournal
    from gemini_balance.gateway.ports import PictureStore, ResourceStore, StateStore
    from gemini_balance.gateway.stores import (
        AccountStore,
        ChangeLog,
        FirstPassword,
        KeyStore,
        OptionStore,
        ReplicaStore,
        Secrets,
        Sizes,
        TokenStore,
    )
    from gemini_balance.gateway.upkeep import Keeper


async def _nothing() -> None:
    pass


@dataclass(frozen=True, slots=True)
class Kept:
    """What outlives the process. What is None is forgotten at its end: the pools learn anew."""

    resources: ResourceStore | None = None
    pictures: PictureStore | None = None
    pool: StateStore | None = None
    vertex_pool: StateStore | None = None
    keys: KeyStore | None = None
    options: OptionStore | None = None
    changes: ChangeLog | None = None
    secrets: Secrets | None = None
    tokens: TokenStore | None = None
    allowances: StateStore | None = None
    accounts: AccountStore | None = None
    first_password: FirstPassword | None = None
    sizes: Sizes | None = None
    replicas: ReplicaStore | None = None
    journal: KeptJournal | None = None
    keeper: Keeper | None = None
    close: Callable[[], Awaitable[None]] = _nothing


NOTHING = Kept()
