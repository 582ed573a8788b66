"""The keys, what they are checked with, and what comes of both over a process's life."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gemini_balance.core.call import GEMINI_API, VERTEX_EXPRESS
from gemini_balance.gateway.keyring import Keyring
from gemini_balance.gateway.verifying import Verifier
from gemini_balance.storage.memory.changes import MemoryChanges
from gemini_balance.storage.memory.keys import MemoryKeys

if TYPE_CHECKING:
    from gemini_balance.app.kept import Kept
    from gemini_balance.gateway.execute import Gateway
    from gemini_balance.gateway.ports import Clock
    from gemini_balance.gateway.stores import ChangeLog
    from gemini_balance.settings import Settings


@dataclass(frozen=True, slots=True)
class Keys:
    """Of both upstreams."""

    ring: Keyring
    verifier: Verifier


def keys_of(
    settings: Settings, kept: Kept, changes: ChangeLog, gateways: tuple[Gateway, Gateway], clock: Clock
) -> Keys:
    """Where nothing is kept, the environment's keys serve, and others until the process ends."""
    by_upstream = dict(zip((GEMINI_API, VERTEX_EXPRESS), gateways, strict=True))
    store = kept.keys or MemoryKeys(changes if isinstance(changes, MemoryChanges) else MemoryChanges())
    ring = Keyring(by_upstream, store, changes, clock, settings.keys)
    return Keys(ring, Verifier(ring, clock))
