"""The key pool: `acquire` a lease on a key that may serve now, `settle` it with what happened, `grant` who waits."""

from gemini_balance.core.pool.demand import Demand, Never, NotYet
from gemini_balance.core.pool.key import Health, Key, KeyId, KeySpec, project_of
from gemini_balance.core.pool.lease import Granted, Lease
from gemini_balance.core.pool.pool import KeyPool
from gemini_balance.core.pool.queue import Ticket
from gemini_balance.core.pool.skipped import Skipped

__all__ = [
    "Demand",
    "Granted",
    "Health",
    "Key",
    "KeyId",
    "KeyPool",
    "KeySpec",
    "Lease",
    "Never",
    "NotYet",
    "Skipped",
    "Ticket",
    "project_of",
]
