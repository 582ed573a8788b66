"""What a use case refuses, in the reader's language. Use cases speak English, and name the kind of each refusal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gemini_balance.console.words import Words
    from gemini_balance.core.errors import GatewayError

WORDS = {
    "alert_not_delivered": "refused.alert_not_delivered",
    "conflict": "refused.conflict",
    "invalid_api_key": "refused.signed_out",
    "invalid_key": "refused.bad_request",
    "invalid_option": "refused.bad_request",
    "invalid_request": "refused.bad_request",
    "model_not_found": "refused.not_found",
    "not_found": "refused.not_found",
    "permission_denied": "refused.forbidden",
    "request_timeout": "refused.stalled",
    "request_too_large": "refused.too_large",
    "shutting_down": "refused.shutting_down",
    "store_unavailable": "refused.store_away",
    "too_many_attempts": "refused.too_many",
    "unsupported_media_type": "refused.bad_request",
}
"""By the code of the error."""
OTHER = "refused.other"


@dataclass(frozen=True, slots=True)
class Refusal:
    """`detail`: what the use case says, where the sentence does not; `field`: what it is about, if known."""

    sentence: str
    detail: str = ""
    field: str = ""


def refusal(t: Words, error: GatewayError) -> Refusal:
    if t.english:
        return Refusal(error.message)
    return Refusal(t(WORDS.get(error.code, OTHER)), error.message, error.param or "")
