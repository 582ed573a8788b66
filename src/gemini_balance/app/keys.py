"""The keys, what they are checked with, and what comes of both over a process's life."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gemini_balance.core.call import GEMINI_API, VERTEX_EXPRESS
from gemini_balance.gateway.keyring import Keyring
from gemini_balance.gateway.verifying import Verifier
from gemini_balance.settings import with_paid
from gemini_balance.storage.memory.changes import MemoryChanges
from gemini_balance.storage.memory.keys import MemoryKeys

if TYPE_CHECKING:
    from gemini_balance.app.gateways import Gateways
    from gemini_balance.app.ground import Ground
    from gemini_balance.gateway.stores import ChangeLog


@dataclass(frozen=True, slots=True)
class Keys:
    """Of both upstreams."""

    ring: Keyring
    verifier: Verifier


def keys_of(ground: Ground, changes: ChangeLog, gateways: Gateways) -> Keys:
    """Where nothing is kept, the environment's keys serve, and others until the process ends."""
    settings, clock = ground.settings, ground.clock
    by_upstream = {GEMINI_API: gateways.gemini, VERTEX_EXPRESS: gateways.vertex}
    store = ground.kept.keys or MemoryKeys(changes if isinstance(changes, MemoryChanges) else MemoryChanges())
    listed = *with_paid(settings.api_keys, settings.paid_key), *settings.vertex_api_keys
    ring = Keyring(by_upstream, store, changes, clock, listed, ground.redactor.learn)
    return Keys(ring, Verifier(ring, clock))
