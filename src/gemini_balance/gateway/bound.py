"""Which call is being served: whatever is logged meanwhile, by whichever library, tells it."""

from __future__ import annotations

from contextvars import ContextVar

CALL_ID: ContextVar[str] = ContextVar("call_id", default="")
"""Each call runs in a task of its own, and so does what it starts: nobody has to take it back."""
