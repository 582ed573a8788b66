"""The key pool: `acquire` a lease on a key that may serve now, `settle` it with what happened."""

from gemini_balance.core.pool.key import Health, Key, KeyId, KeySpec
from gemini_balance.core.pool.pool import Demand, KeyPool, Lease, Never, NotYet

__all__ = ["Demand", "Health", "Key", "KeyId", "KeyPool", "KeySpec", "Lease", "Never", "NotYet"]
