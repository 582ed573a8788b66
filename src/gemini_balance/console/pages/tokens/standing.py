"""Where a client token stands: whether calls with it are taken, and if not, why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gemini_balance.console.states import State
from gemini_balance.gateway.stores import Off, Origin

if TYPE_CHECKING:
    from gemini_balance.gateway.stores import KeptToken

ACTIVE = State("active", "ok", "s-ready", "tokens.active", "tokens.active_count")
DISABLED = State("disabled", "off", "s-off", "tokens.disabled", "tokens.disabled_count")
UNLISTED = State("unlisted", "wait", "s-bang", "tokens.unlisted", "tokens.unlisted_count")
EXPIRED = State("expired", "bad", "s-invalid", "tokens.expired", "tokens.expired_count")
STATES = (ACTIVE, DISABLED, UNLISTED, EXPIRED)
ORIGINS = {Origin.ENVIRONMENT: "tokens.from_environment", Origin.OPERATOR: "tokens.from_operator"}
WHY = {
    "active": "tokens.active_why",
    "disabled": "tokens.disabled_why",
    "unlisted": "tokens.unlisted_why",
    "expired": "tokens.expired_why",
}


def standing_of(token: KeptToken, now: float) -> State:
    if token.off is Off.UNLISTED:
        return UNLISTED
    if token.off is not Off.NO:
        return DISABLED
    return EXPIRED if token.expires is not None and token.expires <= now else ACTIVE
