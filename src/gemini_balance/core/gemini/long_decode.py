"""Models that say more in a stream than in one unary reply; Google refuses a unary call that asks for more."""

from __future__ import annotations

from functools import lru_cache

# gemini-4-argon: 32,768 tokens unary, 65,536 streamed (Google's page on long decode, October 2026).
UNARY_LIMITS = (("gemini-4-argon", 32_768),)
UNLIMITED = 1 << 62


@lru_cache(maxsize=1024)
def unary_limit(model: str) -> int:
    """Output tokens that one unary reply may have."""
    return next((limit for name, limit in UNARY_LIMITS if model.startswith(name)), UNLIMITED)
