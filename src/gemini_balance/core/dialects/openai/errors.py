"""OpenAI's error envelope: always the same four keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gemini_balance.core.dialects.openai.reply_schema import ErrorBody, ErrorInfo

if TYPE_CHECKING:
    from gemini_balance.core.errors import GatewayError

TYPES = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}


def error_body(error: GatewayError) -> ErrorBody:
    kind = TYPES.get(error.status, "invalid_request_error" if error.status < 500 else "server_error")
    return ErrorBody(ErrorInfo(error.message, kind, error.param, error.code))
