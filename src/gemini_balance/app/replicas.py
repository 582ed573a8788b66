"""This process, as the others hear of it."""

from __future__ import annotations

import secrets
import socket
from importlib.metadata import version
from typing import TYPE_CHECKING

from gemini_balance.gateway.replicas import Replicas
from gemini_balance.gateway.stores import Replica
from gemini_balance.storage.memory.replicas import MemoryReplicas

if TYPE_CHECKING:
    from gemini_balance.app.ground import Ground


def replicas_of(ground: Ground) -> Replicas:
    began = ground.clock.unix()
    me = Replica(id=secrets.token_hex(4), host=socket.gethostname(), version=version("gemini-balance"), began=began)
    return Replicas(ground.kept.replicas or MemoryReplicas(), ground.clock, me)
